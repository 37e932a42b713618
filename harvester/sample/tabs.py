"""Writes the tabs of a document's page: one a kind of text with one a language within, one for its scans."""

from collections.abc import Sequence
from html import escape
from itertools import groupby

from harvester.sample.dialects import render_prose
from harvester.sample.paper import Paper, Prose

SCAN = "original-scan"


def render_tabs(paper: Paper) -> str:
    """Return the tabs of a document with their panes; "" if it has neither texts nor scans."""
    panes = {
        kind: (kind.capitalize(), _render_texts(kind, list(texts)))
        for kind, texts in groupby(paper.texts, key=lambda text: text.kind)
    }
    scans = [file for file in paper.files if file.kind == "scan"]
    if scans:
        objects = "".join(
            f'<object class="pdf-preview" data="{escape(file.path)}" type="{file.type}"></object>\n' for file in scans
        )
        panes[SCAN] = ("Original Scan", objects)
    if not panes:
        return ""
    return f'<div id="documentTabs" class="document-tabs">\n{_render_panes(panes, "nav-tabs")}</div>\n'


def _render_texts(kind: str, texts: Sequence[Prose]) -> str:
    if len(texts) == 1 and texts[0].language is None:
        return render_prose(texts[0])
    panes = {f"{kind}-{text.language}": (text.language or "", render_prose(text)) for text in texts}
    return _render_panes(panes, "nav-pills")


def _render_panes(panes: dict[str, tuple[str, str]], name: str) -> str:
    """Return a nav and its panes, which are given by id as label and markup; the first one shows."""
    first = next(iter(panes))
    links = "".join(
        f'<li class="nav-item" role="presentation"><a class="nav-link{" active" * (pane == first)}" '
        f'data-bs-toggle="tab" role="tab" href="#{pane}">{label}</a></li>\n'
        for pane, (label, _) in panes.items()
    )
    inner = "".join(
        f'<div class="tab-pane fade{" show active" * (pane == first)}" id="{pane}" role="tabpanel">\n{markup}</div>\n'
        for pane, (_, markup) in panes.items()
    )
    return f'<ul class="nav {name}" role="tablist">\n{links}</ul>\n<div class="tab-content">\n{inner}</div>\n'
