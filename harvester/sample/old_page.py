"""Writes the page of one document of the sample site, as its layout was until 2022.

Of the site's own pages of then only the labels in the box of information and the list of subjects are known; the rest
is as plain as can be, and texts there are none.
"""

from collections.abc import Iterable
from html import escape

from harvester.sample.document_page import list_facts
from harvester.sample.frame import NAME
from harvester.sample.paper import Paper, Pill
from harvester.sample.rows import break_lines

LABELS = {
    "authors": "Author(s)",
    "people": "Associated People & Organizations",
    "places": "Associated Places",
    "topics": "Associated Topics",
}
MENU = {"/": "Home", "/browse": "Browse", "/theme-of-the-week": "Theme of the Week", "/about": "About"}


def render_old_paper(paper: Paper) -> str:
    """Return the page of a document, as Paper.before has it: its own address stands nowhere in it but as record id."""
    main = (
        f'<h1 class="doc-title">{break_lines(paper.title)}</h1>\n'
        f'<div class="date">{escape(paper.date)}</div>\n'
        f"{_render_summary(paper)}{_render_files(paper)}"
        f'<div class="doc-inf-information">\n{_render_information(paper)}</div>\n{_render_subjects(paper.subjects)}'
    )
    links = "".join(f'<li><a href="{href}">{label}</a></li>' for href, label in MENU.items())
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(paper.line)} | {NAME}</title>\n"
        '<link rel="stylesheet" href="/assets/media/css/site.css">\n</head>\n<body>\n'
        f'<div id="header"><a href="/" class="logo">{NAME}</a><ul class="nav">{links}</ul></div>\n'
        f'<div id="main" role="main" class="doc-inf">\n{main}</div>\n'
        f'<footer id="footer"><p>{NAME}, an invented catalogue.</p></footer>\n</body>\n</html>\n'
    )


def _render_summary(paper: Paper) -> str:
    inner = "".join(f"<p>{break_lines(paragraph)}</p>\n" for paragraph in paper.summary)
    return f'<div class="summary">\n{inner}</div>\n' if inner else ""


def _render_files(paper: Paper) -> str:
    return "".join(f'<p class="doc-links"><a href="{escape(file.path)}">Download PDF</a></p>\n' for file in paper.files)


def _render_information(paper: Paper) -> str:
    named: dict[str, tuple[Pill, ...]] = {label: getattr(paper, name) for name, label in LABELS.items()}
    values = {label: tuple(pill.name for pill in pills) for label, pills in named.items() if pills}
    return "".join(_render_label(label, held) for label, held in {**values, **list_facts(paper)}.items())


def _render_label(label: str, values: Iterable[str]) -> str:
    texts = [escape(value) for value in values]
    if len(texts) == 1:
        return f"<h4>{escape(label)}</h4>\n<p>{texts[0]}</p>\n"
    return f"<h4>{escape(label)}</h4>\n<ul>" + "".join(f"<li>{text}</li>" for text in texts) + "</ul>\n"


def _render_subjects(subjects: Iterable[Pill]) -> str:
    items = "".join(f"<li>{escape(pill.name)}</li>\n" for pill in subjects)
    return f'<ul id="subj-list">\n{items}</ul>\n' if items else ""
