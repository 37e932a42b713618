"""Writes the page of one document of the sample site, as its layout has been since 2022."""

from collections.abc import Iterable
from functools import lru_cache
from html import escape

from harvester.sample.frame import render_page
from harvester.sample.paper import Paper, Pill
from harvester.sample.papers import write_paper
from harvester.sample.record import Record
from harvester.sample.rows import break_lines, render_paragraphs
from harvester.sample.tabs import render_tabs

PILLS = {
    "people": "Associated People & Organizations",
    "places": "Associated Places",
    "topics": "Associated Topics",
    "subjects": "Subjects Discussed",
}


def render_document(record: Record, base: str, featured: str, seed: int = 1) -> str:
    """Return the page of a record; base is the address that the site is asked at, without a slash at the end."""
    return render_paper(write_paper(record, seed), base, featured)


@lru_cache(maxsize=256)
def render_paper(paper: Paper, base: str, featured: str) -> str:
    """Return the page of a document; base and featured as render_document and render_page have them."""
    links = (
        f'<link rel="canonical" href="{escape(base + paper.path)}" />\n'
        f'<link rel="shortlink" href="{escape(base)}/node/{paper.node}" />\n'
    )
    main = (
        '<article class="node node--type-document node--view-mode-full">\n'
        f"{_render_date(paper)}"
        f'<h1 class="title"><span>{break_lines(paper.title)}</span></h1>\n'
        f"{_render_support(paper)}{render_paragraphs(paper.summary, 'text-block')}"
        f"{render_tabs(paper)}{_render_download(paper)}{_render_authors(paper)}{_render_pills(paper)}"
        f"{_render_facts(paper)}{_render_citation(paper, base)}</article>"
    )
    return render_page(paper.line, main, f"/node/{paper.node}", featured, links)


def _render_date(paper: Paper) -> str:
    """Return the date's element; of the undated, those with an even node id have none, the others an empty one."""
    if not paper.date and paper.node % 2 == 0:
        return ""
    return f'<h2 class="date">{escape(paper.date)}</h2>\n'


def _render_support(paper: Paper) -> str:
    return f'<div class="donated"><p>{escape(paper.support)}</p></div>\n' if paper.support else ""


def _render_download(paper: Paper) -> str:
    files = [file for file in paper.files if file.kind == "download" or file.linked]
    return "".join(f'<a class="button download" href="{escape(file.path)}">Download</a>\n' for file in files)


def _render_authors(paper: Paper) -> str:
    if not paper.authors:
        return ""
    return f'<h2 class="title">Author(s):</h2>\n<ul class="pill-list">\n{_list_pills(paper.authors)}</ul>\n'


def _render_pills(paper: Paper) -> str:
    held: dict[str, tuple[Pill, ...]] = {name: getattr(paper, name) for name in PILLS}
    return "".join(render_pill_block(PILLS[name], pills) for name, pills in held.items() if pills)


def render_pill_block(label: str, pills: Iterable[Pill]) -> str:
    """Return a labelled list of names."""
    head = f'<div class="pill-block"><h3 class="title">{escape(label)}</h3>\n<ul class="pill-list">\n'
    return f"{head}{_list_pills(pills)}</ul></div>\n"


def _list_pills(pills: Iterable[Pill]) -> str:
    return "".join(f'<li class="pill">{_render_pill(pill)}</li>\n' for pill in pills)


def _render_pill(pill: Pill) -> str:
    name = f'<span class="name">{escape(pill.name)}</span>'
    return name if pill.href is None else f'<a href="{escape(pill.href)}">{name}</a>'


def list_facts(paper: Paper) -> dict[str, tuple[str, ...]]:
    """Return what stands under a label of its own, with its values; labels without values are left out."""
    facts = {
        "Source": paper.source,
        "Original Archive": paper.original_archive,
        "Rights": paper.rights,
        "Original Uploaded Date": paper.uploaded,
        "Type": paper.type,
        "Language": paper.languages,
        "Record ID": str(paper.number) if paper.labelled else None,
        "Original Classification": paper.classification,
        "Donors": paper.donors,
    }
    return {label: (held,) if isinstance(held, str) else held for label, held in facts.items() if held}


def _render_facts(paper: Paper) -> str:
    return "".join(render_fact(label, values) for label, values in list_facts(paper).items())


def render_fact(label: str, values: Iterable[str]) -> str:
    """Return a label with its value, or with several, each in an element of its own."""
    texts = [escape(value) for value in values]
    items = texts[0] if len(texts) == 1 else "".join(f'<div class="field__item">{text}</div>\n' for text in texts)
    return f'<div class="information-block"><h3 class="sub-title">{label}</h3>\n<div class="text">{items}</div></div>\n'


def _render_citation(paper: Paper, base: str) -> str:
    if paper.citation is None:
        return ""
    return (
        f'<p id="citation-text">{escape(paper.citation)}</p>\n'
        f'<p id="citation-url">{escape(base + paper.old_path)}</p>\n'
    )
