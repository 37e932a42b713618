"""Writes the page of one document of the sample site."""

from html import escape

from harvester.sample.frame import NAME, render_page
from harvester.sample.record import Record
from harvester.sample.rows import break_lines, render_paragraphs
from harvester.sample.vocabulary import name_terms

PILLS = {
    "people": "Associated People & Organizations",
    "places": "Associated Places",
    "topics": "Associated Topics",
}


def render_document(record: Record, base: str, featured: str) -> str:
    """Return the page of a record; base is the address that the site is asked at, without a slash at the end."""
    links = (
        f'<link rel="canonical" href="{escape(base + record.path)}" />\n'
        f'<link rel="shortlink" href="{escape(base)}/node/{record.node}" />\n'
    )
    main = (
        '<article class="node node--type-document node--view-mode-full">\n'
        f'<h2 class="date">{escape(record.date)}</h2>\n'
        f'<h1 class="title"><span>{break_lines(record.title)}</span></h1>\n'
        f"{render_paragraphs(record.summary, 'text-block')}"
        f"{_render_pills(record)}{_render_facts(record, base)}</article>"
    )
    return render_page(record.title.replace("\n", " "), main, f"/node/{record.node}", featured, links)


def _render_pills(record: Record) -> str:
    blocks = []
    for facet, label in PILLS.items():
        names = [name_terms().get(term, term) for term in record.facets if term.startswith(f"{facet}:")]
        pills = "".join(f'<li class="pill"><span class="name">{escape(name)}</span></li>' for name in names)
        if pills:
            blocks.append(f'<div class="pill-block"><h3 class="title">{escape(label)}</h3><ul>{pills}</ul></div>\n')
    return "".join(blocks)


def _render_facts(record: Record, base: str) -> str:
    title = record.title.replace("\n", " ")
    dated = f"{record.date}, " if record.date else ""
    return (
        '<div class="information-block"><h3 class="sub-title">Record ID</h3>'
        f'<div class="text">{record.record_id}</div></div>\n'
        f'<p id="citation-text">"{escape(title)}", {escape(dated)}{NAME}, {record.record_id}</p>\n'
        f'<p id="citation-url">{escape(base)}/document/{record.record_id}</p>\n'
    )
