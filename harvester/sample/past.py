"""Draws, from a seed alone, what a web archive has of the documents of the sample: three addresses, many years."""

import random
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from harvester.sample.archive import Archive
from harvester.sample.exchange import Answer, Request
from harvester.sample.faults import FAULTS, Scene
from harvester.sample.record import Record
from harvester.sample.server import Server
from harvester.sample.visits import HOST
from harvester.sample.wayback import Shot, shoot

OLD = datetime(2013, 1, 1, tzinfo=UTC), datetime(2021, 12, 31, tzinfo=UTC)  # the layout that is gone
GOOD = datetime(2022, 6, 1, tzinfo=UTC), datetime(2025, 9, 25, tzinfo=UTC)
REFUSED = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 2, 20, tzinfo=UTC)
SPOILT = ("lost", "moved", "status", "soft-404", "cut")


def shoot_documents(
    archive: Archive, seed: int = 1, never: Collection[int] = (), bad: Collection[int] = ()
) -> list[Shot]:
    """Return captures of all documents; of those with a node in `never` none, of those in `bad` none that is a page.

    Of every other one a capture under its address of today can be had and is a page.
    """
    rng = random.Random(seed)
    shots: list[Shot] = []
    for record in archive.records:
        drawn = _shoot(archive, record, rng, good=record.node not in bad)
        shots += [] if record.node in never else drawn
    return shots


def is_page(shot: Shot) -> bool:
    """Return whether a capture can be had, and is a document's page of today's layout or the old one, whole."""
    there = shot.status == 200 and not shot.lost and not shot.moved and shot.body.rstrip().endswith(b"</html>")
    return there and (b'<link rel="canonical"' in shot.body or b"doc-title" in shot.body)


def _shoot(archive: Archive, record: Record, rng: random.Random, *, good: bool) -> list[Shot]:
    today = [_spoil(_page(archive, record, rng), rng) for _ in range(rng.choice((0, 1, 2, 3)))]
    whole = replace(_page(archive, record, rng), revisit=rng.random() < 0.2)
    kept = [*today, whole] if good else [replace(shot, lost=True) for shot in today]
    return [*_shoot_old(archive, record, rng), *kept, *_shoot_refusals(record, rng)]


def _page(archive: Archive, record: Record, rng: random.Random) -> Shot:
    return shoot(archive, _time(GOOD, rng), f"{_origin(rng)}{record.path}{rng.choice(('', '', '', '?lang=en'))}")


def _spoil(shot: Shot, rng: random.Random) -> Shot:
    """Return a capture that may be spoilt in one of the ways in which captures are."""
    kind = rng.choice((*SPOILT, "", "", ""))
    if kind in {"lost", "moved"}:
        return replace(shot, lost=kind == "lost", moved=kind == "moved")
    if kind == "status":
        return replace(shot, status=rng.choice((404, 503)), body=b"<html><h1>No</h1></html>")
    if kind == "soft-404":
        return replace(shot, body=_fail(kind).data)
    return replace(shot, body=shot.body[: len(shot.body) // 2]) if kind == "cut" else shot


def _shoot_old(archive: Archive, record: Record, rng: random.Random) -> list[Shot]:
    """Return captures under the addresses of before: the record id, what hangs on it, and the node."""
    before = archive.snapshot()
    before.habits = replace(archive.habits, era="old")
    old, node = f"http://{HOST}/document/{record.record_id}", f"https://{HOST}/node/{record.node}"
    shots = []
    if rng.random() < 0.6:
        shots.append(shoot(before, _time(OLD, rng), old))
    if rng.random() < 0.4:
        shots.append(shoot(before, _time(OLD, rng), f"{old}.pdf?v={rng.randrange(10**6):x}"))
        shots.append(shoot(before, _time(OLD, rng), f"{old}.ris"))
    if rng.random() < 0.4:
        shots += [shoot(archive, _time(GOOD, rng), url) for url in (node, old)]  # which lead to the slug
    return shots


def _shoot_refusals(record: Record, rng: random.Random) -> list[Shot]:
    """Return what crawlers got in 2026: mostly a status that says it, now and then a page that does not."""
    shots = []
    for _ in range(rng.choice((0, 1, 1, 2))):
        answer = _fail(rng.choice(("block", "block", "challenge")))
        shots.append(Shot(_time(REFUSED, rng), f"https://{HOST}{record.path}", answer.data, answer.status))
    return shots


def shoot_files(archive: Archive, seed: int = 1) -> list[Shot]:
    """Return captures of the files of all documents: of each one that is whole, of some one more that is not."""
    rng = random.Random(f"files {seed}")
    shots = []
    for record in archive.records:
        for file in archive.paper(record).files:
            shot = shoot(archive, _time(GOOD, rng), f"https://{HOST}{file.path}")
            spoilt = _spoil(replace(shot, timestamp=_time(REFUSED, rng)), rng)
            shots += [shot, spoilt] if spoilt.body != shot.body or spoilt.lost else [shot]
    return shots


def _fail(kind: str) -> Answer:
    """Return what the site answered in the place of a page."""
    archive = Archive(0)
    return FAULTS[kind](Scene(Server(archive), Request("GET", "/search", {}), 0.5, [archive], REFUSED[0]))


def _time(era: tuple[datetime, datetime], rng: random.Random) -> str:
    seconds = rng.randrange(int((era[1] - era[0]).total_seconds()))
    return f"{era[0] + timedelta(seconds=seconds):%Y%m%d%H%M%S}"


def _origin(rng: random.Random) -> str:
    return rng.choice((f"https://{HOST}", f"https://{HOST}", f"http://{HOST}:80", f"https://www.{HOST}"))
