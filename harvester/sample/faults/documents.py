"""Answers to requests for documents' pages that are refused, cut, another's, or say more than anyone can read."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from harvester.sample.document_page import render_fact, render_pill_block
from harvester.sample.documents import show_record
from harvester.sample.exchange import Answer
from harvester.sample.faults import refusals, transfers
from harvester.sample.faults.scene import Scene
from harvester.sample.paper import Pill

LABEL, PILLS = "Provenance of the Copy", "Associated Vessels"
SAID = "Bought at a sale in 1998"
LOOSE = "This paper is under review & may be renamed."
DIED = "<br />\n<b>Fatal error</b>: Maximum execution time of 30 seconds exceeded"


def add_label(page: str) -> str:
    """Return a document's page with a labelled block that no other has, LABEL with SAID."""
    return _insert(page, render_fact(LABEL, [SAID]), f"<h4>{LABEL}</h4>\n<p>{SAID}</p>\n")


def add_pills(page: str) -> str:
    """Return a document's page with a list of names that no other has, under PILLS."""
    names = ("Aurora", "Potemkin II")
    items = "".join(f"<li>{name}</li>" for name in names)
    return _insert(
        page, render_pill_block(PILLS, [Pill(name) for name in names]), f"<h4>{PILLS}</h4>\n<ul>{items}</ul>\n"
    )


def add_loose_text(page: str) -> str:
    """Return a document's page with LOOSE in it, in no block at all."""
    text = LOOSE.replace("&", "&amp;")
    return _insert(page, f"<p>{text}</p>\n", "") if "</article>" in page else page.replace("</h1>", f"</h1>\n{text}", 1)


def _insert(page: str, markup: str, old: str) -> str:
    """Put markup at the end of the document, or in the old layout below its information; other pages stay as they are.

    >>> _insert("<article><p>x</p></article>", "<p>y</p>", "")
    '<article><p>x</p><p>y</p></article>'
    """
    head, found, tail = page.rpartition("</article>")
    if found:
        return head + markup + found + tail
    head, found, tail = page.partition('<div class="doc-inf-information">\n')
    return head + found + old + tail if found else page


def _alter(change: Callable[[str], str], scene: Scene) -> Answer:
    """Answer the page changed; what is no page (a redirect, a reference) stays as it is."""
    return replace(scene.sound, body=change(scene.text)) if _is_page(scene) else scene.sound


def _is_page(scene: Scene) -> bool:
    return "</html>" in scene.text


def find_text(page: str) -> tuple[int, int]:
    """Return where a document's texts begin and end in its page; of a page without any its whole main part."""
    starts = (page.find('<div class="tab-pane'), page.find('role="main"'))
    start = next((place for place in starts if place >= 0), 0)
    ends = (page.rfind("</article>"), page.rfind('<div class="doc-inf-information">'), len(page))
    return start, next(place for place in ends if place > start)


def _place(scene: Scene) -> int:
    start, end = find_text(scene.text)
    return start + scene.share(end - start)


def cut_text(scene: Scene) -> Answer:
    """Announce the whole page, and close amid its text."""
    return replace(scene.sound, cut=len(scene.text[: _place(scene)].encode()), plain=True)


def end_text(scene: Scene) -> Answer:
    """End the page amid its text, as when a script dies; announced as if it were whole."""
    return replace(scene.sound, body=scene.text[: _place(scene)] + DIED) if _is_page(scene) else scene.sound


def show_other(scene: Scene) -> Answer:
    """Show another document's page, as a cache does that takes the key wrongly; this one's, if there is no other."""
    archive, shown = scene.server.archive, scene.text
    start = scene.share(len(archive.records))
    turned = archive.records[start:] + archive.records[:start]
    others = (show_record(archive, scene.request, record) for record in turned)
    other = next((page for page in others if page != shown), shown)
    return replace(scene.sound, body=other) if _is_page(scene) else scene.sound


DOCUMENT_FAULTS: Mapping[str, Callable[[Scene], Answer]] = MappingProxyType(
    {
        "404": partial(refusals.miss, 404),
        "503": partial(refusals.refuse, 503),
        "503-seconds": partial(refusals.refuse_for_seconds, 503),
        "challenge": refusals.challenge,
        "reset": transfers.reset,
        "text-cut": cut_text,
        "text-ended": end_text,
        "other-document": show_other,
        "unknown-label": partial(_alter, add_label),
        "unknown-pills": partial(_alter, add_pills),
        "loose-text": partial(_alter, add_loose_text),
    }
)
