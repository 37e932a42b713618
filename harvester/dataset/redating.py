"""Checks a published date: that it is EDTF, that its bounds are days, and that its print still reads so."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from harvester.dates import read_edtf, read_printed
from harvester.sites import load_sites


def date_faults(told: Mapping[str, Any], site_name: str, *, same_readers: bool) -> Iterator[str]:
    """Yield what is wrong with a record's date, or a document's; read again from its print if the readers are the same.

    `told` has the fields of a date, each in its schema's form.
    """
    edtf, earliest, latest = told["date"], told["date_earliest"], told["date_latest"]
    if edtf is not None and read_edtf(edtf).date != edtf:
        yield f"$.date: {edtf} is no EDTF"
    for day in filter(None, (earliest, latest)):
        try:
            date.fromisoformat(day)
        except ValueError:
            yield f"{day} is no day of the calendar"
    if earliest and latest and earliest > latest:
        yield f"{earliest} is after {latest}"
    site = next((site for site in load_sites() if site.name == site_name), None)
    if same_readers and site is not None:
        read = asdict(read_printed(told["date_text"], site.dates))
        if any(told[name] != value for name, value in read.items()):
            yield f"$.date: {told['date_text']!r} is not read as {edtf}"
