"""Scrapy's RobotParser by RFC 9309, where doubt disallows.

Scrapy's default, Protego 0.7, allows what the RFC disallows. For `archive-harvester` it
1. obeys a group for `archive` as its own, and not the group for `*` (2.2.1: the whole product token);
2. ends a list of User-agent lines at an unknown line or a Crawl-delay between them (2.2.4);
3. misses a group for `archive-harvester/1.0`;
4. ends lines at U+2028, U+0085, VT and FF as well, so that an Allow becomes shorter (2.2: CR and LF);
5. drops bytes that are not UTF-8, with the same effect;
6. takes `Allow: /a$` for `/a%24` too (2.2.3: `$` is the end);
7. takes `Allow: /a/index.html` for `/a/$` too;
8. knows `/` and `%2F` apart in a query (2.2.2, in its table of examples).
"""

import re
from typing import Self

from scrapy.crawler import Crawler
from scrapy.robotstxt import RobotParser
from scrapy.utils.python import to_unicode

from harvester.middlewares.robots.lines import read_groups, rules_of, seconds_of
from harvester.middlewares.robots.paths import Rule, is_allowed


class Policy:
    """What one reading of a robots.txt says to one product token."""

    def __init__(self, body: bytes, token: str, *, generous: bool) -> None:
        groups = read_groups(body, generous=generous)
        own = [group for group in groups if group.names(token, generous=generous)]
        own = own or [group for group in groups if group.is_for_all(generous=generous)]
        lines = [line for group in own for line in group.lines]
        self.rules: list[Rule] = list(dict.fromkeys(rule for line in lines for rule in rules_of(*line)))
        self.delays = [seconds for key, value in lines if key == "crawl-delay" and (seconds := seconds_of(value))]


class ExclusionParser(RobotParser):
    """One robots.txt; user agents may be given as product tokens or as whole User-Agent headers."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._policies: dict[str, tuple[Policy, Policy]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, robotstxt_body: bytes) -> Self:
        """Return the parser of a body, as Scrapy asks for it."""
        return cls(robotstxt_body)

    def allowed(self, url: str | bytes, user_agent: str | bytes) -> bool:
        """Return whether both readings allow a URL."""
        return all(is_allowed(to_unicode(url), policy.rules) for policy in self._read_for(user_agent))

    def crawl_delay(self, user_agent: str | bytes) -> float | None:
        """Return the longest Crawl-delay of the agent's groups in seconds, which may be infinite; None without one."""
        return max((seconds for policy in self._read_for(user_agent) for seconds in policy.delays), default=None)

    def _read_for(self, user_agent: str | bytes) -> tuple[Policy, Policy]:
        found = re.match(r"[A-Za-z_-]+", to_unicode(user_agent))
        token = found[0].lower() if found else ""
        if token not in self._policies:
            self._policies[token] = (
                Policy(self._body, token, generous=False),
                Policy(self._body, token, generous=True),
            )
        return self._policies[token]
