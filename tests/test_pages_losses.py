"""Small things that were once lost or glued on in silence; each must be right, or rejected."""

import pytest

from harvester.captures import Capture
from harvester.errors import DocumentPage, UnreachablePage
from harvester.items import Reading
from harvester.sites import find_site

OWN = "https://digitalarchive.wilsoncenter.org"


def read(body: str, url: str | None = None) -> Reading:
    return find_site("wilson").read(Capture(body.encode(), url=url))


def table(*cells: str) -> str:
    rows = "".join(f"<tr><td class='document contextual-region'>{cell}</td></tr>" for cell in cells)
    counter = f"1 - {len(cells)} of {len(cells)}"
    return f"<main><p>{counter}</p><table class='table table-hover table-striped'>{rows}</table></main>"


def cell(name: str, *, href: str | None = None, more: str = "", inside: str = "") -> str:
    href = f"/document/{name}" if href is None else href
    return (
        f"<p class=date>June 5, 1958</p><h3 class=title><a href='{href}'>Letter {name}</a></h3>"
        f"<div class=summary><p>It says what {name} wanted.{inside}</p></div>{more}"
    )


BLOCKS = "Results:\n\n1 - 2 of 2\n\nDocuments\n\nJune 5, 1958\n\nLetter a\n\nOne.\n\nJune 6, 1958\n\nLetter b\n\nTwo."


@pytest.mark.parametrize(
    "pager",
    [
        "\n\nPagination\n‹‹\n1\n2\n8\n››",
        "\n\nPagination\nFirst page\nPrevious page",
        "\nPagination",
        "\n\nPagination\n\n1\n\n2",
    ],
    ids=["tight-list", "words", "glued", "apart"],
)
def test_a_pager_is_no_part_of_the_last_summary(pager: str) -> None:
    assert [entry.summary for entry in read(BLOCKS + pager).entries] == ["One.", "Two."]


@pytest.mark.parametrize(
    "foot", ["© 2024 Wilson Center", "Footer menu\n\nAbout\n\nContact us", "Follow us\n\nPrivacy Policy"]
)
def test_the_foot_of_a_page_is_no_part_of_the_last_summary(foot: str) -> None:
    reading = read(f"{BLOCKS}\n\n{foot}")
    assert [entry.summary for entry in reading.entries] == ["One."]
    assert "foot of the page" in reading.rejects[0].message


def test_a_last_summary_without_a_full_stop_is_still_one() -> None:
    assert [entry.summary for entry in read(BLOCKS.removesuffix(".")).entries] == ["One.", "Two"]


def test_a_paragraph_that_reads_pagination_ends_nothing_before_the_last_one() -> None:
    text = BLOCKS.replace("One.", "One.\n\nPagination") + "\n\nPagination"
    assert [entry.title for entry in read(text).entries] == ["Letter a", "Letter b"]


@pytest.mark.parametrize(
    "counter",
    ["1 -\u200b 2 of 2", "Page 1 of 1, Results: 1 - 2 of 2", "RESULTS 1–2 OF 2"],
    ids=["zero-width-space", "page-of-pages", "capitals"],
)
def test_counters_as_they_are_printed(counter: str) -> None:
    assert str(read(BLOCKS.replace("1 - 2 of 2", counter)).counter) == "1 - 2 of 2"


def test_a_total_in_lakhs() -> None:
    counter = read(BLOCKS.replace("1 - 2 of 2", "1,001 - 1,002 of 1,16,756")).counter
    assert str(counter) == "1001 - 1002 of 116756"


def test_two_pages_in_one_text_are_not_read_as_one() -> None:
    both = f"{BLOCKS}\n\nPagination\n\n{BLOCKS.replace('1 - 2 of 2', '3 - 4 of 4')}\n\nPagination"
    assert not read(both).agrees or read(both).rejects


@pytest.mark.parametrize("more", ["<p>Excerpt</p>", "<p>1956</p>", "<p>See also Beijing</p>"])
def test_a_short_paragraph_after_a_marked_one_is_not_dropped(more: str) -> None:
    page = "<main><p>1 - 1 of 1</p><article>{}</article></main>"
    (row,) = read(
        page.format(cell("a").replace("<div class=summary><p>", "<p class=summary>").replace("</div>", "") + more)
    ).rows
    assert getattr(row, "reason", None) == "unclear-row"


@pytest.mark.parametrize("href", ["/search?x=1", "https://evil.example/document/x", ""])
def test_a_title_whose_link_leads_to_no_document_is_rejected(href: str) -> None:
    reading = read(table(cell("a"), cell("b"), cell("c", href=href)))
    assert [entry.url for entry in reading.entries] == [f"{OWN}/document/a", f"{OWN}/document/b"]
    assert "leads to no document" in reading.rejects[0].message


@pytest.mark.parametrize("linking", [1, 3], ids=["one-row", "every-row"])
def test_a_summary_may_mention_another_document(linking: int) -> None:
    inside = " See <a href='/document/other'>another</a>."
    cells = [cell(name, inside=inside if i < linking else "") for i, name in enumerate("abc")]
    reading = read(table(*cells))
    assert [entry.url for entry in reading.entries] == [f"{OWN}/document/{name}" for name in "abc"]
    assert (reading.entries[0].summary or "").endswith("See another.")


@pytest.mark.parametrize(
    "body",
    [
        "<div class='doc-inf-information'><h4>Report</h4></div>",
        "<main><h2 class=date>June 5, 1958</h2><h1 class=title><span>Letter</span></h1><p id=citation-text></main>",
    ],
    ids=["old", "new"],
)
def test_a_document_page_without_a_canonical_link(body: str) -> None:
    with pytest.raises(DocumentPage):
        read(f"<html><body>{body}</body></html>")


def test_a_page_at_a_documents_address_is_one() -> None:
    with pytest.raises(DocumentPage):
        read("<html><body><p>Anything.</p></body></html>", f"{OWN}/document/110001")


def test_a_gateways_error_page_with_status_200() -> None:
    page = "<html><title>archive | 522: Connection timed out</title><body><h1>Sorry</h1></body></html>"
    with pytest.raises(UnreachablePage):
        read(page)
