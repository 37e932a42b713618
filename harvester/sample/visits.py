"""Draws, from a seed alone, what a web archive has of a listing that changed over the years, and what fails there."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from harvester.sample.archive import Archive
from harvester.sample.exchange import Answer, Request
from harvester.sample.faults import FAULTS, Scene
from harvester.sample.schedule import Fault
from harvester.sample.wayback import Shot, Wayback, shoot

HOST = "digitalarchive.wilsoncenter.org"
# How likely each is between two visits: most often the catalogue grew; what evens out hides behind the same total.
CHANGES: Mapping[str, int] = MappingProxyType({"none": 4, "insert": 3, "delete": 2, "swap": 4})
# What may come in the place of an answer -> its weight, and for how many requests in a row at most.
FAILURES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "429-seconds": (4, 4),
        "429-date": (1, 2),
        "429": (2, 4),
        "503-seconds": (2, 4),
        "503": (4, 4),
        "500": (3, 4),
        "502": (2, 3),
        "504": (3, 4),  # the index is slow, and gives up
        "520": (1, 2),
        "empty": (2, 2),
        "reset": (3, 3),
        "close": (3, 3),
        "drip": (1, 1),
        "cut": (4, 3),
        "length-short": (3, 1),
        "length-long": (1, 1),
        "gzip-cut": (3, 2),
        "gzip-flipped": (2, 1),
        "gzip-crc": (1, 1),
        "gzip-not": (1, 1),
        "block": (1, 1),
        "404": (2, 2),  # the archive's own page for what it has not
    }
)
NOISE = (
    f"https://{HOST}/search text/html 200 AAAA",
    "20250230000000 https://x/ text/html 200 AAAA",
    "20250101000000 http://mailto:someone@example.org text/html 200 AAAA",
    "20250101000000 https://x/ text/html; charset=x 200 AAAA",
    "org.archive.util.io.RuntimeIOException: java.net.SocketTimeoutException",
)


@dataclass(frozen=True, slots=True)
class Stay:
    """One visit of the archive's crawler: from when to when, and the catalogue as it stood all the while."""

    first: datetime
    last: datetime
    archive: Archive

    @property
    def total(self) -> int:
        """Return how many records there were."""
        return len(self.archive.records)

    @property
    def paths(self) -> frozenset[str]:
        """Return the paths of the records."""
        return frozenset(record.path for record in self.archive.records)


@dataclass(frozen=True, slots=True)
class History:
    """What a seed draws: the visits, the captures that came of them, broken lines, and failures by request."""

    seed: int
    stays: tuple[Stay, ...]
    shots: tuple[Shot, ...]
    noise: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = field(default=())


def draw_history(seed: int) -> History:
    """Return the history of a seed.

    >>> draw_history(3).shots == draw_history(3).shots
    True
    """
    rng = random.Random(seed)
    archive = Archive(rng.choice((23, 60, 103)), seed=1 + rng.randrange(3))
    time = datetime(2023, 1, 1, tzinfo=UTC)
    stays: list[Stay] = []
    shots: list[Shot] = []
    for number in range(rng.choice((1, 2, 3, 4))):
        if number:
            _change(archive, rng)
        time += timedelta(hours=rng.choice((5, 30, 24 * 40)), seconds=rng.randrange(3_000))
        taken = _visit(archive, time, rng)
        if taken:
            stays.append(Stay(taken[0].time, taken[-1].time, archive.snapshot()))
            shots += taken
            time = taken[-1].time
    noise = tuple(rng.sample(NOISE, rng.choice((0, 0, 1, 3))))
    return History(seed, tuple(stays), tuple(shots), noise, _draw_faults(rng))


def _change(archive: Archive, rng: random.Random) -> None:
    for _ in range(rng.choice((1, 1, 2))):
        kind = rng.choices(list(CHANGES), list(CHANGES.values()))[0]
        if kind in {"delete", "swap"}:
            archive.remove(rng.choice(archive.records).node)
        if kind in {"insert", "swap"}:
            created = rng.choice((None, rng.choice(archive.records).created))
            archive.add(f"Late Accession {rng.randrange(10**6)}", "July 1958", ["Found in a box."], created=created)


def _visit(archive: Archive, time: datetime, rng: random.Random) -> list[Shot]:
    """Take captures of a visit: of some pages, in any order, some of them twice, some that cannot be had."""
    size, order = rng.choice((10, 10, 25, 100)), rng.choice(("", "", "created_DESC", "field_document_date_unix_ASC"))
    pages = list(range(-(-len(archive.records) // size)))
    share = rng.choice((1.0, 1.0, 0.8, 0.5))
    asked = [page for page in pages if rng.random() < share]
    asked += [page for page in pages if rng.random() < 0.1]
    rng.shuffle(asked)
    shots = []
    for page in asked:
        time += timedelta(seconds=rng.randint(2, 90))
        shots.append(_spoil(shoot(archive, f"{time:%Y%m%d%H%M%S}", _spell(page, size, order, rng)), rng))
    return shots


def _spoil(shot: Shot, rng: random.Random) -> Shot:
    chance = rng.random()
    if chance < 0.04:
        return replace(shot, lost=True)
    if chance < 0.08:
        return replace(shot, moved=True)
    if chance < 0.12:
        return replace(shot, revisit=True)
    if chance < 0.14:
        return replace(shot, status=rng.choice((301, 403, 404, 503)), body=b"<html><h1>No</h1></html>")
    if chance < 0.15:
        return replace(shot, body=shot.body[: len(shot.body) // 2])  # as the crawler itself had cut it
    return shot


def _spell(page: int, size: int, order: str, rng: random.Random) -> str:
    terms = [f"page={page}"] if page or rng.random() < 0.3 else []
    terms += [f"items_per_page={size}"] if size != 10 or rng.random() < 0.2 else []
    terms += [f"sort_bef_combine={order}"] if order else []
    rng.shuffle(terms)
    host = rng.choice((HOST, f"www.{HOST}", f"{HOST}:80" if rng.random() < 0.5 else HOST))
    scheme = "http" if host.endswith(":80") else rng.choice(("http", "https"))
    return f"{scheme}://{host}/search" + ("?" + rng.choice(("&", "&&")).join(terms) if terms else "")


def _draw_faults(rng: random.Random) -> tuple[Fault, ...]:
    faults = []
    for _ in range(rng.choice((0, 1, 2, 4))):
        kind = rng.choices(list(FAILURES), [weight for weight, _ in FAILURES.values()])[0]
        run = rng.randint(1, FAILURES[kind][1])
        faults.append(Fault(1 + rng.randrange(20), kind, rng.random(), run))
    return tuple(sorted(faults, key=lambda fault: fault.at))


class Failing:
    """Lets a web archive's answers fail as a history has it.

    `met` are the faults that requests met, `sound` the targets of those that met none.
    """

    def __init__(self, server: Wayback, faults: Sequence[Fault], now: datetime) -> None:
        self.server, self.faults, self.now = server, faults, now
        self.asked = 0
        self.met: list[str] = []
        self.sound: list[str] = []

    def __call__(self, request: Request) -> Answer | None:
        """Return the answer that fails, as Server.intercept has it."""
        if request.path == "/robots.txt":
            return None
        self.asked += 1
        fault = next((f for f in self.faults if f.at <= self.asked < f.at + f.run), None)
        if fault is None:
            self.sound.append(request.path_qs)
            return None
        self.met.append(fault.kind)
        return FAULTS[fault.kind](Scene(self.server, request, fault.dose, [self.server.archive], self.now))


def open_history(history: History) -> Wayback:
    """Return a web archive that has a history, and fails as it says."""
    server = Wayback(history.shots, noise=history.noise, most_lines=7)
    server.intercept = Failing(server, history.faults, datetime(2026, 3, 1, 12, tzinfo=UTC))
    return server
