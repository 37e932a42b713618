"""Answers that break below HTTP, or whose length is not what their head says."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from harvester.sample.exchange import Answer
from harvester.sample.faults.scene import Scene

STALL = 90.0  # seconds: longer than any client that has a time-out waits
DRIP = 0.005  # seconds before each kilobyte; a page has eight of them packed, sixty plain
PACKED = 4_000  # bytes; every results page is longer, packed too


def reset(scene: Scene) -> Answer:
    """Reset the connection, by dose before the status line or amid the body."""
    return replace(scene.sound, cut=-1 if scene.dose < 0.5 else scene.share(PACKED), reset=True)


def close(scene: Scene) -> Answer:
    """Close the connection before the status line: about what a refused one is like, on a port that is open."""
    return Answer(cut=-1)


def stall(scene: Scene) -> Answer:
    """Say nothing for longer than anyone waits, then close."""
    return Answer(delay=STALL, cut=-1)


def drip(scene: Scene) -> Answer:
    """Send the page in pieces, slowly; it is whole and right."""
    return replace(scene.sound, pause=DRIP)


def cut(scene: Scene) -> Answer:
    """Announce the whole page, send a part, close."""
    return replace(scene.sound, cut=scene.share(PACKED))


def announce_less(scene: Scene) -> Answer:
    """Announce less than the page has: for HTTP it ends early, and nothing is amiss."""
    body = scene.sound.data
    return replace(scene.sound, misstated=-1 - scene.share(len(body)), plain=True)


def announce_more(scene: Scene) -> Answer:
    """Announce more than the page has; it is whole, and cannot be known to be."""
    return replace(scene.sound, misstated=1 + scene.share(5_000))


FAULTS: Mapping[str, Callable[[Scene], Answer]] = {
    "reset": reset,
    "close": close,
    "stall": stall,
    "drip": drip,
    "cut": cut,
    "length-short": announce_less,
    "length-long": announce_more,
}
