"""Asks a server for one thing after another, patiently: three tries each, at the spider's pace, while it is welcome."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from scrapy import Request
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from harvester.errors import DatasetError, PageError, RateLimited, UnreachablePage
from harvester.middlewares.pace import WAIT, TurnLost
from harvester.spiders.exchanges import error_of
from harvester.spiders.patience import LONGEST_WAIT, MOST_TRIES, may_pass
from harvester.spiders.welcome import MOST_IN_A_ROW

if TYPE_CHECKING:
    from harvester.spiders.polite import PoliteSpider

T = TypeVar("T")


class Ended(Exception):
    """Nothing more is asked in this run: refused, told to wait for long, out of reach, or stopped from outside."""

    def __init__(self, error: PageError | None = None) -> None:
        super().__init__(str(error or "stopped"))
        self.error = error


class Stumbling(Protocol):
    """Who is told of what is asked for again."""

    def stumbled(self, error: PageError, wait: float) -> None:
        """Take what came in the place of an answer that is asked for again after `wait` seconds."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a server is asked: what it is called, and what its errors mean.

    Errors of the kinds `ends` end the run; those of the kinds `final` are not tried again, nor what a page of its own
    would mean if not `begun` (see patience.may_pass). After a 429 without a word for how long, `pause` seconds pass.
    """

    server: str
    ends: frozenset[str] = frozenset()
    final: frozenset[str] = frozenset()
    begun: bool = True
    pause: float = 0.0
    meta: Mapping[str, Any] | None = None


class Asking:
    """Asks in one manner, one thing at a time; counts what is out of reach in a row."""

    def __init__(self, spider: "PoliteSpider", journal: Stumbling, manner: Manner, told: Callable[[str], str]) -> None:
        self.spider = spider
        self.journal = journal
        self.manner = manner
        self.told = told  # how an address is named in what is told of it
        self._out_of_reach = 0

    async def fetch(
        self,
        url: str,
        read: Callable[[Response, int], T],
        *,
        headers: Mapping[str, str] | None = None,
        meta: Mapping[str, Any] | None = None,
    ) -> T:
        """Ask until an answer can be read, three times at most; `read` is given the answer and which try it is.

        Raises the PageError of the last try; Ended where nothing more is to be asked in this run.
        """
        wait = 0.0
        self.check_pause()
        for tries in range(1, MOST_TRIES + 1):
            try:
                result = read(await self.download(url, wait, headers=headers, meta=meta), tries)
            except PageError as error:
                wait = self.bear(error, tries)
            else:
                self.succeed()
                return result
        raise AssertionError("the last try returns or raises")

    def check_pause(self) -> None:
        """Raise Ended if the server wants to be left alone for longer than a run waits."""
        if self.spider.pace.left() > LONGEST_WAIT:
            raise Ended(RateLimited(f"{self.manner.server} asked not to be asked {self.spider.pace.say()}"))

    def succeed(self) -> None:
        """Note an answer that could be read."""
        self.spider.welcome.read()
        self._out_of_reach = 0

    async def download(
        self,
        url: str,
        wait: float,
        *,
        headers: Mapping[str, str] | None = None,
        meta: Mapping[str, Any] | None = None,
    ) -> Response:
        """Ask once, in turn; raise the PageError for an answer that did not come, Ended for a turn that was lost."""
        engine = self.spider.crawler.engine
        assert engine is not None
        told = {"dont_retry": True, **(self.manner.meta or {}), **(meta or {}), WAIT: wait}
        request = Request(url, headers=dict(headers or {}), dont_filter=True, meta=told, callback=NO_CALLBACK)
        try:
            return await engine.download_async(request)
        except TurnLost as lost:
            self.check_pause()
            raise Ended from lost
        except DatasetError:  # the exchange could not be kept
            raise
        except Exception as failure:
            if isinstance(failure.__cause__, DatasetError):  # nor that of robots.txt
                raise failure.__cause__ from failure
            raise error_of(failure, self.told(url)) from failure

    def bear(self, error: PageError, tries: int) -> float:
        """Return the seconds to wait before the next try; raise the error, or Ended, where there is none."""
        pace, welcome, manner = self.spider.pace, self.spider.welcome, self.manner
        if welcome.doubt(error.kind):
            pace.slow_down()
        if isinstance(error, RateLimited) and not pace.left() and manner.pause:
            pace.hold(self.spider.clock() + timedelta(seconds=manner.pause))
        if error.kind in manner.ends or welcome.is_over(error.kind):
            raise Ended(error)
        if pace.left() > LONGEST_WAIT:
            raise Ended(RateLimited(f"{error.message}; it asks not to be asked {pace.say()}"))
        if tries >= MOST_TRIES or error.kind in manner.final or not may_pass(error.kind, begun=manner.begun):
            self._out_of_reach = self._out_of_reach + 1 if isinstance(error, UnreachablePage) else 0
            if self._out_of_reach >= MOST_IN_A_ROW:
                raise Ended(error)
            raise error
        wait = pace.backoff(tries)
        self.journal.stumbled(error, max(wait, pace.left()))
        return wait
