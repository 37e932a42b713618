"""`harvest crawl --via wayback`: a listing's pages from a web archive, into a dataset."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from harvester.archives.limits import MOST_FILE
from harvester.captures import Capture
from harvester.cli import say_lines
from harvester.cli.folders import folder_for
from harvester.cli.meter import Meter
from harvester.dataset.files import Part
from harvester.dataset.made_from import MadeFrom
from harvester.dataset.mementos import MementoRun
from harvester.dataset.update import Manner
from harvester.errors import PageError, UsageProblem
from harvester.harvest.replay import Replayed
from harvester.items import Document
from harvester.ledger import HeldCapture
from harvester.ledger.due import Due
from harvester.spiders.courtesy import base_of
from harvester.spiders.process import Outcome, run_spider
from harvester.spiders.targets import contact_for, listing_of, site_for
from harvester.spiders.wayback import WaybackSpider


class WatchedMementos:
    """A journal that passes all on to a run, and says on standard error how far it is."""

    def __init__(self, run: MementoRun, meter: Meter | None = None) -> None:
        self.run = run
        self.meter = meter or Meter()

    def held(self, listing: str) -> list[HeldCapture]:
        """Pass the question on, and say what is held already."""
        held = self.run.held(listing)
        if held:
            self.meter.say(f"{listing}: going on after {len(held)} captures")
        return held

    def replayed(self, path: Path, replayed: Replayed, visit: str = "") -> None:
        """Pass a page on."""
        self.run.replayed(path, replayed, visit)

    def share(self, listing: str, order: str | None, total: int | None, capture: tuple[str, str], visit: str) -> None:
        """Pass on that a page is of a second walk."""
        self.run.share(listing, order, total, capture, visit)

    def missed(self, listing: str, error: PageError, capture: Capture | None = None) -> None:
        """Pass a failure on."""
        self.run.missed(listing, error, capture)

    def stumbled(self, error: PageError, wait: float) -> None:
        """Say what came in the place of an answer."""
        self.meter.say(f"{error}" + (f" - asking again in {wait:.0f} seconds" if wait >= 1 else ""))

    def indexed(self, lines: int) -> None:
        """Show how much of the index was read."""
        self.meter.show("lines of the index", lines, None)

    def planned(self, listing: str, rows: int, total: int | None) -> None:
        """Show how far a listing is."""
        self.meter.show(listing, rows, total)

    def due_documents(self) -> Due:
        """Pass the question on, and say what is held already."""
        return self._say_due("documents", self.run.due_documents())

    def document(self, capture: Capture, document: Document, asked: Sequence[str]) -> None:
        """Pass a document's page on."""
        self.run.document(capture, document, asked)

    def due_files(self) -> Due:
        """Pass the question on, and say what is held already."""
        return self._say_due("files", self.run.due_files())

    def part(self, url: str) -> Part:
        """Pass the question on."""
        return self.run.part(url)

    def file(self, part: Part, capture: Capture, media_type: str | None) -> None:
        """Pass a file on."""
        self.run.file(part, capture, media_type)

    def files_done(self) -> None:
        """Pass on that there are no more."""
        self.run.files_done()

    def lacking(self, wanted: str, capture: Capture, error: PageError, *, ended: bool = False) -> None:
        """Pass on, and say, why a document or file could not be had."""
        self.run.lacking(wanted, capture, error, ended=ended)
        self.meter.say(str(error))

    def _say_due(self, wanted: str, due: Due) -> Due:
        if due.held and due.urls:
            self.meter.say(f"{wanted}: going on after {due.held} of {due.total}")
        return due

    def document_times(self) -> tuple[str, str]:
        """Return what the run knows."""
        return self.run.document_times()

    def gathered(self, kind: str, done: int, total: int) -> None:
        """Show how far the documents, or the files, are."""
        self.meter.show(kind, done, total, now=done == total)

    def stopped(self, error: PageError) -> None:
        """Pass on why no more is asked for."""
        self.run.stopped(error)

    def tell(self, fact: str) -> None:
        """Pass a line for the last screen on."""
        self.run.tell(fact)

    def end(self) -> None:
        """Stop showing."""
        self.meter.stop()

    def not_before(self) -> datetime | None:
        """Return what the run remembers."""
        return self.run.not_before()

    def wait_until(self, until: datetime) -> None:
        """Pass on until when the server asked to be left alone."""
        self.run.wait_until(until)


def crawl_mementos(
    urls: Sequence[str],
    output: Path | None,
    site_name: str | None,
    wayback: str,
    contact: str | None,
    settings: dict[str, Any],
    clock: Callable[[], datetime],
    *,
    debug: bool,
    wanted: str | None = None,
    most_bytes: int = MOST_FILE,
    made: MadeFrom,
    manner: Manner | None = None,
) -> tuple[Outcome, int, MementoRun]:
    """Take the listings from the web archive into a dataset; return how the run ended, its exit code, and the run.

    `wanted` is what is to be taken beside listings: "documents", "documents files", of which the largest file may have
    `most_bytes`. `made` is what the dataset is made from by that, `manner` how an update goes about it.
    """
    site = site_for(urls, site_name)
    contact_for([base_of(wayback)], contact)
    listings = [listing_of(url, site).listing or "" for url in urls]
    folder = output or folder_for(site, [f"{listing}\nwayback" for listing in listings])
    run = MementoRun(folder, site, clock, wanted=wanted, command="update" if manner is not None else None)
    watched, outcome = WatchedMementos(run), Outcome()
    try:
        run.note_made(made, instead=manner is not None and manner.named)
        if manner is not None:
            run.retention = manner.retention
        if manner is not None and manner.withdraw_after is not None:
            run.note_confirmations(manner.withdraw_after)
        outcome = run_spider(
            urls,
            watched,
            kind=WaybackSpider,
            settings=settings,
            debug=debug,
            site=site_name,
            wayback=wayback,
            contact=contact,
            wanted=wanted,
            most_bytes=most_bytes,
        )
    except BaseException as error:
        outcome.unforeseen.append(f"{type(error).__name__}: {error}")
        raise
    finally:
        watched.end()
        told = {"requests": outcome.requests, "size": outcome.bytes}
        result = run.end(finished=outcome.reason == "finished", cut=outcome.cut, **told)
    say_lines(result.lines)
    return outcome, int(result.code), run


def refuse_together(given: dict[str, bool]) -> None:
    """Raise UsageProblem for options that mean nothing to captures that somebody else made."""
    if wrong := [name for name, is_given in given.items() if is_given]:
        raise UsageProblem(f"{wrong[0]} cannot be had from a web archive", advice="Leave it out, or crawl live.")
