"""Whatever the order and wrapping of its blocks, a page says the same; no text of it goes by in silence."""

from dataclasses import asdict, replace
from html import escape

from document_pages import BLOCKS, OWN, info, page, pills, tabs
from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.captures import Capture
from harvester.items import Document
from harvester.sites import find_site
from harvester.text import squash

SITE = find_site("wilson")
NAMES = sorted(BLOCKS)


def read(body: bytes) -> Document:
    return SITE.read_document(Capture(body))


WHOLE = read(page(*BLOCKS.values()))


def said(document: Document) -> dict[str, object]:
    return {name: value for name, value in asdict(document).items() if name != "unknown"}


def unknown_of(document: Document) -> str:
    return " ".join(f"{part.label} {part.text}" for part in document.unknown)


def test_the_page_of_all_blocks_is_understood_whole() -> None:
    assert not WHOLE.unknown
    assert [name for name, value in said(WHOLE).items() if not value] == []


@settings(max_examples=60, deadline=None)
@given(st.permutations(NAMES))
def test_order_of_blocks_means_nothing(order: list[str]) -> None:
    read_so = read(page(*(BLOCKS[name] for name in order)))
    assert said(read_so) == said(WHOLE) and not read_so.unknown


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(NAMES),
    st.lists(st.sampled_from(["div", "section", 'div class="col-md-6"', "article"]), min_size=1, max_size=4),
)
def test_wrapping_a_block_means_nothing(name: str, tags: list[str]) -> None:
    wrapped = BLOCKS[name]
    for tag in tags:
        wrapped = f"<{tag}>\n{wrapped}\n</{tag.split()[0]}>"
    read_so = read(page(*(BLOCKS | {name: wrapped}).values()))
    assert said(read_so) == said(WHOLE) and not read_so.unknown


UNKNOWN = [
    info("Extent", "Zebra pages"),
    pills("Associated Ships", "Zebra"),
    "<section><h2>Zebra</h2><p>of the pier</p></section>",
    "<p>Zebra stands loose</p>",
    "Zebra bare",
    "<div><h4>Zebra</h4></div>",
    "<dl><dt>Stripes</dt><dd>Zebra</dd></dl>",
    "<table><tr><td>Zebra</td></tr></table>",
    '<div class="field"><h5>Zebra</h5><span class="date">May 1, 1999</span><span class="name">x</span></div>',
    "<aside><h3>Zebra</h3><p>June 1, 1911</p></aside>",
    "<h2 class='title'>Zebra</h2><ul class='pill-list'><li class='pill'><span class='name'>Zebra</span></li></ul>",
]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(UNKNOWN), st.permutations(NAMES), st.integers(0, len(NAMES)))
def test_an_unknown_block_changes_nothing_and_is_told(block: str, order: list[str], at: int) -> None:
    blocks = [BLOCKS[name] for name in order]
    read_so = read(page(*blocks[:at], block, *blocks[at:]))
    assert said(read_so) == said(WHOLE)
    assert "Zebra" in unknown_of(read_so)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(NAMES))
def test_a_block_left_out_takes_only_its_own_with_it(name: str) -> None:
    if name == "title":
        return
    read_so = read(page(*(block for other, block in BLOCKS.items() if other != name)))
    changed = {field for field, value in said(read_so).items() if value != said(WHOLE)[field]}
    own = {"tabs": {"texts", "files"}, "download": {"files"}, "date": {"date_text"}}.get(name, {name})
    assert changed <= own and not read_so.unknown


def test_text_added_anywhere_is_read_ignored_by_the_list_or_unknown() -> None:
    """A word is put behind each tag of the main part; then it is somewhere, or in what the list ignores."""
    blocks = "\n".join(BLOCKS.values())
    places = [i + 1 for i, c in enumerate(blocks) if c == ">"]
    assert len(places) > 200
    for at in places:
        read_so = read(page(blocks[:at] + "Zebra " + blocks[at:]))
        held = f"{said(read_so)} {[text.paragraphs for text in read_so.texts]} {unknown_of(read_so)}"
        ignored = any(_within(blocks, name, at) for name in ("breadcrumb", "share", "related"))
        assert ("Zebra" in held) or ignored or _of_tabs(blocks, at), (
            blocks[at - 40 : at],
            "Zebra",
            blocks[at : at + 40],
        )


def _within(blocks: str, name: str, at: int) -> bool:
    start = blocks.index(BLOCKS[name])
    return start < at < start + len(BLOCKS[name])


def _of_tabs(blocks: str, at: int) -> bool:
    """Return whether a place is in the words of a tab, which name what they open."""
    return any(_within_text(blocks, words, at) for words in ("English Translation", "Original Scan", "Download PDF"))


def _within_text(blocks: str, words: str, at: int) -> bool:
    return blocks[at:].startswith(words)


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60).map(squash).filter(bool)
PARAGRAPHS = st.lists(st.lists(WORDS, min_size=1, max_size=3), min_size=1, max_size=8)


@settings(max_examples=150, deadline=None)
@given(
    PARAGRAPHS, st.sampled_from(["p", "div", "li", "h2", "blockquote", "section"]), st.sampled_from(["", "b", "span"])
)
def test_the_text_of_paragraphs_comes_out_exactly(paragraphs: list[list[str]], tag: str, inline: str) -> None:
    begin, end = (f"<{inline}>", f"</{inline}>") if inline else ("", "")
    made = "".join(
        f"<{tag}>{'<br>'.join(begin + escape(line) + end for line in lines)}</{tag}>\n" for lines in paragraphs
    )
    read_so = read(page(*(BLOCKS | {"tabs": tabs(("translation-English", "English", made))}).values()))
    assert [text.paragraphs for text in read_so.texts] == [tuple("\n".join(lines) for lines in paragraphs)]
    assert not read_so.unknown


def test_every_address_is_given_once_and_on_the_sites_own_host() -> None:
    served = read(page(*BLOCKS.values()).replace(OWN.encode(), b"http://localhost:4711"))
    assert replace(served, citation=None) == replace(WHOLE, citation=None) and "localhost" not in str(served)
