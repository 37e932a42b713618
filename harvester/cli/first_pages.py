"""`harvest crawl --dry-run`: the first pages alone, and what they say a crawl would cost."""

from collections.abc import Sequence
from datetime import datetime
from math import ceil
from typing import Any

import click

from harvester.captures import Capture
from harvester.cli.crawling import Order, code_of
from harvester.errors import PageError, UsageProblem
from harvester.harvest.passes import ListingPasses
from harvester.items import Reading
from harvester.settings import DOWNLOAD_DELAY
from harvester.spiders.process import run_spider
from harvester.spiders.targets import contact_for, passes_for, site_for
from harvester.urls import is_loopback


class _FirstPages:
    """A journal that keeps nothing but what the first pages announce."""

    def __init__(self) -> None:
        self.announced: list[tuple[str, int | None, int]] = []
        self.errors: list[PageError] = []

    def begin(self, listings: Sequence[ListingPasses]) -> None:
        """Nothing is held."""

    def held_page(self, version_url: str) -> None:
        """Nothing is held."""

    def page(self, passes: ListingPasses, capture: Capture, reading: Reading) -> None:
        counter = reading.counter
        self.announced.append((passes.listing, counter.total if counter else None, counter.rows if counter else 0))

    def failed(
        self, passes: ListingPasses, capture: Capture | None, error: PageError, *, final: bool, wait: float = 0.0
    ) -> None:
        if final:
            self.errors.append(error)

    def not_before(self) -> None:
        """Nothing is remembered."""

    def wait_until(self, until: datetime) -> None:
        """Nothing is remembered."""


def look_ahead(order: Order, *, debug: bool) -> int:
    """Ask for the first page of each listing; say how many records, requests and minutes; return the exit code."""
    site = site_for(order.urls, order.site)
    contact_for(order.urls, order.contact)
    passes_for(order.urls, site, order.page_size)
    journal = _FirstPages()
    arguments: dict[str, Any] = {
        "site": order.site,
        "page_size": order.page_size,
        "contact": order.contact,
        "twice": order.twice,
    }
    outcome = run_spider(order.urls, journal, settings=dict(order.settings), debug=debug, first_only=True, **arguments)
    if outcome.interrupted:
        return code_of(outcome, 0)
    for listing, total, rows in journal.announced:
        if total is None:
            click.echo(f"{listing}: no counter, so the number of records is not known")
            continue
        pages = ceil(total / rows) if rows else 1
        requests = pages * 2 if pages == 1 or order.twice else pages  # a single page is looked at twice anyway
        seconds = 0.0 if all(map(is_loopback, order.urls)) else requests * DOWNLOAD_DELAY
        click.echo(f"{listing}: {total} records, {requests} requests, about {ceil(seconds / 60)} minutes")
    if order.wanted:
        _say_documents(sum(total or 0 for _, total, _ in journal.announced), order.urls, order.wanted)
    if journal.errors:
        raise journal.errors[0]
    if not journal.announced and not outcome.unforeseen:
        raise UsageProblem(f"nothing was asked: {outcome.reason}")
    return code_of(outcome, 0)


def _say_documents(records: int, urls: Sequence[str], wanted: str) -> None:
    """Say what documents would cost: one request each, fewer where some are held, or are of several listings."""
    seconds = 0.0 if all(map(is_loopback, urls)) else records * DOWNLOAD_DELAY
    also = "; their files come on top" if "files" in wanted else ""
    requests = f"at most {records} requests more, about {ceil(seconds / 60)} minutes"
    click.echo(f"{records} documents: {requests}{also}")
