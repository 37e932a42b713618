"""Takes a listing from a web archive whose history and failures are drawn by seed; was a claim ever false?"""

import sqlite3
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import orjson
from scrapy.crawler import AsyncCrawlerRunner

from harvester.cli.mementos import WatchedMementos
from harvester.cli.meter import Meter
from harvester.coverage import WHOLE
from harvester.dataset.mementos import MementoRun
from harvester.dataset.run import Result
from harvester.dataset.verify import read_lines, verify
from harvester.sample.record import Record
from harvester.sample.running import serving
from harvester.sample.visits import HOST, Failing, History, draw_history, open_history
from harvester.sample.wayback import Wayback
from harvester.sites import find_site
from harvester.spiders.process import settings_for
from harvester.spiders.wayback import WaybackSpider
from tests.soak.engine import Clock, run
from tests.soak.figures import Figure, judge

LISTING = f"https://{HOST}/search"
MOST_RUNS = 4
CODES = frozenset({0, 3, 4, 5})


@dataclass(slots=True)
class Outcome:
    """What a history came to: exit codes run by run, and everything that is wrong with it."""

    seed: int
    codes: list[int] = field(default_factory=list)
    wrongs: list[str] = field(default_factory=list)
    whole: bool = False  # a listing was called complete as captured
    could: bool = False  # a visit had all of its pages, to be had
    met: int = 0

    @property
    def holds(self) -> bool:
        """Return whether nothing is wrong."""
        return not self.wrongs


class Quiet(Meter):
    """Says and shows nothing."""

    def show(self, name: str, rows: int, total: int | None, *, now: bool = False) -> None:
        """Show nothing."""

    def say(self, line: str) -> None:
        """Say nothing."""


async def gather(
    urls: list[str], folder: Path, base: str, clock: Clock, wanted: str | None = None, **settings: Any
) -> Result:
    """Take listings from a web archive into a folder, as the command does, and return how it ended."""
    kept = MementoRun(folder, find_site("wilson"), clock.now, wanted=wanted)
    try:
        runner = AsyncCrawlerRunner(settings_for({"DOWNLOAD_TIMEOUT": 5, **settings}))
        crawler = runner.create_crawler(WaybackSpider)
        journal = WatchedMementos(kept, Quiet())
        arguments = {"site": "wilson", "wayback": base, "wanted": wanted, "clock": clock.now, "sleep": clock.sleep}
        await runner.crawl(crawler, url=urls, journal=journal, **arguments)
    finally:
        result = kept.end()
    return result


def try_history(seed: int) -> Outcome:
    """Take the listing again and again, as a person would, until it is complete or has been tried often enough."""
    history = draw_history(seed)
    outcome, clock = Outcome(seed, could=_could(history)), Clock()
    with serving(open_history(history)) as server, tempfile.TemporaryDirectory() as folder:
        dataset = Path(folder) / "d"
        for _ in range(MOST_RUNS):
            result = run(gather([LISTING], dataset, server.url, clock))
            outcome.codes.append(int(result.code))
            outcome.wrongs += _examine(dataset, history, result)
            outcome.whole = any(listing["verdict"] in WHOLE for listing in _listings(dataset))
            if result.code == 0:
                break
            clock.time += timedelta(days=1)
        failing = server.intercept
        assert isinstance(failing, Failing)
        outcome.met = len(failing.met)
        outcome.wrongs += _asked_twice(server, history, failing)
    if outcome.could and not outcome.whole:
        outcome.wrongs.append(f"a visit had every page, and no listing is whole: {outcome.codes}")
    return outcome


def _could(history: History) -> bool:
    """Return whether the pages of one visit, in one order and size, can all be had."""
    site = find_site("wilson")
    for stay in history.stays:
        rows: dict[str | None, set[int]] = {}
        for shot in history.shots:
            address = site.explain(shot.url)
            assert address is not None and address.page is not None and address.page_size
            whole = shot.status == 200 and not shot.lost and not shot.moved and b"</html>" in shot.body
            if stay.first <= shot.time <= stay.last and whole:
                first = address.page * address.page_size
                rows.setdefault(address.order, set()).update(range(first, first + address.page_size))
        if any(seen >= set(range(stay.total)) for seen in rows.values()):
            return True
    return False


def _asked_twice(server: Wayback, history: History, failing: Failing) -> list[str]:
    """Return captures that came whole more than once."""
    good = {
        f"/web/{shot.timestamp}id_/{shot.url}"
        for shot in history.shots
        if shot.status == 200 and not shot.lost and not shot.moved and b"</html>" in shot.body
    }
    counts = Counter(path for path in failing.sound if path.replace(":80/", "/") in good or path in good)
    return [f"{path} was fetched {count} times" for path, count in counts.items() if count > 1]


def _listings(dataset: Path) -> list[dict[str, Any]]:
    path = dataset / "coverage.json"
    return list(orjson.loads(path.read_bytes())["listings"]) if path.exists() else []


def _examine(dataset: Path, history: History, result: Result) -> list[str]:
    """Compare a dataset with what the catalogue really held."""
    wrongs = [] if int(result.code) in CODES else [f"exit code {int(result.code)}: {result.lines}"]
    if not (dataset / "records.jsonl").exists():
        return wrongs
    wrongs += verify(dataset)[0].told()
    listings = _listings(dataset)
    if result.code == 0 and not any(listing["verdict"] in WHOLE for listing in listings):
        wrongs.append("exit code 0, and no listing is whole")
    for listing in listings:
        if listing["verdict"] in WHOLE:
            wrongs += _doubt(dataset, listing, history)
    there = {record.path: record for stay in history.stays for record in stay.archive.records}
    for held in read_lines(dataset / "records.jsonl"):
        record = there.get(_path(held["url"]))
        if record is None or not _says(held, record):
            wrongs.append(f"{held['url']} is misread")
    return wrongs


def _doubt(dataset: Path, listing: dict[str, Any], history: History) -> list[str]:
    """Return what is false about a claim: a record that stood throughout is missing, or one never was."""
    first, last = (datetime.fromisoformat(listing["captured"][end]).astimezone(UTC) for end in ("first", "last"))
    stays = [s for s in history.stays if s.first <= last and s.last >= first and s.total == listing["total"]]
    if not stays:
        return [f"there never was a listing of {listing['total']}"]
    with sqlite3.connect(dataset / "ledger.sqlite") as db:
        urls = db.execute(
            "SELECT DISTINCT content.url FROM sight JOIN content ON content.id = content JOIN page ON page.id = page"
            " WHERE page.walk = ?",
            (listing["walk"],),
        ).fetchall()
    db.close()
    held = {_path(url) for (url,) in urls}
    lost = frozenset.intersection(*(stay.paths for stay in stays)) - held
    never = held - frozenset.union(*(stay.paths for stay in stays))
    return [f"{path} is missing" for path in sorted(lost)] + [f"{path} was not there then" for path in sorted(never)]


def _path(url: str) -> str:
    return "/document/" + url.rpartition("/document/")[2]


def _says(held: dict[str, Any], record: Record) -> bool:
    return (
        held["title"].split() == record.title.split()
        and (held["date_text"] or "") == record.date
        and (held["summary"] or "").split() == " ".join(record.summary).split()
    )


def measure(count: int, first_seed: int = 0, workers: int = 2) -> list[Figure]:
    """Try so many histories."""
    with get_context("spawn").Pool(workers, maxtasksperchild=200) as pool:
        outcomes = pool.map(try_history, range(first_seed, first_seed + count), chunksize=5)
    whole = sum(outcome.whole for outcome in outcomes)
    could = sum(outcome.could for outcome in outcomes)
    mended = sum(outcome.whole and not outcome.could for outcome in outcomes)
    met = sum(outcome.met for outcome in outcomes)
    told = f"{whole} called complete as captured, {could} had a whole visit, {mended} were mended; {met} answers failed"
    return [judge("a web archive's listing: complete or honest", outcomes, lambda o: o.holds, replay, told)]


def replay(outcome: Outcome) -> str:
    """Return the command that tries a history again."""
    return f"python -m tests.soak.wayback --seed {outcome.seed}"


def main() -> None:
    """Replay the histories named on the command line, and tell all of them."""
    import argparse

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, action="append", required=True)
    given = parser.parse_args()
    outcomes = [try_history(seed) for seed in given.seed]
    for outcome in outcomes:
        print(outcome)
    sys.exit(not all(outcome.holds for outcome in outcomes))


if __name__ == "__main__":
    main()
