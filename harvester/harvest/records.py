"""Makes a record of an entry: identity, dates, fields; the one place where a record is built."""

from collections.abc import Iterable

from harvester.dates import read_printed
from harvester.identity import linked_id, linkless_id
from harvester.items import Entry, Record
from harvester.sites import Site


def record_of(
    entry: Entry,
    site: Site,
    *,
    listings: Iterable[str] = (),
    record_id: str | None = None,
    withdrawn: bool = False,
) -> Record:
    """Return the record that an entry gives; `record_id` where identity was settled with other captures in view."""
    if record_id is None:
        record_id = entry_id(entry, site)
    date = read_printed(entry.date_text, site.dates)
    return Record(
        id=record_id,
        site=site.name,
        url=entry.url,
        title=entry.title,
        date=date.date,
        date_text=date.date_text,
        date_earliest=date.date_earliest,
        date_latest=date.date_latest,
        date_precision=date.date_precision,
        date_note=date.date_note,
        summary=entry.summary,
        listings=tuple(sorted(set(listings))),
        withdrawn=withdrawn,
    )


def entry_id(entry: Entry, site: Site, ordinal: int = 1) -> str:
    """Return the id of the record that an entry alone gives; `ordinal` is which of several equal ones it is."""
    if entry.url is not None:
        return linked_id(site.name, entry.url)
    return linkless_id(site.name, entry.date_text, entry.title, ordinal)
