"""Lives in the sample archive night after night with a bell, and asks whether it rang when it should, and not more."""

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from harvester.dataset.update import Manner
from harvester.sample import Answer, Archive, running
from harvester.sample.life import Life
from harvester.sample.living import Living
from harvester.standing.notice import LASTING, WELL
from harvester.standing.values import Harvest, Notify
from harvester.standing.watch import report
from tests.soak.engine import Clock, crawl, run
from tests.soak.figures import Figure, table
from tests.soak.judging import last_run

PAGE_SIZE = 25
LIVES = 2
OF_CODE = {3: "incomplete", 4: "refused", 5: "unreachable"}  # of the others "failed"
WEEK = 7
OUTAGE, OUTAGE_EVERY = 10, 30


@dataclass(slots=True)
class Rung:
    """What rang in the nights of a seed; `codes` are the exit codes of the nights, `kinds` what rang in each."""

    seed: int
    nights: int
    codes: list[int] = field(default_factory=list)
    kinds: list[list[str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def again(self) -> str:
        """Return the command that lives it again."""
        return f"python -m tests.soak.bells --seed {self.seed} --nights {self.nights}"

    def unheard(self) -> Iterator[int]:
        """Yield the nights that ended badly of which nobody was told, in that night or in the week before it."""
        for night, code in enumerate(self.codes):
            kind = OF_CODE.get(code, "failed")
            begun = max((i + 1 for i in range(night) if self.codes[i] == 0), default=0)
            told = [i for i in range(max(begun, night - WEEK + 1), night + 1) if kind in self.kinds[i]]
            if code and not told:
                yield night

    def too_often(self) -> Iterator[int]:
        """Yield the nights in which a kind rang that had rung in the night before, with no new cause."""
        for night in range(1, len(self.codes)):
            same = set(self.kinds[night]) & set(self.kinds[night - 1]) & (LASTING - {"incomplete", "refused", "failed"})
            if same or self.kinds[night].count(WELL) > 1:
                yield night

    def ends(self) -> Iterator[int]:
        """Yield the nights in which "well" rang where nothing was to be ended, or did not where something was."""
        owed = False
        for night, code in enumerate(self.codes):
            if (WELL in self.kinds[night]) != (owed and code == 0):
                yield night
            owed = code != 0 and (owed or bool(LASTING & set(self.kinds[night])))


def live(seed: int, nights: int) -> Rung:
    """Harvest the life of a seed night by night, and ring; after every thirtieth night the site is down for ten."""
    clock, rung = Clock(), Rung(seed, nights)
    life = Life.draw(seed, nights)
    with running(Archive(seed=1), now=clock.now) as server, tempfile.TemporaryDirectory() as name:
        living = Living(server, life, now=clock.now)
        urls = [f"{server.url}/search{'?' * bool(query)}{query}" for query in living.queries]
        heard = Path(name) / "heard"
        notify = Notify(command=("sh", "-c", f"cat >> {heard}"), withdrawn_bound=3)
        harvest = Harvest("sample", tuple(urls), Path(name) / "d", notify=notify)
        for night in life.nights:
            with living.night():
                _harvest(harvest, clock, rung)
            rung.kinds.append(_kinds(heard))
            if night.number % OUTAGE_EVERY == 0:
                server.intercept = lambda request: Answer(503, {}, "down") if request.path == "/search" else None
                for _ in range(OUTAGE):
                    _harvest(harvest, clock, rung)
                    rung.kinds.append(_kinds(heard))
                server.intercept = None
    return rung


def _harvest(harvest: Harvest, clock: Clock, rung: Rung) -> None:
    """Harvest once and report it; until something is held it is a crawl, from then on an update."""
    folder = harvest.output
    manner = Manner(full_every=timedelta(days=WEEK)) if (folder / "records.jsonl").exists() else None
    code = int(run(crawl(list(harvest.listings), folder, clock, page_size=PAGE_SIZE, manner=manner)).code)
    number = last_run(folder) if folder.exists() else None
    rung.codes.append(code)
    rung.faults += report(harvest, code, folder, clock.now(), {"PATH": os.environ["PATH"]}, run=number)
    clock.time = clock.time.replace(hour=2, minute=0, second=0) + timedelta(days=1)


def _kinds(heard: Path) -> list[str]:
    lines = heard.read_text(encoding="utf-8").splitlines() if heard.exists() else []
    heard.unlink(missing_ok=True)
    return [json.loads(line)["kind"] for line in lines]


def measure(count: int, first_seed: int = 0, workers: int = 2) -> list[Figure]:
    """Live two lives of so many nights."""
    with get_context("spawn").Pool(workers) as pool:
        lives = pool.map(partial(live, nights=count), range(first_seed, first_seed + LIVES), chunksize=1)
    return list(figures_of(lives))


def figures_of(lives: Sequence[Rung]) -> Iterator[Figure]:
    """Yield what lives came to, promise by promise."""
    nights = sum(len(rung.codes) for rung in lives)
    promises = {
        "a night that ends badly is rung for, or was within the week": Rung.unheard,
        "what lasts does not ring each night": Rung.too_often,
        'what was told is ended by one "well"': Rung.ends,
    }
    for promise, find in promises.items():
        bad = {rung.seed: list(find(rung)) for rung in lives}
        count = sum(map(len, bad.values()))
        replay = tuple(rung.again for rung in lives if bad[rung.seed])
        yield Figure(promise, f"{count} faults in {nights} nights", not count, replay)
    yield Figure("no bell fails", f"{sum(len(rung.faults) for rung in lives)} faults", not any(r.faults for r in lives))
    rang = Counter(kind for rung in lives for night in rung.kinds for kind in night)
    drifted = rang["drift"]
    yield Figure(
        "an archive whose pages stay what they are rings no drift", f"{drifted} in {nights} nights", not drifted
    )
    ill = sum(code != 0 for rung in lives for code in rung.codes)
    told = ", ".join(f"{number} {kind}" for kind, number in rang.most_common())
    yield Figure("known: what rang", f"{told}; {ill} of {nights} nights ended badly", holds=True)


def main() -> None:
    """Live one life again, and tell all that rang."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--nights", type=int, default=365)
    given = parser.parse_args()
    rung = live(given.seed, given.nights)
    for night, (code, kinds) in enumerate(zip(rung.codes, rung.kinds, strict=True)):
        if code or kinds:
            print(f"night {night}: exit code {code}, rang: {', '.join(kinds) or 'nothing'}")
    figures = list(figures_of([rung]))
    print("\n".join(table(figures)))
    sys.exit(not all(figure.holds for figure in figures))


if __name__ == "__main__":
    main()
