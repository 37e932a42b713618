"""How a web archive is asked: where it is, how much time lies between requests, and when nothing more is asked."""

from harvester.archives.wayback import WAYBACK_URL
from harvester.errors import UsageProblem
from harvester.spiders.asking import Ended
from harvester.urls import split_url

__all__ = ["INDEX_DELAY", "MEMENTO_DELAY", "PAUSE", "WAYBACK_URL", "Ended", "base_of"]

# Seconds between requests: 24 a minute to the index, 60 to captures. The Wayback Machine's own limits were 60 and 600
# when last told; who ignores its 429 for a minute is shut out for an hour.
INDEX_DELAY = 2.5
MEMENTO_DELAY = 1.0
# Seconds after a 429 that does not say for how long, as those of the Wayback Machine did not.
PAUSE = 60.0


def base_of(url: str) -> str:
    """Return a web archive's address without a slash at its end; raises UsageProblem for one that is none."""
    parts = split_url(url)
    if parts is None or parts.query or parts.fragment or parts.username is not None:
        raise UsageProblem(f"{url[:200]} is no address of a web archive", advice=f"Give one like {WAYBACK_URL}.")
    return url.strip().rstrip("/")
