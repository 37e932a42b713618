"""Says what is wrong with the reading of a hostile page: an entry that the whole page lacks, a text unfit for use."""

import re
from functools import cache

import orjson

from harvester.captures import Capture
from harvester.errors import PageError
from harvester.harvest.records import record_of
from harvester.items import Entry, Reading
from harvester.sites import find_site

from .mutations import Mutated

SITE = find_site("wilson")
URL = "https://digitalarchive.wilsoncenter.org/search?page=7"
# Cut after its eighth block, or at a sentence's end, it has as many blocks that may be titles as it announces records:
# just like a page whose date lines an extractor dropped.
_BY_CHANCE = "pages/text/several-paragraphs.txt"
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # a line end parts the paragraphs of a summary
Told = tuple[str | None, str, str | None, str | None]


def read_page(body: bytes) -> Reading | None:
    """Return the reading of a page, None if it is refused in the project's own words."""
    try:
        return SITE.read(Capture(body, url=URL))
    except PageError:
        return None


@cache
def true_rows(name: str, base: bytes) -> frozenset[Told] | None:
    """Return what the rows of a whole page say; None for a page that is not read whole, whose truth nobody knows."""
    reading = read_page(base)
    return frozenset(map(_told, reading.entries)) if reading and reading.agrees and not reading.rejects else None


def _told(entry: Entry) -> Told:
    return entry.url, entry.title, entry.date_text, entry.summary


def find_untrue(page: Mutated, reading: Reading | None) -> str | None:
    """Return the entry of a cut page that the whole one does not have; None if there is none.

    What nobody can tell is left out: a text extract that happens to end where a paragraph or a sentence of its last
    summary does, or in it when all records are there (some summaries end without a full stop).
    """
    truth = true_rows(page.name, page.base) if page.cut and reading else None
    if reading is None or truth is None or (page.name == _BY_CHANCE and reading.agrees):
        return None
    untrue = [entry for entry in reading.entries if _told(entry) not in truth]
    if (
        untrue
        and untrue[-1] is reading.rows[-1]
        and page.name.endswith(".txt")
        and _may_be_whole(untrue[-1], truth, reading)
    ):
        untrue.pop()
    return repr(untrue[0]) if untrue else None


def _may_be_whole(last: Entry, truth: frozenset[Told], reading: Reading) -> bool:
    summary = last.summary or ""
    known = any(told[:3] == _told(last)[:3] and (told[3] or "").startswith(summary) for told in truth)
    return known and bool(summary) and (reading.agrees or summary.rstrip("\"'”’»)]").endswith((".", "!", "?", "…")))


def find_unfit(reading: Reading | None) -> str | None:
    """Return why a reading is not fit for JSON, a terminal or a database; None if it is."""
    for entry in reading.entries if reading else ():
        record = orjson.loads(orjson.dumps(record_of(entry, SITE)))
        if any(_CONTROL.search(text) for text in record.values() if isinstance(text, str)):
            return repr(entry)
    orjson.dumps(reading)
    return None
