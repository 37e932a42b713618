"""What a dataset remembers beside what it saw: its runs, what was published, what it is made from, its settings."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Self

from harvester.ledger.carrying import carry_over, take_over
from harvester.ledger.feed import FEED_AFTER, Feed
from harvester.ledger.folding import fold_versions
from harvester.ledger.forget import forget
from harvester.ledger.store import Store

# Under which name a pause is kept: what a web archive asks for does not bind the site, nor the other way round.
_PAUSES = {"crawl": "not_before", "replay": "not_before_archive"}


class Chronicle(Store):
    """A ledger's memory of runs and publications."""

    _pause = _PAUSES["crawl"]

    def last_run(self) -> int:
        """Return the number of the last run, 0 if there was none."""
        return int(self.db.execute("SELECT coalesce(max(id), 0) FROM run").fetchone()[0])

    def last_crawl(self) -> str | None:
        """Return when the last crawl began, None if there was none."""
        row = self.db.execute("SELECT started FROM run WHERE kind = 'crawl' ORDER BY id DESC LIMIT 1").fetchone()
        return str(row[0]) if row else None

    def begin_run(
        self,
        kind: str,
        started: str,
        readers: str,
        wanted: str | None = None,
        command: str | None = None,
        number: int | None = None,
    ) -> int:
        """Begin a run (crawl or replay); return its number: the next one, where none is given.

        `wanted` is what it is to bring beside listings.
        """
        self._pause = _PAUSES[kind]
        with self._writing():
            run = self.db.execute(
                "INSERT INTO run (id, kind, started, readers, wanted, command) VALUES (?, ?, ?, ?, ?, ?)",
                (number, kind, started, readers, wanted, command),
            )
        return int(run.lastrowid or 0)

    def finish_run(self, run: int, finished: str, passed_over: Mapping[str, int] | None = None) -> None:
        """Note when a run ended, and how many captures of each kind it passed over."""
        counts = json.dumps(passed_over, sort_keys=True) if passed_over else None
        with self._writing():
            self.db.execute("UPDATE run SET finished = ?, passed_over = ? WHERE id = ?", (finished, counts, run))

    def note_end(
        self, run: int, traffic: tuple[int, int], troubles: str, ended: str | None = None, code: int | None = None
    ) -> None:
        """Note what a run asked for (requests, bytes that came) and what troubled it; with `ended` that it is over.

        Only the last write of a run may give `ended`: a run without it was killed, or is under way.
        """
        with self._writing():
            self.db.execute(
                "UPDATE run SET requests = ?, bytes = ?, troubles = ?, ended = ?, code = ? WHERE id = ?",
                (*traffic, troubles, ended, code, run),
            )

    def published(self) -> int | None:
        """Return the last page that the published files tell of; None if none were published."""
        row = self.db.execute("SELECT value FROM meta WHERE name = 'published'").fetchone()
        return int(row[0]) if row else None

    def note_published(
        self,
        verdicts: Mapping[int, tuple[str, int | None]],
        spent: Iterable[tuple[int, int]],
        shares: Mapping[int, Mapping[str, Any]],
    ) -> None:
        """Note that the published files tell of every page held, and forget what no later file will tell.

        `verdicts` are verdict and total of the walks published; `spent` are sights, as page and row; `shares` is how
        many rows of a walk have each field.
        """
        with self._writing():
            self.db.execute("INSERT OR REPLACE INTO meta SELECT 'published', coalesce(max(id), 0) FROM page")
            rows = [(verdict, total, walk) for walk, (verdict, total) in verdicts.items()]
            self.db.executemany("UPDATE walk SET verdict = ?, total = ? WHERE id = ?", rows)
            told = [(json.dumps(share), walk) for walk, share in shares.items()]
            self.db.executemany("UPDATE walk SET shares = ? WHERE id = ?", told)
            forget(self.db, spent)

    def note_changes(self, feed: Feed, versions_since: str | None = None) -> None:
        """Keep what is to be published otherwise than it was; from then on those numbers mean that.

        Versions of runs before a time (UTC) are folded into one a record; of none, where no time is given.
        """
        with self._writing():
            feed.commit(self.last_run())
            if versions_since is not None:
                fold_versions(self.db, versions_since)

    def carry_over(self, standing: Self) -> None:
        """Take over what another ledger of the dataset remembers of runs, versions and changes."""
        with self._writing():
            carry_over(standing.db, self.db)

    def take_over(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Take over a change feed that was published, where no ledger knows it any more."""
        with self._writing():
            take_over(lines, self.db)

    def begin_feed_after(self, number: int) -> None:
        """Begin the change feed after a number: a feed was lost that had come that far."""
        with self._writing():
            self.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (FEED_AFTER, str(number)))

    def made_from(self) -> str | None:
        """Return what was kept of what the dataset is made from (JSON); None if nothing was."""
        row = self.db.execute("SELECT value FROM meta WHERE name = 'made_from'").fetchone()
        return str(row[0]) if row else None

    def note_made(self, made_from: str) -> None:
        """Keep what the dataset is made from."""
        self._note("made_from", made_from)

    def note_confirmations(self, withdraw_after: int) -> None:
        """Keep after how many complete walks that show a record no more it counts as withdrawn."""
        self._note("withdraw_after", str(withdraw_after))

    def _note(self, name: str, value: str) -> None:
        with self._writing():
            self.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def not_before(self) -> str | None:
        """Return the time before which the server that this run asks wants to be left alone; None if it said none."""
        row = self.db.execute("SELECT value FROM meta WHERE name = ?", (self._pause,)).fetchone()
        return str(row[0]) if row else None

    def note_not_before(self, until: str) -> None:
        """Keep until when the server asked to be left alone."""
        self._note(self._pause, until)
