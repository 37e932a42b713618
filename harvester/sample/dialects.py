"""Writes a text as markup, in the dialects that decades of pasting leave behind: none of it is the page's own."""

import re
from collections.abc import Callable, Mapping
from html import escape
from itertools import groupby
from types import MappingProxyType

from harvester.sample.paper import Part, Prose
from harvester.sample.rows import break_lines

_MARK = re.compile(r"(\[[0-9]\])")
_STYLE = (
    '<style type="text/css">\n<!--\n/* Style Definitions */\np.MsoNormal, li.MsoNormal { margin: 0cm; }\n'
    '.date:before { content: "June 5, 1958"; }\n@page WordSection1 { size: 595.3pt 841.9pt; }\n-->\n</style>\n'
)
_SCRIPT = (
    '<script type="text/javascript">\nif (1 < 2 && document.title) { document.write("<p>Written by a script</p>"); }\n'
    "</script>\n"
)
_WORD_XML = (
    "<!--[if gte mso 9]><xml>\n <w:WordDocument>\n  <w:View>Normal</w:View>\n </w:WordDocument>\n</xml><![endif]-->\n"
)


def render_prose(prose: Prose) -> str:
    """Return the markup of a text, in its dialect."""
    return DIALECTS[prose.dialect](prose)


def _write_plain(prose: Prose) -> str:
    return _in_groups(prose, {"heading": "<h3>{}</h3>", "quote": "<blockquote><p>{}</p></blockquote>"}, "<p>{}</p>")


def _write_whole(prose: Prose) -> str:
    """Write a page within the page, head and all."""
    forms = {"heading": "<h1><center>{}</center></h1>", "quote": '<p align="right"><i>{}</i></p>'}
    return (
        f"<html>\n<head>\n<title>Document {prose.kind}, as typed</title>\n"
        f'<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">\n{_STYLE}</head>\n'
        f'<body lang="EN-GB" bgcolor="#FFFFFF">\n{_in_groups(prose, forms, "<p>{}</p>")}{_SCRIPT}</body>\n</html>\n'
    )


def _write_labelled(prose: Prose) -> str:
    """Write with classes and headings that mean something else on the page around it."""
    forms = {
        "heading": '<h2 class="date">{}</h2>',
        "item": '<div class="information-block"><h3 class="sub-title">{}</h3></div>',
        "quote": '<h1 class="title"><span>{}</span></h1>',
        "note": '<div class="pill-block"><div class="pill"><span class="name">{}</span></div></div>',
    }
    inner = _in_groups(prose, forms, '<div class="text-block"><p>{}</p></div>', listed=False)
    return f'<title>Untitled Document</title>\n{_STYLE}{_SCRIPT}<div class="summary">\n{inner}</div>\n'


def _write_breaks(prose: Prose) -> str:
    """Write one block in which two breaks end a paragraph, and one ends a line."""
    pieces: list[str] = []
    for tabular, parts in groupby(prose.parts, key=lambda part: part.kind == "table"):
        if tabular:
            pieces += [_render_table(part, "{}") for part in parts]
        else:
            pieces.append("<div>" + "<br>\n<br>\n".join(_mark(*part.paragraphs) for part in parts) + "</div>\n")
    return "".join(pieces)


def _write_word(prose: Prose) -> str:
    """Write as a word processor saves: a class and a style everywhere, runs that end amid a word, lines wrapped."""
    normal = '<p class="MsoNormal" style="margin-bottom:6.0pt;text-align:justify">{}<o:p></o:p></p>'
    forms = {
        "heading": '<h2 style="mso-outline-level:1" class="title">{}<o:p></o:p></h2>',
        "item": '<p class="MsoListParagraph" style="margin-left:36.0pt">{}</p>',
        "note": '<div style="mso-element:footnote"><p class="MsoFootnoteText">{}</p></div>',
    }
    rows = [
        _render_table(part, f'<p class="MsoNormal">{_RUN}</p>')
        if part.kind == "table"
        else _write_runs(part, forms, normal)
        for part in prose.parts
    ]
    empty = '<p class="MsoNormal"><span lang="EN-US">&nbsp;</span></p>\n'
    return f'{_WORD_XML}{_STYLE}<div class="WordSection1">\n{empty.join(rows)}{empty}</div>\n'


_RUN = '<span lang="EN-US" style="font-size:12.0pt">{}</span>'


def _write_runs(part: Part, forms: Mapping[str, str], normal: str) -> str:
    lines = []
    for line in part.paragraphs[0].split("\n"):
        wrapped = re.sub(r"((?:\S+ ){9}\S+) ", r"\1\n", line)
        spaced = wrapped.replace(". ", ".\u00a0 ")
        half = len(spaced) // 2
        lines.append("".join(_RUN.format(_raise_marks(escape(run))) for run in _split(spaced, half)))
    return forms.get(part.kind, normal).format("<br clear=all>\n".join(lines)) + "\n"


def _split(text: str, place: int) -> list[str]:
    """Split amid a word, but not within a footnote's mark."""
    while 0 < place < len(text) and not (text[place - 1].isalpha() and text[place].isalpha()):
        place -= 1
    return [run for run in (text[:place], text[place:]) if run]


def _in_groups(prose: Prose, forms: Mapping[str, str], usual: str, *, listed: bool = True) -> str:
    """Write parts one after the other; items that follow each other stand in one list."""
    pieces = []
    for kind, parts in groupby(prose.parts, key=lambda part: part.kind):
        if kind == "table":
            pieces += [_render_table(part, "{}") for part in parts]
        elif kind == "item" and listed:
            pieces.append("<ul>" + "".join(f"<li>{_mark(*part.paragraphs)}</li>\n" for part in parts) + "</ul>\n")
        else:
            pieces += [forms.get(kind, usual).format(_mark(*part.paragraphs)) + "\n" for part in parts]
    return "".join(pieces)


def _render_table(part: Part, cell: str) -> str:
    rows = "".join(
        "<tr>" + "".join(f"<td>{cell.format(escape(text))}</td>" for text in cells) + "</tr>\n" for cells in part.rows
    )
    return f'<table border="1" class="table table-striped"><tbody>\n{rows}</tbody></table>\n'


def _mark(text: str) -> str:
    """Return text as markup, its line ends as hard breaks."""
    return _raise_marks(break_lines(text))


def _raise_marks(markup: str) -> str:
    """Raise the marks of notes, and let them lead there."""
    return _MARK.sub(r'<sup><a href="#_ftn" title="">\1</a></sup>', markup)


DIALECTS: Mapping[str, Callable[[Prose], str]] = MappingProxyType(
    {
        "plain": _write_plain,
        "word": _write_word,
        "whole": _write_whole,
        "breaks": _write_breaks,
        "labelled": _write_labelled,
    }
)
