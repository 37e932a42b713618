"""When a page is asked for again: the server's word first (Retry-After, Crawl-delay), else later with each try."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

MOST_TRIES = 3
# Of the download delay: 15 and 30 seconds at a delay of three, so that a hiccup passes; an outage is for another run.
BACKOFF = 5
LONGEST_WAIT = 300.0  # seconds that a run sits and waits because of Retry-After; beyond it the run ends and says when
LONGEST_PAUSE = 86_400.0  # seconds of Retry-After that are kept: a server that says 2099 would lock a dataset for ever
SLOWEST = 16  # times the download delay, after challenges and 429s

# Of the first page these are what the site means, and asking again would be a nuisance; amid a walk pages came before,
# so that the same may pass.
MEANT = frozenset({"login", "not-found", "content-type", "document", "other-site", "off-site"})
FINAL = frozenset({"robots", "redirect-loop", "too-large"})


def may_pass(kind: str, *, begun: bool) -> bool:
    """Return whether an error of a kind may pass; `begun` says that pages of the listing came before."""
    return kind not in FINAL and (begun or kind not in MEANT)


def read_retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for (RFC 9110, 10.2.3); None if it cannot be understood.

    >>> read_retry_after("120", datetime(2026, 1, 1, tzinfo=UTC))
    120.0
    >>> read_retry_after("Thu, 01 Jan 2026 00:01:00 GMT", datetime(2026, 1, 1, tzinfo=UTC))
    60.0
    """
    text = (value or "").strip()
    if re.fullmatch(r"\d+", text, re.ASCII):
        return min(float(text[:18]), 1e12) if len(text) <= 18 else 1e12
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max((until - now).total_seconds(), 0.0)


class Pace:
    """When the next request may go; all walks of a crawl share it. `delay` is the download delay, in seconds.

    `gap` lies between two requests: the delay, more of it after the site showed displeasure, or the Crawl-delay.
    """

    def __init__(self, delay: float, clock: Callable[[], datetime], sleep: Callable[[float], Awaitable[None]]) -> None:
        self.delay = delay
        self.crawl_delay = 0.0
        self.slowness = 1
        self.not_before: datetime | None = None
        self.stopped = False
        self._clock = clock
        self._sleep = sleep
        self._free_at: datetime | None = None
        self._capped = ""

    @property
    def gap(self) -> float:
        """Return the seconds between two requests.

        The engine keeps the download delay too, but what waits in its queue is sent even if the crawl is over by then.
        """
        return max(self.crawl_delay, self.delay * self.slowness)

    def backoff(self, tries: int) -> float:
        """Return the seconds to wait after so many tries of one page."""
        return float(self.delay * BACKOFF * 2 ** (tries - 1))

    def slow_down(self) -> None:
        """Go at half the speed from now on."""
        self.slowness = min(self.slowness * 2, SLOWEST)

    def hear(self, retry_after: str) -> None:
        """Keep to what a Retry-After header asks for."""
        asked = read_retry_after(retry_after, self._clock())
        if asked:
            self.hold(self._clock() + timedelta(seconds=min(asked, LONGEST_PAUSE)))
        if asked and asked > LONGEST_PAUSE:
            self._capped = f" (it asked for {asked:.0f} seconds, of which {LONGEST_PAUSE:.0f} are kept)"

    def say(self) -> str:
        """Return until when the server wants to be left alone, for people."""
        return f"before {self.not_before:%Y-%m-%d %H:%M:%S} UTC{self._capped}" if self.not_before else "later"

    def hold(self, until: datetime) -> None:
        """Ask nothing before a time."""
        self.not_before = max(until, self.not_before or until)

    def left(self) -> float:
        """Return the seconds until the server may be asked again."""
        return max((self.not_before - self._clock()).total_seconds(), 0.0) if self.not_before else 0.0

    async def turn(self, wait: float = 0.0, *, out_of_turn: bool = False) -> bool:
        """Wait until a request may go, not less than `wait` seconds; return False if it may not go in this run.

        What goes `out_of_turn` waits for a pause to end only.
        """
        at = self._clock() + timedelta(seconds=wait)
        while not self.stopped and self.left() <= LONGEST_WAIT:
            now = self._clock()
            free_at = at if out_of_turn or self._free_at is None else max(at, self._free_at)
            left = max((free_at - now).total_seconds(), self.left())
            if left <= 0:
                if not out_of_turn:
                    self._free_at = now + timedelta(seconds=self.gap)
                return True
            await self._sleep(left)
        return False
