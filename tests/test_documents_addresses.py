"""Which addresses a document's page is given: what it says of itself, and no other's for having been had there."""

import pytest
from document_pages import OWN, info, page

from harvester.captures import Capture
from harvester.errors import OtherDocument, PageError
from harvester.harvest.documents import refuse_misled
from harvester.items import Document
from harvester.sample import Archive, Habits, render_old_paper
from harvester.sites import find_site

SITE = find_site("wilson")
HEAD = '<h1 class="title">1979</h1><h2 class="date">1958</h2>'


def read(body: bytes, path: str | None) -> Document:
    return SITE.read_document(Capture(body, url=OWN + path if path else None))


def told(*, canonical: str = "", node: int = 0, record: int = 0, citation: str = "") -> bytes:
    links = [f'<link rel="canonical" href="{OWN}{canonical}">' if canonical else ""]
    links += [f'<link rel="shortlink" href="{OWN}/node/{node}">' if node else ""]
    cited = f'<p id="citation-url">{OWN}{citation}</p>' if citation else ""
    return page(HEAD + (info("Record ID", str(record)) if record else "") + cited, head="".join(links), behind="")


def test_an_old_page_at_another_documents_address_is_refused() -> None:
    archive = Archive()
    archive.habits = Habits(era="old")
    asked, came = map(archive.paper, archive.records[:2])
    with pytest.raises(OtherDocument) as caught:
        read(render_old_paper(came).encode(), asked.path)
    assert came.path in caught.value.message
    assert asked.path not in str(read(render_old_paper(came).encode(), came.path).addresses)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (told(record=110109), "/document/110146"),
        (told(node=5), "/node/6"),
        (told(node=5, record=110109), "/node/6"),
        (told(citation="/document/letter"), "/document/another"),
        (told(canonical="/document/letter"), "/document/another"),
        (told(canonical="/document/letter", node=5, record=110109), "/node/6"),
        (told(canonical="/document/letter", node=5, record=110109), "/document/110146"),
        (told(record=110109, citation="/document/110110"), "/document/110146"),
    ],
    ids="record node node-and-record name canonical other-node other-record two-others".split(),
)
def test_a_page_that_names_others_of_the_kind_of_its_capture_is_another_document(body: bytes, path: str) -> None:
    with pytest.raises(OtherDocument):
        read(body, path)


@pytest.mark.parametrize("path", ["/node/5", "/document/letter", "/document/110109"])
def test_where_the_page_names_none_of_that_kind_the_capture_tells(path: str) -> None:
    named = {"/node/5": told(record=7), "/document/letter": told(node=7), "/document/110109": told(node=7)}
    assert OWN + path in read(named[path], path).addresses


@pytest.mark.parametrize("path", ["/document/1979", "/node/5", "/document/110109", None])
def test_a_slug_in_figures_is_no_record_id_where_a_second_witness_names_it(path: str | None) -> None:
    document = read(told(canonical="/document/1979", node=5, record=110109, citation="/document/1979"), path)
    assert (document.url, document.record_id, document.node_id) == (f"{OWN}/document/1979", "110109", "5")
    assert document.unknown == () and len(document.addresses) == 3


def test_a_canonical_link_to_another_record_id_is_in_doubt() -> None:
    document = read(told(canonical="/document/110110", node=5, record=110109), "/node/5")
    assert document.addresses == (f"{OWN}/node/5",) and document.record_id is None
    assert [part.label for part in document.unknown] == ["two addresses (record id)"]


def test_a_page_without_capture_that_contradicts_itself_has_no_address() -> None:
    with pytest.raises(PageError, match="does not say its address"):
        read(told(canonical="/document/110110", record=110109), None)


@pytest.mark.parametrize(
    ("asked", "refused"),
    [("/document/110109", False), ("/document/110146", True), ("/node/5", False), ("/node/6", True),
     ("/document/older-name", False), ("/document/letter", False)],
)  # fmt: skip
def test_a_redirect_joins_no_other_id(asked: str, refused: bool) -> None:
    document = read(told(canonical="/document/letter", node=5, record=110109), "/document/letter")
    if refused:
        with pytest.raises(OtherDocument, match="leads to another"):
            refuse_misled(document, [OWN + asked], SITE)
    else:
        refuse_misled(document, [OWN + asked], SITE)
