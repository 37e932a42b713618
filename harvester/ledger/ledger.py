"""The dataset's own database: what pages said, each written in one transaction."""

from collections.abc import Iterable

from harvester.captures import Capture
from harvester.harvest.confirmed import HeldPage
from harvester.harvest.known import Known
from harvester.items import Address, Document, Reading
from harvester.ledger.captured import HeldCapture, copy_page, held_captures
from harvester.ledger.chronicle import Chronicle
from harvester.ledger.documents import DocumentWriter
from harvester.ledger.files import FetchedFile, add_file
from harvester.ledger.held import HeldWalk, held_walk
from harvester.ledger.incremental import known_of, stop_walk
from harvester.ledger.keys import WalkKey, digest_of
from harvester.ledger.pages import PageWriter
from harvester.ledger.validators import add_validators, held_page
from harvester.sites import Site


class Ledger(Chronicle):
    """Opens (or begins) the ledger of a dataset folder, and holds it alone until closed.

    Raises DatasetError if another process holds it, if it is damaged, or if the folder cannot be written.
    """

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
