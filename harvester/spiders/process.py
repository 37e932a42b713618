"""Runs the spider in this process, for the commands that make datasets."""

import logging
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from scrapy import Spider, signals
from scrapy.crawler import CrawlerProcess
from scrapy.settings import Settings

from harvester.archives.snapshot.exchange import Keeper
from harvester.dataset.certificate import Trouble
from harvester.errors import Exit, HarvestError
from harvester.spiders.journal import Journal, MementoJournal
from harvester.spiders.listing import ListingSpider

# Scrapy loads what they name; without them nothing of it is loaded.
RECORDING = {"DOWNLOAD_HANDLERS": dict.fromkeys(("http", "https"), "harvester.middlewares.wire.RecordingHandler")}


@dataclass(slots=True)
class Outcome:
    """How a crawl ended: Scrapy's reason, and the exceptions that nobody foresaw; how much it asked for, how much came.

    `requests` are all that were sent, robots.txt, redirects and second tries among them; `bytes` the answers' heads and
    bodies as they came, still packed, but for those that broke off.
    """

    reason: str = "not started"
    unforeseen: list[str] = field(default_factory=list)
    requests: int = 0
    bytes: int = 0

    @property
    def cut(self) -> Trouble | None:
        """Return what ended the crawl in the place of its own end: a signal, or an exception that nobody foresaw."""
        if self.interrupted:
            return Trouble.unforeseen(KeyboardInterrupt())
        if self.unforeseen:
            return Trouble("unexpected", self.unforeseen[0].splitlines()[0], HarvestError.advice, Exit.UNEXPECTED)
        return None

    @property
    def interrupted(self) -> bool:
        """Return whether the crawl was ended by a signal: in its turn, at once (no end was noted), or at the start."""
        if any(error.startswith("KeyboardInterrupt") for error in self.unforeseen):
            return True
        return self.reason == "shutdown" or (self.reason == "not started" and not self.unforeseen)


def run_spider(
    urls: Sequence[str],
    journal: Journal | MementoJournal,
    *,
    kind: type[Spider] = ListingSpider,
    settings: dict[str, Any] | None = None,
    debug: bool = False,
    snapshot: Keeper | None = None,
    **arguments: Any,
) -> Outcome:
    """Crawl the URLs into a journal of the kind of spider; return how it ended.

    Ctrl-C or a lost terminal end it after the page in flight. With `snapshot` every exchange goes to it as it went over
    the wire, before anything is made of it.
    """
    process = CrawlerProcess(settings_for({**(settings or {}), **(RECORDING if snapshot else {})}, debug=debug))
    crawler = process.create_crawler(kind)
    outcome = Outcome()

    def note_error(failure: Any) -> None:
        outcome.unforeseen.append(f"{failure.type.__name__}: {failure.value}\n{failure.getTraceback()}")

    def note_end(spider: Spider, reason: str) -> None:
        outcome.reason = reason

    crawler.signals.connect(note_error, signal=signals.spider_error, weak=False)
    crawler.signals.connect(note_end, signal=signals.spider_closed, weak=False)
    started = process.crawl(crawler, url=list(urls), journal=journal, snapshot=snapshot, **arguments)
    started.addErrback(note_error)
    _end_on_hangup()
    process.start()
    if crawler.stats is not None:
        outcome.requests = crawler.stats.get_value("downloader/request_count", 0)
        outcome.bytes = crawler.stats.get_value("downloader/response_bytes", 0)
    return outcome


def settings_for(settings: dict[str, Any] | None = None, *, debug: bool = False) -> Settings:
    """Return the project's settings, changed as given; quiet, as the journal says what there is to say."""
    chosen = Settings()
    chosen.setmodule("harvester.settings", priority="project")
    chosen.setdict({"LOG_LEVEL": "DEBUG" if debug else "CRITICAL", **(settings or {})}, priority="cmdline")
    if not debug:
        logging.getLogger("scrapy.core.scraper").setLevel(logging.CRITICAL)
    return chosen


def _end_on_hangup() -> None:
    """Treat a lost terminal as a request to end, which Scrapy does not; under nohup it stays ignored."""
    hangup = getattr(signal, "SIGHUP", None)  # Windows has none
    if hangup is not None and signal.getsignal(hangup) is signal.SIG_DFL:
        signal.signal(hangup, lambda number, frame: signal.raise_signal(signal.SIGTERM))
