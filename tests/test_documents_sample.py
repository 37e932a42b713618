"""The sample archive, which knows nothing of the reader: each page of its documents is read exactly, in each layout."""

from collections.abc import Iterator

import pytest

from harvester.captures import Capture
from harvester.items import Document
from harvester.sample import Archive, Paper, render_saved
from harvester.sample.document_page import render_paper
from harvester.sample.old_page import render_old_paper
from harvester.sample.papers import write_paper
from harvester.sites import find_site
from harvester.text import squash

OWN = "https://digitalarchive.wilsoncenter.org"
SITE = find_site("wilson")
LISTS = ("authors", "people", "places", "topics", "subjects")
PLAIN = (
    *("source", "original_archive", "rights", "type", "languages", "classification", "donors", "support", "uploaded"),
    *("citation", "record_id"),
)


def papers(seed: int) -> Iterator[Paper]:
    for record in Archive(seed=seed).records:
        yield write_paper(record, seed)


def agrees(document: Document, paper: Paper) -> None:
    """Fail where a document is not what its paper says."""
    assert document.unknown == ()
    assert document.title == squash(paper.title)
    assert document.date_text == (squash(paper.date) or None)
    assert document.summary == ("\n\n".join(map(squash, paper.summary)) or None)
    for name in LISTS:
        held = [(term.name, term.url) for term in getattr(document, name)]
        assert held == [(pill.name, pill.href and OWN + pill.href) for pill in getattr(paper, name)], name
    for name in PLAIN:
        assert getattr(document, name) == getattr(paper, name), name
    assert document.node_id == paper.node_id
    texts = [(text.kind, text.language, text.paragraphs) for text in document.texts]
    assert texts == [(text.kind, text.language, text.paragraphs) for text in paper.texts]
    assert sorted((f.kind, f.url) for f in document.files) == sorted((f.kind, OWN + f.path) for f in paper.files)
    shown = {
        paper.path,
        *([f"/node/{paper.node}"] if paper.node_id else []),
        *([paper.old_path] if paper.record_id else []),
    }
    assert set(document.addresses) == {OWN + path for path in shown} and document.url == OWN + paper.path


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_pages_of_today_are_read_exactly(seed: int) -> None:
    for paper in papers(seed):
        body = render_paper(paper, "http://127.0.0.1:8080", "other").encode()
        agrees(SITE.read_document(Capture(body, url=OWN + paper.path)), paper)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_pages_of_the_old_layout_are_read_exactly(seed: int) -> None:
    for paper in papers(seed):
        before = paper.before()
        agrees(SITE.read_document(Capture(render_old_paper(before).encode(), url=OWN + before.path)), before)


def test_pages_that_a_browser_saved_are_read_exactly() -> None:
    for paper in list(papers(1))[:20]:
        body = render_saved(render_paper(paper, OWN, "other")).encode()
        assert len(body) >= 700_000
        agrees(SITE.read_document(Capture(body, url=OWN + paper.path)), paper)
