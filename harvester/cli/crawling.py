"""Carries a crawl out, live or from a web archive: what `crawl` and `update` share once they know what to ask for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harvester.archives.limits import MOST_FILE
from harvester.archives.wayback import WAYBACK_URL
from harvester.cli import complain, say_lines
from harvester.cli.folders import folder_for
from harvester.cli.mementos import crawl_mementos
from harvester.cli.progress import WatchedRun
from harvester.dataset.crawl import CrawlRun
from harvester.dataset.made_from import MadeFrom, name_of
from harvester.dataset.run import Run
from harvester.dataset.update import Manner, UpdateRun
from harvester.errors import Exit, HarvestError
from harvester.harvest.passes import ListingPasses
from harvester.sites import Site
from harvester.spiders.process import Outcome, run_spider
from harvester.spiders.targets import contact_for, listing_of, passes_for, site_for


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for: which listings, how, and into which folder (None: one named after them).

    `wanted` is what is to come beside listings: "documents", "documents files"; `settings` are Scrapy's. `manner` is
    how an update goes about it, None for a crawl.
    """

    urls: tuple[str, ...]
    output: Path | None = None
    site: str | None = None
    page_size: int | None = None
    contact: str | None = None
    twice: bool = False
    fresh: bool = False
    snapshot: bool = False
    wanted: str | None = None
    max_file_size: int = MOST_FILE
    via: str | None = None
    wayback: str = WAYBACK_URL
    settings: Mapping[str, Any] = field(default_factory=dict)
    manner: Manner | None = None

    def made(self, site: Site, listings: Iterable[tuple[str, str | None]]) -> MadeFrom:
        """Return what a dataset that is made so of some listings (with their orders) is made from."""
        names = ("page_size", "twice", "wanted", "snapshot", "via", "max_file_size")
        asked = {name: getattr(self, name) for name in names}
        return MadeFrom(tuple(dict.fromkeys(listings)), name_of(site, self.site), **asked)


@dataclass(frozen=True, slots=True)
class Ran:
    """How a crawl ended: its exit code, its dataset, the number of its run, whether it published, what went wrong."""

    code: int
    folder: Path
    run: int
    published: bool
    faults: tuple[str, ...]

    @classmethod
    def of(cls, run: Run, code: int) -> "Ran":
        """Return how a run ended."""
        return cls(code, run.folder, run.number, run.pages > 0, tuple(trouble.message for trouble in run.troubles))


def carry_out(order: Order, *, debug: bool = False) -> Ran:
    """Crawl, publish and say how it ended. Raises UsageProblem before anything is asked, DatasetError as runs do."""
    if order.via:
        return _carry_out_archived(order, debug)
    site = site_for(order.urls, order.site)
    contact_for(order.urls, order.contact)
    listings = passes_for(order.urls, site, order.page_size, twice=order.twice)
    folder = order.output or folder_of(site, listings)
    run = _run_for(order, folder, site)
    watched, outcome = WatchedRun(run), Outcome()
    try:
        made = order.made(site, [(passes.listing, passes.order) for passes in listings])
        run.note_made(made, instead=order.manner is not None and order.manner.named)
        if order.manner is not None:
            run.retention = order.manner.retention
        if order.manner is not None and order.manner.withdraw_after is not None:
            run.note_confirmations(order.manner.withdraw_after)
        outcome = _crawl(order, run, watched, debug=debug)
    except BaseException as error:
        outcome.unforeseen.append(f"{type(error).__name__}: {error}")
        raise
    finally:
        watched.end()
        told = {"requests": outcome.requests, "size": outcome.bytes}
        result = run.end(finished=outcome.reason == "finished", cut=outcome.cut, **told)
    say_lines(result.lines)
    return Ran.of(run, code_of(outcome, int(result.code)))


def _run_for(order: Order, folder: Path, site: Site) -> CrawlRun:
    if order.manner is not None:
        manner = replace(order.manner, full=order.manner.full or order.snapshot)  # each snapshot holds the whole
        return UpdateRun(folder, site, now, manner, wanted=order.wanted)
    return CrawlRun(folder, site, now, anew=order.fresh, wanted=order.wanted)


def _crawl(order: Order, run: CrawlRun, watched: WatchedRun, *, debug: bool) -> Outcome:
    return run_spider(
        order.urls,
        watched,
        settings=dict(order.settings),
        debug=debug,
        snapshot=run if order.snapshot else None,
        site=order.site,
        page_size=order.page_size,
        contact=order.contact,
        twice=order.twice,
        following=watched if order.wanted else None,
        files=order.wanted == "documents files",
        most_bytes=order.max_file_size,
    )


def _carry_out_archived(order: Order, debug: bool) -> Ran:
    site = site_for(order.urls, order.site)
    made = order.made(site, [(listing_of(url, site).listing or "", None) for url in order.urls])
    outcome, code, run = crawl_mementos(
        order.urls, order.output, order.site, order.wayback, order.contact, dict(order.settings), now,
        debug=debug, wanted=order.wanted, most_bytes=order.max_file_size, made=made, manner=order.manner,
    )  # fmt: skip
    return Ran.of(run, code_of(outcome, code))


def folder_of(site: Site, listings: list[ListingPasses]) -> Path:
    """Return where a crawl of some listings goes when nobody says where."""
    return folder_for(site, [f"{passes.listing}\n{passes.order}" for passes in listings])


def code_of(outcome: Outcome, code: int) -> int:
    """Return the exit code of a crawl that ended so; say what ended it before its own end."""
    if outcome.interrupted:
        complain("interrupted; what was read is kept", "Run the same command again to go on.")
        return int(Exit.INTERRUPTED)
    if outcome.unforeseen:
        complain(f"unexpected: {outcome.unforeseen[0].splitlines()[0]}", HarvestError.advice)
        return int(Exit.UNEXPECTED)
    return code


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)
