"""Pages that are no listing: each its own error, which says what the page is and what to do next."""

from pathlib import Path

import pytest

from harvester import errors
from harvester.captures import Capture
from harvester.errors import Exit, PageError
from harvester.sites import find_site

BAD = Path(__file__).resolve().parent.parent / "fixtures" / "pages" / "bad"
URL = "https://digitalarchive.wilsoncenter.org/search"
# What a file's name begins with -> its class, kind and exit code.
EXPECTED = {
    "challenge-": (errors.ChallengePage, "challenge", Exit.REFUSED),
    "block-": (errors.BlockPage, "block", Exit.REFUSED),
    "login-": (errors.LoginPage, "login", Exit.REFUSED),
    "soft-404": (errors.NotFoundPage, "not-found", Exit.UNREADABLE),
    "down-": (errors.UnreachablePage, "unreachable", Exit.UNREACHABLE),
    "empty-": (errors.EmptyPage, "empty", Exit.UNREADABLE),
    "wrong-type-": (errors.WrongContentType, "content-type", Exit.UNREADABLE),
    "other-site-": (errors.OtherSitePage, "other-site", Exit.UNREADABLE),
    "document-page-": (errors.DocumentPage, "document", Exit.UNREADABLE),
    "no-listing-": (errors.NotAListing, "not-a-listing", Exit.UNREADABLE),
}
FILES = sorted(path for path in BAD.iterdir() if path.suffix != ".md")


def refusal(capture: Capture) -> PageError:
    with pytest.raises(PageError) as caught:
        find_site("wilson").read(capture)
    return caught.value


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_defect_has_its_error(path: Path) -> None:
    start = next(start for start in EXPECTED if path.name.startswith(start))
    error = refusal(Capture(path.read_bytes(), url=URL))
    assert (type(error), error.kind, error.code) == EXPECTED[start]
    assert error.message and error.advice and error.where == URL
    assert error.advice != errors.HarvestError.advice


def test_every_kind_has_a_page() -> None:
    assert {start for start in EXPECTED if any(p.name.startswith(start) for p in FILES)} == set(EXPECTED)


@pytest.mark.parametrize("declared", ["application/pdf", "application/json", "image/png", "text/css", "video/mp4"])
def test_declared_types_that_are_no_page(declared: str) -> None:
    error = refusal(Capture(b"1 - 1 of 1\n\nMarch 1, 1955\n\nA letter", url=URL, content_type=declared))
    assert isinstance(error, errors.WrongContentType) and declared in error.message


def test_page_of_another_host() -> None:
    error = refusal(Capture(b"<html><body>1 - 1 of 1</body></html>", url="https://archive.example.org/search"))
    assert isinstance(error, errors.OtherSitePage) and "archive.example.org" in error.message


def test_challenge_told_by_a_header_only() -> None:
    error = refusal(Capture(b"<html><body>Hello</body></html>", url=URL, challenged=True))
    assert isinstance(error, errors.ChallengePage)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, "login"), (403, "block"), (404, "not-found"), (410, "not-found"), (429, "block"), (503, "unreachable")],
)
def test_status_tells_where_the_page_does_not(status: int, kind: str) -> None:
    assert refusal(Capture(b"<html><body><p>Hello</p></body></html>", url=URL, status=status)).kind == kind


def test_listing_with_a_challenge_script_is_a_listing() -> None:
    body = (
        b"<html><body><main><p>1 - 1 of 1</p><ul><li><a href=/document/a>A letter</a>"
        b"</li></ul></main><script src=/cdn-cgi/challenge-platform/jsd/main.js></script></body></html>"
    )
    assert find_site("wilson").read(Capture(body, url=URL)).entries[0].title == "A letter"
