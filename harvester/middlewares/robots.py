"""robots.txt by RFC 9309: what cannot be fetched because the server is broken disallows everything."""

from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from scrapy.utils.misc import build_from_crawler


class DeniedByRobots(IgnoreRequest):
    """The request was not sent, because robots.txt disallows it or could not be fetched."""


class _AllowNothing:
    """Stands for a robots.txt that is unreachable (RFC 9309, 2.3.1.4); `failure` is what the network said."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure

    def allowed(self, url: str | bytes, user_agent: str | bytes) -> bool:
        return False


class RobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's middleware with the two statuses told apart that it treats alike: 4xx allows, the rest disallows."""

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if 200 <= response.status < 300:
            await super()._parse_robots(response, netloc, request)
        elif 400 <= response.status < 500:
            self._decide(netloc, build_from_crawler(self._parserimpl, self.crawler, b""))
        else:
            self._decide(netloc, _AllowNothing())

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        self._decide(netloc, _AllowNothing(exc))

    def _decide(self, netloc: str, parser: Any) -> None:
        waiting = self._parsers[netloc]
        self._parsers[netloc] = parser
        waiting.callback(parser)  # type: ignore[union-attr]

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Raise DeniedByRobots, saying which of the two it is."""
        if isinstance(rp, _AllowNothing):
            reason = "robots.txt could not be fetched, which disallows everything (RFC 9309)"
            raise DeniedByRobots(reason) from rp.failure
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest:
            raise DeniedByRobots(f"robots.txt disallows {request.url}") from None
