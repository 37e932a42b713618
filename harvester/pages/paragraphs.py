"""Makes clean paragraphs of a text's own HTML: its styles and scripts gone, nothing of its wording changed or lost.

Text that only a style hides stays: whether it is wording cannot be told. What is made for screen readers, or for the
page's editors, is no wording and goes.
"""

from collections.abc import Collection, Iterator

from lxml.etree import _Element as Element

from harvester.pages.blocks import BLOCK_TAGS, class_tokens, is_element
from harvester.text import squash

# What is no text of the page: a player's words for browsers without it, controls, descriptions of pictures.
WORDLESS_TAGS = frozenset(
    "script style title meta link template head base noscript svg canvas object embed iframe video audio"
    " button select option datalist input".split()
)
_FOR_OTHERS = frozenset(
    "visually-hidden visuallyhidden sr-only screen-reader-text screen-reader-only element-invisible contextual"
    " contextual-links".split()
)
_BLOCKS = BLOCK_TAGS | {"caption", "legend", "dir", "menu", "body", "html", "textarea", "search"}
_LINE, _PARAGRAPH, _CELL = "\x00", "\x01", "\x02"  # no print has them, so they are taken out of the page's text
_NO_SIGNS = dict.fromkeys(map(ord, _LINE + _PARAGRAPH + _CELL))
_KEEPING = frozenset({"pre", "textarea", "listing", "xmp"})


def paragraphs_of(element: Element, skip: Collection[Element] = ()) -> tuple[str, ...]:
    """Return the paragraphs of an element's text, without what is in `skip`.

    A block is a paragraph, <br> and the line ends of <pre> are line ends in one, two of them begin another. A table's
    row is a paragraph, its cells apart by a tab; where a cell holds several paragraphs, they stand one after another.
    """
    return tuple(_split("".join(_marked(element, skip))))


def wordless(element: Element) -> bool:
    """Return whether an element holds no wording of a text, whatever it shows."""
    return element.tag in WORDLESS_TAGS or not _FOR_OTHERS.isdisjoint(class_tokens(element))


def _split(marked: str) -> list[str]:
    """Return the paragraphs of a text with signs; a line without text ends one, as a block does."""
    paragraphs: list[str] = []
    for block in marked.split(_PARAGRAPH):
        lines: list[str] = []
        for line in [*map(_squash_cells, block.split(_LINE)), ""]:
            if line:
                lines.append(line)
            elif lines:
                paragraphs.append("\n".join(lines))
                lines = []
    return paragraphs


def _squash_cells(line: str) -> str:
    return "\t".join(map(squash, line.split(_CELL))).rstrip("\t")


def _marked(top: Element, skip: Collection[Element], keep: bool = False) -> Iterator[str]:
    """Yield an element's text with signs where lines, cells and paragraphs end; `keep` the line ends of the source."""
    stack: list[Element | str] = [top]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            yield node
            continue
        tail = _plain(node.tail, keep) if node is not top else ""
        if not is_element(node) or wordless(node) or node in skip:
            yield tail
        elif node.tag == "br":
            yield _LINE + tail
        elif node.tag == "tr":
            yield _PARAGRAPH + _row(node, skip, keep) + _PARAGRAPH + tail
        elif node.tag in _KEEPING and not keep:
            yield _PARAGRAPH + "".join(_marked(node, skip, True)) + _PARAGRAPH + tail
        else:
            edge = _PARAGRAPH if node.tag in _BLOCKS else ""
            yield edge + _plain(node.text, keep)
            stack.append(edge + tail)
            stack.extend(reversed(node))


def _plain(text: str | None, keep: bool) -> str:
    """Return a text without the signs."""
    text = (text or "").translate(_NO_SIGNS)
    return text.replace("\n", _LINE) if keep else text


def _row(row: Element, skip: Collection[Element], keep: bool) -> str:
    """Return a table's row: a line of cells, or its cells one after another where they hold paragraphs of their own."""
    cells, loose = [], _plain(row.text, keep)
    layout = row.find(".//tr") is not None
    for cell in row:
        if is_element(cell):
            cells.append("".join(_marked(cell, skip, keep)))
        loose += _plain(cell.tail, keep)
    split = [] if layout else [_split(cell) for cell in cells]  # a table in a table would be split at each level
    if any(len(paragraphs) > 1 for paragraphs in split) or sum(map(bool, split)) < 2:
        return _PARAGRAPH.join([*cells, loose])
    return _CELL.join(" ".join(paragraphs).replace("\n", " ") for paragraphs in split) + _PARAGRAPH + loose
