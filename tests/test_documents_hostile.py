"""Document pages made to bring the reader down: each is read or refused, near a second, in little memory."""

import time
from collections.abc import Callable

import orjson
import pytest
from document_pages import SLUG, info, tabs, with_blocks
from soak.fuzz import limited

from harvester.captures import Capture
from harvester.errors import PageError
from harvester.pages import limits
from harvester.sites import find_site

SITE = find_site("wilson")


def pane(inside: str) -> bytes:
    return with_blocks(tabs=tabs(("translation-English", "English", inside)))


def main(inside: str) -> bytes:
    return with_blocks(x=inside)


def old(inside: str) -> bytes:
    return f'<html><main><h1>Letter</h1><ul id="subj-list"><li>Stone</ul>{inside}</main></html>'.encode()


PAGES: dict[str, Callable[[], bytes]] = {
    "59,000 paragraphs": lambda: pane("<p>x</p>" * 59_000),
    "59,000 breaks": lambda: pane("a<br>" * 59_000),
    "19,000 rows": lambda: pane("<table>" + "<tr><td>a<td>b</tr>" * 19_000),
    "tables in tables": lambda: pane("<table><tr><td>" * 60 + "words " * 200_000 + "</table>" * 60),
    "tables in tables, many": lambda: pane(("<table><tr><td>" * 60 + "x" + "</table>" * 60) * 300),
    "1,400,000 lines of <pre>": lambda: pane("<pre>" + "a\n" * 1_400_000),
    "2.9 MB of blanks": lambda: pane(" " * 2_900_000),
    "spans in spans": lambda: pane(("<span>" * 150 + "\n" + "</span>" * 150) * 390),
    "marks on one letter": lambda: pane("e" + "\u0301\u0316" * 600_000),
    "50,000 download links": lambda: pane('<a href="/document/1/download">x</a>' * 50_000),
    "50,000 frames": lambda: pane('<iframe src="https://example.org/a"></iframe>' * 50_000),
    "50,000 panes": lambda: with_blocks(
        tabs='<div id="documentTabs">' + '<div class="tab-pane" id="a">x</div>' * 50_000 + "</div>"
    ),
    "panes in panes": lambda: pane("<div class=tab-pane id=translation><p>x" * 140),
    "50,000 tabs": lambda: main('<a href="#x" role="tab">x</a>' * 50_000),
    "50,000 known headings": lambda: main("<h3>Source</h3>" * 50_000),
    "29,000 unknown headings": lambda: main("<h3>Xy</h3><p>z</p>" * 29_000),
    "900 unknown blocks": lambda: main(info("Extent", "x") * 900),
    "900 known blocks": lambda: main(info("Source", "x") * 900),
    "4,000 pills": lambda: main(
        "<div class=pill-block><h3>Associated Places</h3>" + "<p class=pill><b class=name>x</b></p>" * 4_000 + "</div>"
    ),
    "pills in pills": lambda: main("<div class=pill-block><h3>Associated Places</h3>" + "<p class=pill>" * 9_000),
    "pills one in another": lambda: main(
        "<div class=pill-block><h3>Associated Places</h3>" + "<i class=pill>" * 150 + "<i class=name>x</i>" * 9_000
    ),
    "headings at every depth": lambda: main(("<div><h3>Extent</h3>" * 140 + "</div>" * 140) * 7),
    "headings after much": lambda: main("<div>" * 140 + "<p>x</p>" * 9_000 + "<h3>Extent</h3></div>" * 140),
    "50,000 dates": lambda: main("<h2 class=date>June 5, 1958</h2>" * 50_000),
    "9,000 dates that are no headings": lambda: main("<p class=date>June 5, 1958</p>" * 9_000),
    "50,000 titles": lambda: main("<h1>a</h1>" * 50_000),
    "9,000 summaries": lambda: main("<div class=text-block>x</div>" * 9_000),
    "9,000 supports": lambda: main("<div class=donated>x</div>" * 9_000),
    "9,000 citations": lambda: main('<p id="citation-text">x http://a.b/c</p>' * 9_000),
    "50,000 addresses in a citation": lambda: with_blocks(
        citation='<p id="citation-text">' + "https://digitalarchive.wilsoncenter.org/document/1 " * 50_000 + "</p>"
    ),
    "9,000 boxes of tabs": lambda: main('<div id="documentTabs">x</div>' * 9_000),
    "4,500 labels in bold": lambda: main("<p><b>a:</b> b</p>" * 4_500),
    "9,000 loose words": lambda: main("x<b></b>" * 9_000),
    "900,000 languages": lambda: with_blocks(languages=info("Language", "a," * 900_000)),
    "900,000 brackets in languages": lambda: with_blocks(languages=info("Language", "(," * 900_000)),
    "a label of a million letters": lambda: main(info("Source" + " :" * 500_000 + "x", "x")),
    "500,000 canonical links": lambda: with_blocks().replace(b"<head>", b"<head>" + b"<link rel=canonical>" * 50_000),
    "300,000 comments behind the end": lambda: with_blocks() + b"<!-- -- " * 300_000,
    "400,000 ends": lambda: with_blocks()[:-8] + b"</html" * 400_000,
    "old: 900 labels": lambda: old('<div class="doc-inf-information">' + "<h4>Source</h4>x" * 900),
    "old: 9,000 lines": lambda: old("<p>June 5, 1958</p>" * 9_000),
    "old: 9,000 texts": lambda: old("<p>It reads as prose, and it ends as a sentence does, does it not.</p>" * 9_000),
    "old: 9,000 summaries": lambda: old('<p class="summary">x' * 9_000),
    "old: 9,000 subjects": lambda: old('<ul id="subj-list">' + "<li>x" * 9_000),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_is_read_or_refused_near_a_second(name: str) -> None:
    body = PAGES[name]()
    started = time.process_time()
    try:
        with limited():
            document = SITE.read_document(Capture(body, url=SLUG))
    except PageError as error:
        assert error.message and error.advice and len(str(error)) < 1_000
    else:
        assert len(orjson.dumps(document)) < 20_000_000 and len(document.unknown) <= limits.MOST_OUTSIDE
    assert time.process_time() - started < 1.5


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (pane("<p>x</p>" * 61_000), "60,000"),
        (pane("<b>" * 300), "200"),
        (main("<h3>x</h3>" * 1_001), "1,000"),
        (main("<i></i>" * 10_001), "10,000"),
        (PAGES["50,000 panes"](), "1,000"),
    ],
    ids=["elements", "depth", "headings", "outside", "panes"],
)
def test_a_refusal_says_the_limit(body: bytes, says: str) -> None:
    with pytest.raises(PageError) as caught:
        SITE.read_document(Capture(body))
    assert caught.value.kind == "too-large" and says in caught.value.message


def test_a_long_text_from_a_word_processor_is_read() -> None:
    line = '<p class="MsoNormal" style="margin:0cm"><span lang="EN-US">Some words, <i>more</i>.</span><o:p></o:p></p>\n'
    (text,) = SITE.read_document(Capture(pane(line * 12_000))).texts
    assert text.paragraphs == ("Some words, more.",) * 12_000
