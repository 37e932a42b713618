"""`harvest parse` on a document's page: one line of metadata, what is unknown to standard error, exit code 3 then."""

from pathlib import Path

import pytest
from conftest import FIXTURES, Harvest
from document_pages import OWN, SLUG, info, page, with_blocks

from harvester.captures import Capture
from harvester.errors import DocumentPage, PageError
from harvester.pages.limits import LONGEST_UNKNOWN
from harvester.sites import find_site

CASES = FIXTURES / "documents"
SITE = find_site("wilson")


def test_prints_one_line_and_nothing_else(harvest: Harvest) -> None:
    ran = harvest("parse", CASES / "all-blocks.html")
    (line,) = ran.lines
    assert (ran.code, ran.err) == (0, "")
    assert (line["title"], line["record_id"], len(line["texts"])) == ("Letter from the Harbour Office", "112233", 1)


def test_tells_of_each_unknown_part_and_exits_with_3(harvest: Harvest) -> None:
    path = CASES / "unknown-label.html"
    ran = harvest("parse", path)
    assert ran.code == 3 and len(ran.lines) == 1
    assert [line.partition("unknown-label: ")[2] for line in ran.err.splitlines()] == [
        "'Extent': '3 pages'",
        "'Note of the editor': 'The pier was never built. It sank.'",
    ]
    assert str(path) in ran.err and "/html/body/main/" in ran.err


def test_a_url_names_the_page_and_is_checked(harvest: Harvest, tmp_path: Path) -> None:
    headless = tmp_path / "page.html"
    headless.write_bytes(b'<main><h1 class="title">Letter</h1><h2 class="date">1958</h2></main>')
    ran = harvest("parse", headless, "--url", SLUG)
    assert (ran.code, ran.lines[0]["url"]) == (0, SLUG)
    ran = harvest("parse", CASES / "all-blocks.html", "--url", f"{OWN}/document/another")
    assert ran.code == 3 and "letter-harbour-office" in ran.err and not ran.out


@pytest.mark.parametrize(
    ("case", "code", "says"),
    [("breaks-off", 6, "breaks off"), ("old-without-a-title", 6, "no title"), ("a-title-without-end", 6, "2,000")],
)
def test_a_page_that_is_refused_says_why_and_what_to_do(harvest: Harvest, case: str, code: int, says: str) -> None:
    ran = harvest("parse", CASES / f"refused-{case}.html")
    assert (ran.code, ran.out) == (code, "") and says in ran.err and len(ran.err.splitlines()) == 2


def refusal(body: bytes, status: int = 200) -> str:
    with pytest.raises(PageError) as caught:
        SITE.read_document(Capture(body, url=SLUG, status=status))
    assert caught.value.where == SLUG and caught.value.advice
    return caught.value.kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("challenge-cloudflare-just-a-moment", "challenge"),
        ("block-cloudflare", "block"),
        ("login-password-field", "login"),
        ("soft-404", "not-found"),
        ("soft-404-with-search-form", "not-found"),
        ("down-maintenance", "unreachable"),
        ("empty-no-visible-text", "empty"),
        ("other-site-canonical", "other-site"),
        ("no-listing-about-page", "not-a-document"),
    ],
)
def test_what_else_comes_at_a_documents_address_is_told(name: str, kind: str) -> None:
    assert refusal((FIXTURES / "pages" / "bad" / f"{name}.html").read_bytes()) == kind


@pytest.mark.parametrize(("status", "kind"), [(404, "not-found"), (403, "block"), (503, "unreachable"), (451, "block")])
def test_an_answer_that_is_an_error_is_no_document_whatever_it_shows(status: int, kind: str) -> None:
    assert refusal(with_blocks(), status) == kind


@pytest.mark.parametrize(
    "path", sorted((FIXTURES / "pages" / "markups").glob("*.html"))[:40], ids=lambda path: path.stem
)
def test_a_listing_at_a_documents_address_is_none(path: Path) -> None:
    assert refusal(path.read_bytes()) in {"not-a-document", "other-site", "cut-document"}


@pytest.mark.parametrize("cut", range(200, 2600, 200))
def test_a_page_cut_anywhere_is_cut(cut: int) -> None:
    assert refusal(with_blocks()[:-cut]) == "cut-document"


@pytest.mark.parametrize(
    "behind", ["<!-- archived -->", "\n<script>x('</p>')</script>\n", "<!-- a --><style>p{}</style> "]
)
def test_what_archives_write_behind_the_end_does_not_matter(behind: str) -> None:
    assert not SITE.read_document(Capture(with_blocks() + behind.encode(), url=SLUG)).unknown


def test_an_unknown_part_keeps_so_much_of_its_text() -> None:
    document = SITE.read_document(Capture(with_blocks(long=info("Essay", "word " * 3_000)), url=SLUG))
    (part,) = document.unknown
    assert (part.label, len(part.text)) == ("Essay", LONGEST_UNKNOWN)


def test_a_document_larger_than_any_listing_is_told_from_one_and_read() -> None:
    text = "<p><span>Some <b>words</b></span></p>" * 12_000
    body = with_blocks(tabs=f'<div id="documentTabs"><div class="tab-pane" id="transcript">{text}</div></div>')
    with pytest.raises(DocumentPage):
        SITE.read(Capture(body))
    document = SITE.read_document(Capture(body))
    assert len(document.texts[0].paragraphs) == 12_000 and set(document.texts[0].paragraphs) == {"Some words"}


def test_a_page_saved_with_700_000_characters_of_icons_says_the_same() -> None:
    icons = "".join(f".fa-{i}::before{{content:'\\f{i:04x}'}}\n" for i in range(25_000))
    saved = with_blocks().replace(b"</head>", f"<style>{icons}</style></head>".encode())
    assert len(saved) > 700_000
    assert SITE.read_document(Capture(saved)) == SITE.read_document(Capture(with_blocks()))


def test_a_page_without_its_canonical_link_has_the_address_of_its_capture() -> None:
    body = page('<h1 class="title">Letter</h1><h2 class="date">1958</h2>', head="", behind="")
    assert SITE.read_document(Capture(body, url=f"{OWN}/node/5")).addresses == (f"{OWN}/node/5",)
