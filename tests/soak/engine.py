"""Runs the real crawler many times in one process, on a clock of its own: waits cost nothing."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from scrapy.crawler import AsyncCrawlerRunner

from harvester.dataset.crawl import CrawlRun
from harvester.dataset.run import Result
from harvester.dataset.update import Manner, UpdateRun
from harvester.spiders.listing import ListingSpider
from harvester.spiders.process import RECORDING, settings_for
from harvester.spiders.targets import site_for

T = TypeVar("T")


class Clock:
    """A clock that moves only when somebody sleeps by it; `slept` are the seconds of each sleep."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 1, 12, tzinfo=UTC)
        self.slept: list[float] = []

    def now(self) -> datetime:
        """Return the time; each look at it costs a millisecond, so that runs have an order."""
        self.time += timedelta(milliseconds=1)
        return self.time

    async def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)
        await asyncio.sleep(0)


async def crawl(
    urls: list[str],
    folder: Path,
    clock: Clock,
    *,
    settings: dict[str, Any] | None = None,
    anew: bool = False,
    snapshot: bool = False,
    wanted: str | None = None,
    manner: Manner | None = None,
    **arguments: Any,
) -> Result:
    """Harvest listings of the sample archive into a folder, as the commands do, and return how it ended.

    With a `manner` it is an update, else a crawl.
    """
    site = site_for(urls, "wilson")
    if manner is None:
        run = CrawlRun(folder, site, clock.now, anew=anew, wanted=wanted)
    else:
        run = UpdateRun(folder, site, clock.now, manner, wanted=wanted)
    cost = {"requests": 0, "size": 0}
    try:
        chosen = {"DOWNLOAD_TIMEOUT": 5, **(RECORDING if snapshot else {}), **(settings or {})}
        runner = AsyncCrawlerRunner(settings_for(chosen))
        crawler = runner.create_crawler(ListingSpider)
        arguments |= {"journal": run, "snapshot": run if snapshot else None}
        arguments |= {"following": run if wanted else None, "files": wanted == "documents files"}
        await runner.crawl(crawler, url=urls, site="wilson", clock=clock.now, sleep=clock.sleep, **arguments)
        assert crawler.stats is not None
        told = {"requests": "downloader/request_count", "size": "downloader/response_bytes"}
        cost = {name: crawler.stats.get_value(stat, 0) for name, stat in told.items()}
    finally:
        result = run.end(**cost)
    return result


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """Return the event loop of Twisted's reactor, which runs in a thread of its own: once ended it cannot run again."""
    from twisted.internet import asyncioreactor

    loop = asyncio.new_event_loop()
    asyncioreactor.install(loop)
    from twisted.internet import reactor

    running: Future[None] = Future()
    engine: Any = reactor
    engine.callWhenRunning(running.set_result, None)

    def serve() -> None:
        asyncio.set_event_loop(loop)
        engine.run(installSignalHandlers=False)

    threading.Thread(target=serve, name="reactor", daemon=True).start()
    running.result(timeout=30)
    return loop


def run(work: Coroutine[Any, Any, T], timeout: float = 60) -> T:
    """Run something asynchronous in the reactor, and wait for it."""
    return asyncio.run_coroutine_threadsafe(work, _loop()).result(timeout)
