"""Builds a dataset anew beside the one that stands, which is replaced only by a whole one.

The ledger is the only truth and one file, so one rename is the whole swap; the published files are then written from it
as after any run, and by the next run if this one is killed before.
"""

from collections.abc import Collection
from pathlib import Path

import orjson

from harvester.dataset.lost import last_run_told, take_published_feed
from harvester.dataset.writing import sync_folder
from harvester.errors import DatasetDamaged, DatasetError, UsageProblem
from harvester.ledger import FILE, Ledger

FRESH = ".fresh.sqlite"


class Rebuilding:
    """Holds the ledger that stands, if it can be held, while another is filled beside it.

    One that an earlier build left is gone on with if its crawls went on after `since` (as runs tell their start): what
    it saw of records that went meanwhile would stand again.

    Raises DatasetError if the dataset is in use or of another site; that its ledger is damaged or lost is no hindrance.
    """

    def __init__(self, folder: Path, site: str, since: str) -> None:
        self.standing: Ledger | None = None
        self.told: list[str] = []
        try:
            self.standing = Ledger(folder, site)
        except DatasetDamaged:
            self.standing = None
        try:
            self.ledger = _open_fresh(folder, site, since)
        except BaseException:
            self.release()
            raise

    def next_run(self) -> int:
        """Return the number of a run that begins now: no other run of the dataset has it, as far as is known."""
        known = last_run_told(self.ledger.folder) if self.standing is None else self.standing.last_run()
        return max(known, self.ledger.last_run()) + 1

    def take_place(self) -> Ledger:
        """Put the fresh ledger in the place of the one that stands; return it, open.

        What the dataset remembers of its runs and changes goes on in it; `told` says where that was lost.
        """
        folder, site = self.ledger.folder, self.ledger.site
        if self.standing is not None:
            self.ledger.carry_over(self.standing)
        else:
            self.told = take_published_feed(folder, self.ledger)
        self.ledger.close()
        if (folder / f"{FRESH}-wal").exists():
            raise DatasetError(
                f"{folder / FRESH} could not be closed", advice="Make room, and run the same command again."
            )
        self.release()
        for name in (f"{FILE}-wal", f"{FILE}-shm"):  # of a damaged one; SQLite would play them into its successor
            (folder / name).unlink(missing_ok=True)
        (folder / FRESH).replace(folder / FILE)
        sync_folder(folder)
        self.ledger = Ledger(folder, site)
        return self.ledger

    def release(self) -> None:
        """Let go of the ledger that stands."""
        if self.standing is not None:
            self.standing.close()
            self.standing = None


def refuse_to_drop(folder: Path, listings: Collection[str], wanted: str | None) -> None:
    """Raise UsageProblem if a dataset tells of listings, saved pages, documents or files that are not to be had anew.

    `wanted` is what is to be brought beside listings. What its coverage.json does not tell any more, because it is
    damaged, cannot be missed.
    """
    try:
        told = orjson.loads((folder / "coverage.json").read_bytes())
        standing = {entry["listing"] or f"the saved pages of {entry['label']}" for entry in told["listings"]}
        documents = told.get("documents") or {"documents": 0, "files": {"fetched": 0}}
        held = {"documents": documents["documents"], "files": documents["files"]["fetched"]}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return
    if lost := sorted(standing - set(listings)):
        more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
        raise UsageProblem(
            f"--fresh would drop {lost[0]}{more}, which {folder} holds too",
            advice="Name all its listings in one command, or build into another folder (-o).",
        )
    for what, number in held.items():
        if number and what not in (wanted or "").split():
            raise UsageProblem(
                f"--fresh would drop {number} {what}, which {folder} holds too",
                advice=f"Ask for them again with --{what}, or build into another folder (-o).",
            )


def _open_fresh(folder: Path, site: str, since: str) -> Ledger:
    """Open what an earlier build left, or begin; one that is damaged or too old is no loss and is begun again."""
    try:
        left = Ledger(folder, site, FRESH)
        crawled = left.last_crawl()
        if crawled is None or crawled >= since:
            return left
        left.close()
    except DatasetDamaged:
        pass
    for path in folder.glob(f"{FRESH}*"):
        path.unlink()
    return Ledger(folder, site, FRESH)
