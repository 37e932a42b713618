"""`harvest why` tells of a document's own page, and leads its fields back to it."""

from pathlib import Path

import pytest
from conftest import Harvest, read_lines
from holding import HOST, begin, document, entry, publish_documents, url_of

from harvester.identity import linked_id
from harvester.sample import Archive, render_listing
from harvester.sample.document_page import render_document

ARCHIVE = Archive()
PEOPLE = 'h3 class="title">Associated People'


@pytest.fixture(scope="module")
def pages() -> dict[str, bytes]:
    """Pages of documents that have people and a node, by address."""
    found = {f"{HOST}{one.path}": render_document(one, HOST, ARCHIVE.featured) for one in ARCHIVE.records}
    return {url: page.encode() for url, page in found.items() if PEOPLE in page}


@pytest.fixture
def dataset(harvest: Harvest, pages: dict[str, bytes], tmp_path: Path) -> Path:
    """Three documents' pages, saved in a folder; a listing shows one of them."""
    (tmp_path / "kept").mkdir()
    for number, page in enumerate(list(pages.values())[:3]):
        (tmp_path / "kept" / f"{number}.html").write_bytes(page)
    harvest("replay", tmp_path / "kept", "-o", tmp_path / "d", "--site", "wilson")
    assert len(read_lines(tmp_path / "d" / "documents.jsonl")) == 3
    return tmp_path / "d"


def first(dataset: Path) -> dict:
    return next(line for line in read_lines(dataset / "documents.jsonl") if line["people"])


def test_a_field_of_the_document_leads_to_its_page(harvest: Harvest, dataset: Path) -> None:
    line = first(dataset)
    ran = harvest("why", dataset, line["id"], "people", "--json")
    (told,) = ran.lines
    field = told["field"]
    assert ran.code == 0 and field["of_document"] and field["trouble"] is None
    assert field["value"] == line["people"]
    assert field["capture"]["kind"] == "document"
    assert [origin["text"] for origin in field["origins"]][:1] == [line["people"][0]["name"]]
    assert {origin["text"] for origin in field["origins"]} == {term["name"] for term in line["people"]}
    assert all(origin["text"] in origin["markup"].replace("&amp;", "&") for origin in field["origins"])
    shown = harvest("why", dataset, line["id"], "people").out
    assert f"people of the document: {line['people'][0]['name']}" in shown
    assert "the document's own page; matched by " in shown


@pytest.mark.parametrize("field", ["title", "date_text", "date", "url", "id"])
def test_a_record_that_only_its_document_shows_leads_to_that_page(harvest: Harvest, dataset: Path, field: str) -> None:
    line = first(dataset)
    (told,) = harvest("why", dataset, line["id"], field, "--json").lines
    assert told["field"]["origins"] and told["field"]["trouble"] is None
    shown = line[{"date": "date_text", "id": "url"}.get(field, field)]
    assert told["field"]["origins"][0]["text"].removeprefix(HOST) == shown.removeprefix(HOST)


def test_a_record_is_found_by_every_address_of_its_document(harvest: Harvest, dataset: Path) -> None:
    line = first(dataset)
    assert line["aliases"]
    for address in (line["url"], *line["aliases"]):
        ran = harvest("why", dataset, address)
        assert line["id"] in ran.out
        assert f"Also known as {', '.join(line['aliases'])}" in ran.out


def test_what_the_page_does_not_have_and_what_is_no_field(harvest: Harvest, dataset: Path) -> None:
    line = first(dataset)
    empty = next(name for name in ("donors", "support", "classification", "subjects", "rights") if not line[name])
    assert "the page does not have it" in harvest("why", dataset, line["id"], empty).out
    assert "what listings show beside" in harvest("why", dataset, line["id"], "differs").out
    assert line["aliases"][0] in harvest("why", dataset, line["id"], "aliases").out
    ran = harvest("why", dataset, line["id"], "colour")
    assert ran.code == 2 and "people" in ran.err


def test_another_page_than_was_read_is_not_shown(harvest: Harvest, dataset: Path, tmp_path: Path) -> None:
    for path in (tmp_path / "kept").iterdir():
        path.write_bytes(path.read_bytes() + b" ")
    ran = harvest("why", dataset, first(dataset)["id"], "people")
    assert "its digest is another one" in ran.out


def test_a_listing_comes_before_the_document_and_both_are_told(harvest: Harvest, tmp_path: Path) -> None:
    own = document(1, title="The Page's Title", source="AVPRF")
    publish_documents(tmp_path / "d", own, listed=(entry(1, title="The Listing's Title"),))
    (told,) = harvest("why", tmp_path / "d", url_of(1), "--json").lines
    assert [capture["kind"] for capture in told["captures"]] == ["listing", "document"]
    assert told["reason"] == "a listing gives the record, before the document's own page"
    assert told["document"]["title"] == "The Page's Title"
    (told,) = harvest("why", tmp_path / "d", linked_id("wilson", url_of(1)), "title", "--json").lines
    assert told["field"]["value"] == "The Listing's Title"
    (told,) = harvest("why", tmp_path / "d", url_of(1), "document.title", "--json").lines
    assert (told["field"]["value"], told["field"]["capture"]["kind"]) == ("The Page's Title", "document")


def test_a_listing_comes_before_a_newer_page_that_says_the_same(harvest: Harvest, tmp_path: Path) -> None:
    publish_documents(tmp_path / "d", document(1), listed=(entry(1),))
    (told,) = harvest("why", tmp_path / "d", url_of(1), "--json").lines
    first, second = told["captures"]
    assert (first["kind"], second["kind"]) == ("listing", "document")
    assert first["content"] == second["content"] and first["captured_at"] < second["captured_at"]


def test_of_several_pages_the_newest_gives_the_document(harvest: Harvest, tmp_path: Path) -> None:
    run = begin(tmp_path / "d")
    run.add(document(1, source="old"), captured_at="2024-01-01T00:00:00Z")
    run.add(document(1, source="new"), captured_at="2025-01-01T00:00:00Z")
    run.end()
    (told,) = harvest("why", tmp_path / "d", url_of(1), "source", "--json").lines
    assert (told["field"]["value"], told["field"]["capture"]["captured_at"]) == ("new", "2025-01-01T00:00:00Z")
    assert told["reason"] == "it is the newest of 2 in html, which all say the same"


def test_a_listing_that_links_by_another_address_is_read_as_it_was(harvest: Harvest, tmp_path: Path) -> None:
    page = render_listing(ARCHIVE, "page=0")
    (tmp_path / "kept").mkdir()
    record = next(one for one in ARCHIVE.records if f'href="{one.path}"' in page.partition("<main")[2])
    old = page.replace(f'href="{record.path}"', f'href="/node/{record.node}"')
    (tmp_path / "kept" / "list.html").write_text(old, encoding="utf-8")
    (tmp_path / "kept" / "own.html").write_text(render_document(record, HOST, ARCHIVE.featured), encoding="utf-8")
    harvest("replay", tmp_path / "kept", "-o", tmp_path / "d", "--site", "wilson")
    (told,) = harvest("why", tmp_path / "d", f"{HOST}/node/{record.node}", "title", "--json").lines
    assert (told["record"]["url"], told["field"]["trouble"]) == (f"{HOST}{record.path}", None)
    assert [capture["kind"] for capture in told["captures"]] == ["listing", "document"]
    merged = linked_id("wilson", f"{HOST}/node/{record.node}")  # what whoever cited the listing's entry has
    assert harvest("why", tmp_path / "d", merged, "--json").lines[0]["id"] == told["id"] != merged
