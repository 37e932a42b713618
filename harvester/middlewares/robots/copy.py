"""What is held of one origin's robots.txt: its rules, or why there are none to go by; and until when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from scrapy.utils.misc import build_from_crawler, load_object

from harvester.middlewares.robots.answers import TOO_LONG, objection_to

# Seconds. With ten minutes a page the 168 pages of the largest listing known take 28 hours; who asks for more means no.
MOST_DELAY = 600.0
_UNREACHABLE = "robots.txt could not be fetched, which disallows everything (RFC 9309, 2.3.1.4)"


class DeniedByRobots(IgnoreRequest):
    """The request was not sent, because robots.txt disallows it or could not be fetched."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One origin's robots.txt as it was asked for at a time; without `rules` it disallows all, and `trouble` says why.

    `delay` is its Crawl-delay in seconds; `failure` is what the network said where no answer came.
    """

    asked_at: datetime
    rules: RobotParser | None = None
    delay: float | None = None
    trouble: str = ""
    failure: Exception | None = None

    @classmethod
    def of_answer(cls, response: Response, asked_at: datetime, crawler: Crawler, agent: str) -> "Copy":
        """Return what an answer says; a 4xx says that there are no rules."""
        trouble = objection_to(response)
        if trouble is not None:
            return cls(asked_at, trouble=f"{_UNREACHABLE}: {trouble}")
        kind = load_object(crawler.settings["ROBOTSTXT_PARSER"])
        body = response.body if response.status < 300 else b""
        rules: RobotParser = build_from_crawler(kind, crawler, body)
        delay = rules.crawl_delay(agent)
        if delay is not None and delay > MOST_DELAY:
            return cls(asked_at, trouble=f"robots.txt asks for {delay:g} seconds between pages, over {MOST_DELAY:g}")
        return cls(asked_at, rules, delay)

    @classmethod
    def of_failure(cls, failure: Exception, asked_at: datetime) -> "Copy":
        """Return what a request that brought no answer says; `failure` is kept where it is the network's."""
        if isinstance(failure, DownloadCancelledError):
            return cls(asked_at, trouble=f"{_UNREACHABLE}: {TOO_LONG}")
        words = str(failure) or type(failure).__name__
        network = None if isinstance(failure, IgnoreRequest) else failure
        return cls(asked_at, trouble=f"{_UNREACHABLE}: {words}", failure=network)

    def is_fresh(self, now: datetime, most: timedelta) -> bool:
        """Return whether the copy may still be used; not if the clock was set back behind it."""
        return timedelta(0) <= now - self.asked_at < most

    def raise_if_denied(self, url: str, agent: str) -> None:
        """Raise DeniedByRobots, saying why, unless the URL may be fetched."""
        if self.rules is None:
            raise DeniedByRobots(self.trouble) from self.failure
        if not self.rules.allowed(url, agent):
            raise DeniedByRobots(f"robots.txt disallows {url}")
