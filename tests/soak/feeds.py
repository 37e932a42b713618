"""What must be true of a change feed after any kill: each number means what it meant when it was first told."""

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from harvester.dataset.package import CHANGES
from harvester.dataset.publish import publish
from harvester.identity import content_digest
from harvester.ledger import Ledger, change_lines
from harvester.sites import find_site

from .consumer import Consumer

WILSON = "wilson"


def make_yesterday(today: Path, folder: Path) -> None:
    """Make a dataset as it may have been before: three titles were others, one record had another address.

    The crawl of today then tells of changes of most kinds; one complete walk is enough to withdraw.
    """
    shutil.copytree(today, folder)
    with closing(Ledger(folder, WILSON)) as ledger:
        ledger.db.execute("INSERT OR REPLACE INTO meta VALUES ('withdraw_after', '1')")
        rows = ledger.db.execute(
            "SELECT id, url, date_text, title, summary FROM content ORDER BY id LIMIT 4"
        ).fetchall()
        for number, url, date, title, summary in rows:
            said = (f"{url}-gone-since", date, title) if number == rows[0][0] else (url, date, f"{title}, a draft")
            ledger.db.execute(
                "UPDATE content SET url = ?, date_text = ?, title = ?, digest = ? WHERE id = ?",
                (*said, content_digest(*said, summary), number),
            )
        publish(ledger, find_site(WILSON))


def told(folder: Path) -> list[bytes]:
    """Return the feeds that were told of: the published one, and that of the ledger, which may be ahead of it.

    A copy is looked at, as looking repairs.
    """
    feeds = [(folder / CHANGES).read_bytes()] if (folder / CHANGES).exists() else []
    with TemporaryDirectory(prefix="soak-") as name:
        for file in folder.glob("ledger.sqlite*"):
            shutil.copy(file, name)
        copy = Path(name) / "ledger.sqlite"
        if copy.exists():
            with closing(sqlite3.connect(copy)) as db:
                if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'change'").fetchone():
                    feeds.append(b"".join(orjson.dumps(line) + b"\n" for line in change_lines(db)))
    return feeds


def feed_wrongs(folder: Path, earlier: Sequence[bytes]) -> list[str]:
    """Return what is wrong with the feed of a whole dataset, of which earlier feeds were told."""
    feed = (folder / CHANGES).read_bytes()
    wrongs = ["a number of the feed means something else than before" for old in earlier if not feed.startswith(old)]
    changes = [orjson.loads(line) for line in feed.splitlines()]
    if [change["seq"] for change in changes] != [*range(1, len(changes) + 1)]:
        wrongs.append("the numbers of the feed have gaps")
    if Consumer().apply(changes).lines() != (folder / "records.jsonl").read_bytes():
        wrongs.append("the feed applied from nothing is not records.jsonl")
    return wrongs
