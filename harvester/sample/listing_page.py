"""Writes a results page of the sample site, as HTML or as the text that an extractor leaves of it."""

from typing import Literal

from harvester.sample.archive import Archive
from harvester.sample.form import render_form
from harvester.sample.frame import render_page
from harvester.sample.listing import Listing
from harvester.sample.pager import render_pager
from harvester.sample.record import Record
from harvester.sample.rows import render_row
from harvester.sample.sidebar import render_sidebar

NOTHING = "There are no results for this search."
RESULTS = '<div class="view-header"><span class="label">Results:</span>\n'


def render_listing(archive: Archive, query: str = "") -> str:
    """Return the results page at /search for a raw query string."""
    listing = archive.listing(query)
    main = (
        '<div class="layout-container">\n<h1 class="page-title visually-hidden">Search</h1>\n'
        f"{render_form(listing.query, listing.size)}\n{render_sidebar(listing.query, listing.counts)}\n"
        f'<div class="view view-search view-id-search">\n{_render_results(listing)}</div>\n</div>'
    )
    return render_page("Search", main, "/search", archive.featured)


def render_text(archive: Archive, query: str = "", form: Literal["A", "B"] = "A") -> str:
    """Return the text extract of a results page; form B lacks the short lines, years that stand alone among them."""
    listing = archive.listing(query)
    blocks = [line for record in listing.records for line in _list_lines(record, form)]
    counter = listing.counter or NOTHING
    if form == "B":
        return "\n\n".join([counter, *blocks])
    head = ["Skip to content", "Results:", counter, *(["Documents"] if blocks else [])]
    return "\n\n".join([*head, *blocks, *(["Pagination"] if blocks and listing.pages > 1 else [])])


def _render_results(listing: Listing) -> str:
    if not listing.records:
        return f'{RESULTS}</div>\n<div class="view-empty"><p>{NOTHING}</p></div>\n'
    rows = "".join(render_row(record) for record in listing.records)
    return (
        f'{RESULTS}<div class="counter">{listing.counter}</div></div>\n'
        '<h2 class="view-title">Documents</h2>\n<div class="view-content"><div class="table-responsive">\n'
        f'<table class="table table-hover table-striped">\n<tbody>\n{rows}</tbody>\n</table>\n</div></div>\n'
        f"{render_pager(listing.query, listing.pages)}\n"
    )


def _list_lines(record: Record, form: Literal["A", "B"]) -> list[str]:
    date = "" if form == "B" and record.date.isdecimal() else record.date
    return [line for line in (date, record.title, *record.summary) if line]
