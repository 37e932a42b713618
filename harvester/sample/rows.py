"""Writes the rows of the results table: one cell a record, with its date, title, summary and links."""

from functools import lru_cache
from html import escape

from harvester.sample.record import Record


@lru_cache(maxsize=20_000)
def render_row(record: Record) -> str:
    """Return the table row of a record."""
    href, title = escape(record.path), break_lines(record.title)
    return (
        '<tr><td headers="view-rendered-entity-table-column" class="document contextual-region views-field">\n'
        f'<div data-contextual-id="node:node={record.node}:langcode=en" class="contextual"></div>\n'
        f'<article data-history-node-id="{record.node}" '
        'class="node node--type-document node--view-mode-search-result">\n'
        f"{_render_date(record)}"
        f'<h3 class="title"><a href="{href}" rel="bookmark">'
        f'<span class="field field--name-title">{title}</span></a></h3>\n'
        f"{render_paragraphs(record.summary, 'summary')}"
        f'<div class="links"><a href="{href}" class="read-more" tabindex="-1">Read more<span class="visually-hidden">'
        f" about {escape(record.title)}</span></a></div>\n</article>\n</td></tr>\n"
    )


def render_paragraphs(paragraphs: tuple[str, ...], name: str) -> str:
    """Return paragraphs in an element of class name; "" if there are none."""
    inner = "".join(f"<p>{break_lines(paragraph)}</p>\n" for paragraph in paragraphs)
    return f'<div class="{name} field field--type-text-long">\n{inner}</div>\n' if inner else ""


def break_lines(text: str) -> str:
    """Return text as markup, a line end as a hard break."""
    return escape(text).replace("\n", "<br />\n")


def _render_date(record: Record) -> str:
    """Return the date's element; of the undated, those with an even node id have none, the others an empty one."""
    if not record.date and record.node % 2 == 0:
        return ""
    return f'<div class="date">{escape(record.date)}</div>\n'
