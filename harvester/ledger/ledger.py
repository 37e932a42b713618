"""The dataset's own database: opened by one process at a time, each page written in one transaction."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path
from typing import Any

from harvester.captures import Capture
from harvester.errors import DatasetDamaged, DatasetError
from harvester.harvest.confirmed import HeldPage
from harvester.harvest.known import Known
from harvester.items import Address, Document, Reading
from harvester.ledger.captured import HeldCapture, copy_page, held_captures
from harvester.ledger.carrying import carry_over, take_over
from harvester.ledger.documents import DocumentWriter
from harvester.ledger.faults import explain_fault
from harvester.ledger.feed import FEED_AFTER, Feed
from harvester.ledger.files import FetchedFile, add_file
from harvester.ledger.folding import fold_versions
from harvester.ledger.forget import forget
from harvester.ledger.held import HeldWalk, held_walk
from harvester.ledger.holder import forget_holder, note_holder
from harvester.ledger.incremental import known_of, stop_walk
from harvester.ledger.keys import WalkKey, digest_of
from harvester.ledger.migrate import migrate
from harvester.ledger.pages import PageWriter
from harvester.ledger.validators import add_validators, held_page
from harvester.sites import Site

FILE = "ledger.sqlite"
FORMAT = "5"

# Under which name a pause is kept: what a web archive asks for does not bind the site, nor the other way round.
_PAUSES = {"crawl": "not_before", "replay": "not_before_archive"}


class Ledger:
    """Opens (or begins) the ledger of a dataset folder, and holds it alone until closed.

    Raises DatasetError if another process holds it, if it is damaged, or if the folder cannot be written.
    """

    def __init__(self, folder: Path, site: str, file: str = FILE) -> None:
        self.folder = folder
        self.site = site
        self._pause = _PAUSES["crawl"]
        self.path = folder / file
        new = not self.path.exists()
        if new and file == FILE and (folder / "records.jsonl").exists():
            raise DatasetDamaged(f"{folder} holds records but no {FILE}, without which nothing can be added")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.db = sqlite3.connect(self.path, isolation_level=None, timeout=0.2)
        except (OSError, sqlite3.Error) as error:
            raise explain_fault(error, self.path) from error
        try:
            self._begin(site, new)
        except (OSError, sqlite3.Error) as error:
            self.db.close()
            raise explain_fault(error, self.path) from error
        except DatasetError:
            self.db.close()
            raise

    def _begin(self, site: str, new: bool) -> None:
        self.db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self.db.execute("PRAGMA journal_mode = WAL")
        # The default FULL syncs at each commit; NORMAL may lose the last pages at a power cut, never what is published.
        self.db.execute("PRAGMA synchronous = NORMAL")
        if not new and (found := self.db.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            raise sqlite3.DatabaseError(str(found))
        self.db.execute("BEGIN IMMEDIATE")
        if not self.db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
            if not new and self.db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                raise sqlite3.DatabaseError("it is some other database")
            if self.path.name == FILE and (self.folder / "records.jsonl").exists():
                raise sqlite3.DatabaseError("it is empty, though records were published from it")
            for statement in files(__package__).joinpath("schema.sql").read_text(encoding="utf-8").split(";\n"):
                self.db.execute(statement)
            self.db.executemany("INSERT INTO meta VALUES (?, ?)", [("format", FORMAT), ("site", site)])
        held = migrate(self.db, dict(self.db.execute("SELECT name, value FROM meta").fetchall()))
        self.db.execute("COMMIT")
        if held.get("format") != FORMAT:
            raise DatasetError(f"{self.path} has format {held.get('format')}; this version reads {FORMAT}")
        if held["site"] != site:
            raise DatasetError(
                f"{self.folder} is a dataset of the site {held['site']}, not of {site}",
                advice="Harvest each site into a folder of its own (-o).",
            )

    def close(self) -> None:
        """Let go of the ledger."""
        forget_holder(self.path)
        self.db.close()

    def note_holder(self, since: str) -> None:
        """Write down, for a second harvest, who holds the ledger."""
        try:
            note_holder(self.path, since)
        except OSError as error:
            raise explain_fault(error, self.path) from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Write what happens inside in one transaction, or nothing of it; raises DatasetError."""
        try:
            self.db.execute("BEGIN IMMEDIATE")
            yield
            self.db.execute("COMMIT")
        except sqlite3.Error as error:
            raise explain_fault(error, self.path) from error
        finally:
            if self.db.in_transaction:
                with suppress(sqlite3.Error):  # what went wrong first is told; nothing stays that was not committed
                    self.db.execute("ROLLBACK")

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

    def carry_over(self, standing: "Ledger") -> None:
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

    def add_page(
        self,
        run: int,
        key: WalkKey,
        address: Address | None,
        capture: Capture,
        reading: Reading,
        remarks: Iterable[str] = (),
        *,
        stopped_early: bool = False,
        plain: bool = False,
    ) -> None:
        """Write a page's capture, rows, place and remarks in one transaction; a capture held already changes none.

        `stopped_early` says that the walk ended with it, though not at its end; `plain` that later walks may ask
        whether it is still the same.
        """
        with self._writing():
            walk = self._walk(run, key)
            page = PageWriter(self.db, run, key, capture).write(walk, address, reading)
            if plain and page is not None and capture.validators is not None:
                add_validators(self.db, page, capture.validators)
            self.db.executemany("INSERT OR IGNORE INTO remark VALUES (?, ?)", [(walk, remark) for remark in remarks])
            if stopped_early and reading.counter is not None:
                stop_walk(self.db, walk, reading.counter.total)

    def add_document(self, run: int, capture: Capture, document: Document, asked: Iterable[str] = ()) -> None:
        """Write a document's page in one transaction; `asked` are addresses that led to it by redirects."""
        key = WalkKey("documents", None, None)
        with self._writing():
            DocumentWriter(self.db, run, key, capture).write_document(self._walk(run, key), document, asked)

    def add_file(self, run: int, fetched: FetchedFile) -> None:
        """Write a file that was fetched, in one transaction; its bytes are in the folder by then."""
        with self._writing():
            add_file(self.db, run, fetched)

    def begin_walk(self, run: int, key: WalkKey) -> None:
        """Begin a walk if it is new: a listing of which no page could be read is accounted for too."""
        with self._writing():
            self._walk(run, key)

    def held(self, key: WalkKey, since: str) -> HeldWalk | None:
        """Return the last live walk of a listing if it can be gone on with and added a page after `since` (UTC)."""
        return held_walk(self.db, key, self.published(), since)

    def known(self, site: Site, key: WalkKey, since: str, now: str) -> Known | None:
        """Return what is known of a listing from a complete walk begun after `since`; None if there is none."""
        return known_of(self.db, site, key, since, now)

    def held_page(self, url: str, readers: str) -> HeldPage | None:
        """Return the page held of an address (as in `Validators`) that can be asked about; None if there is none."""
        return held_page(self.db, url, readers)

    def held_captures(self, run: int, listing: str) -> list[HeldCapture]:
        """Return the captures of a listing that are held; the run tells of their walks, as if it had brought them."""
        held = held_captures(self.db, listing)
        with self._writing():
            for order, scope in sorted({(capture.order, capture.scope) for capture in held}, key=str):
                self._walk(run, WalkKey("captured", listing, order, scope=scope))
        return held

    def share_capture(self, run: int, key: WalkKey, url: str, captured_at: str) -> None:
        """Let a page that is held be one of another walk too."""
        with self._writing():
            copy_page(self.db, url, captured_at, self._walk(run, key))

    def add_failure(
        self,
        run: int,
        capture: Capture,
        listing: str | None,
        reason: str,
        message: str,
        text: str,
        wanted: str | None = None,
    ) -> None:
        """Keep a whole page that could not be read, or not be fetched; `text` is what it begins with.

        `wanted` is document or file where it was to be no page of a listing. Of what a run wanted, the last failure
        alone is kept.
        """
        digest = capture.digest if capture.body else None  # of what never came there is none
        with self._writing():
            asked = wanted is not None and self._wants(run)
            if asked:
                identity = digest_of("wanted", wanted, capture.url)
            else:
                owner = run if listing is not None else 0  # a saved page is one, however often it is replayed
                where = (capture.file, capture.offset) if capture.offset is not None else (capture.file,)
                identity = digest_of(owner, capture.url, *where, capture.digest, reason, *([wanted] if wanted else []))
            self.db.execute(
                f"INSERT OR {'REPLACE' if asked else 'IGNORE'} INTO reject"
                " VALUES (?, ?, NULL, NULL, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?)",
                (identity, run, capture.url, capture.file, digest, listing, reason, message, text, capture.offset,
                 wanted),
            )  # fmt: skip

    def _wants(self, run: int) -> bool:
        """Return whether a run asks somebody for what it wants; a replay of files takes what is there."""
        query = "SELECT kind = 'crawl' OR wanted IS NOT NULL FROM run WHERE id = ?"
        return bool(self.db.execute(query, (run,)).fetchone()[0])

    def _walk(self, run: int, key: WalkKey) -> int:
        """Return the number of a walk; begin it if it is new, as the pass after the one before it if that is held."""
        identity = key.identity(run, key.number)
        self.db.execute(
            "INSERT INTO walk (identity, kind, listing, label, sort, scope, proving, begun, pass, before, run, crawl)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT id FROM walk WHERE identity = ?), ?, ?)"
            " ON CONFLICT (identity) DO UPDATE SET run = excluded.run, proving = excluded.proving",
            (identity, key.kind, key.listing, key.label, key.sort, key.scope, key.proving, key.owner(run), key.number,
             key.identity(run, key.number - 1), run, key.crawl),
        )  # fmt: skip
        walk = int(self.db.execute("SELECT id FROM walk WHERE identity = ?", (identity,)).fetchone()[0])
        if key.crawl is not None:  # snapshots may be replayed in any order
            after = key.identity(run, key.number + 1)
            self.db.execute("UPDATE walk SET before = ? WHERE identity = ?", (walk, after))
        return walk
