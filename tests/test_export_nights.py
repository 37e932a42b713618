"""Databases that follow a dataset which is really harvested: each night they hold what one loaded from nothing does."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_exports import held, load, unchanged

from harvester.ledger import Ledger
from harvester.sample import Archive, running
from tests.soak.engine import Clock, crawl, run


def lose_the_ledger(folder: Path) -> None:
    (folder / "ledger.sqlite").unlink()
    (folder / "changes.jsonl").unlink()


NIGHTS: dict[str, Callable[[Archive], object]] = {
    "quiet": lambda archive: None,
    "gained": lambda archive: archive.add("New", "June 1, 1960"),
    "changed": lambda archive: archive.change(archive.records[9].node, title="Another title"),
    "withdrawn": lambda archive: archive.remove(archive.records[5].node),
    "fresh": lambda archive: archive.change(archive.records[2].node, summary="Another summary"),
    "withdrawn too": lambda archive: archive.remove(archive.records[7].node),
    "lost": lambda archive: archive.add("Newer", None),
    "quiet again": lambda archive: None,
}


@pytest.mark.parametrize("wanted", [None, "documents"])
def test_each_night_they_hold_what_was_published(tmp_path: Path, wanted: str | None) -> None:
    folder, clock, archive = tmp_path / "d", Clock(), Archive(records=24)
    withdrawn: list[int] = []
    nightly, old = tmp_path / "nightly.db", tmp_path / "old.db"
    with closing(Ledger(folder, "wilson")) as ledger:
        ledger.db.execute("INSERT INTO meta VALUES ('withdraw_after', '1')")
    with running(archive) as server:
        for night, live in NIGHTS.items():
            live(archive)
            if night == "lost":
                lose_the_ledger(folder)
            clock.time += timedelta(days=1)
            anew = night in {"fresh", "lost"}
            run(crawl([f"{server.url}/search"], folder, clock, page_size=10, anew=anew, wanted=wanted))
            load(folder, nightly)
            load(folder, fresh := tmp_path / "fresh.db", replace=True)
            assert held(nightly) == held(fresh), night
            unchanged(folder, nightly)
            with closing(sqlite3.connect(nightly)) as db:
                withdrawn += db.execute("SELECT count(*) FROM records WHERE withdrawn").fetchone()
            if old.exists():
                shutil.copy(old, late := tmp_path / "late.db")
                load(folder, late)
                assert held(late) == held(fresh), night
            else:
                shutil.copy(nightly, old)
    assert withdrawn == [0, 0, 0, 1, 0, 1, 0, 0]
    assert (len(held(nightly)["documents"]) > 20) == (wanted is not None)
