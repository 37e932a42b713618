"""The same ten records in many markups: each read exactly, or rejected with its reason."""

import pytest
from page_markups import HOST, MARKUPS, PAGES, TEN, write

from harvester.captures import Capture
from harvester.items import Reading
from harvester.sites import find_site

READ = [name for name, markup in MARKUPS.items() if not markup.reason]
REJECTED = [name for name, markup in MARKUPS.items() if markup.reason]


def read(name: str) -> Reading:
    body = (PAGES / "markups" / f"{name}.html").read_bytes()
    return find_site("wilson").read(Capture(body, url=f"{HOST}/search?page=7", content_type="text/html"))


@pytest.mark.parametrize("name", READ)
def test_reads_exactly(name: str) -> None:
    expected = [tuple(TEN[n].values()) for n in MARKUPS[name].records]
    reading = read(name)
    assert [(e.date_text, e.title, e.summary, e.url) for e in reading.entries] == expected
    assert not reading.rejects
    assert reading.agrees and reading.counter is not None


@pytest.mark.parametrize("name", REJECTED)
def test_rejects_what_cannot_be_told(name: str) -> None:
    reading = read(name)
    assert not reading.entries
    assert len(reading.rejects) == len(MARKUPS[name].records)
    for reject in reading.rejects:
        assert MARKUPS[name].reason in reject.message
        assert reject.text and reject.place


def test_places_lead_back_to_rows() -> None:
    assert len({entry.place for entry in read("known-table-bare-paragraphs").entries}) == 10


def test_next_link_is_absolute() -> None:
    assert read("list-with-date-class").next_url == f"{HOST}/search?page=8"


def test_next_link_that_is_no_address_leads_nowhere() -> None:
    body = write(MARKUPS["list-with-date-class"]).replace('href="?page=8"', 'href="http://[page"').encode()
    reading = find_site("wilson").read(Capture(body, url=f"{HOST}/search?page=7"))
    assert reading.next_url is None and len(reading.entries) == 10


def test_known_selectors_come_first() -> None:
    layouts = {name: read(name).layout for name in ("known-table-bare-paragraphs", "cards-with-time")}
    assert layouts == {"known-table-bare-paragraphs": "wilson-table", "cards-with-time": "structure"}


def test_files_are_those_that_the_generator_writes() -> None:
    files = {path.stem: path.read_text("utf-8") for path in (PAGES / "markups").glob("*.html")}
    assert files == {name: write(markup) for name, markup in MARKUPS.items()}


def test_markups_are_many() -> None:
    assert len(READ) >= 20
