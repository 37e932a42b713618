"""A ledger looked into while anything may happen to it: it is never written, nor is anything beside it.

To open it as usual would leave files of SQLite's beside it, wait for a harvest that holds it, or keep one from
beginning. So a ledger at rest is read as it lies; of one that has pending writes (a harvest holds it, or was killed) a
copy is read that is known to be of one moment.
"""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep, time_ns
from typing import TypeVar
from urllib.parse import quote

from harvester.errors import DatasetBusy, DatasetDamaged, DatasetError
from harvester.ledger.faults import explain_fault
from harvester.ledger.store import FILE, FORMAT

T = TypeVar("T")

_TRIES, _PAUSE = 40, 0.05  # a harvest that publishes writes the file itself for moments only
# A file system may give two writes this close to each other one time (a tick of Linux's is 10 ms at most).
_TICK = 20_000_000  # nanoseconds
_HEAD = 32  # bytes: the log's header, whose salts change when it is begun anew

State = tuple[int, int, bytes]


def read_ledger(folder: Path, ask: Callable[[sqlite3.Connection], T]) -> T:
    """Return what `ask` finds in a dataset's ledger; it may be called again if the ledger changed meanwhile.

    Raises DatasetError if the ledger is missing, damaged, of a newer format, or never at rest.
    """
    path = folder / FILE
    if not path.is_file():
        raise DatasetDamaged(f"{folder} has no {FILE}")
    for _ in range(_TRIES):
        error: OSError | sqlite3.Error | None = None
        try:
            before = _state(path)
            told = _ask_copy(path, ask) if before[2] else _ask_file(path, ask)
            if before == _state(path) and _is_settled(before):
                return told
        except FileNotFoundError:  # the log was there and is gone: the harvest has just ended
            pass
        except (OSError, sqlite3.Error) as fault:  # may be of a read in between; it is told if it is there at rest
            error = fault
            if before == _state(path) and _is_settled(before):
                raise explain_fault(error, path) from error
        sleep(_PAUSE)
    raise DatasetBusy(f"{folder} is written all the time; its history could not be read")


def check_format(db: sqlite3.Connection, path: Path) -> None:
    """Raise DatasetError unless this is a ledger that can be understood: of this format or an earlier one."""
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
        raise DatasetDamaged(f"{path} is no ledger")
    (held,) = db.execute("SELECT value FROM meta WHERE name = 'format'").fetchone() or ("none",)
    if not str(held).isdigit() or int(held) > int(FORMAT):
        raise DatasetError(
            f"{path} has format {held}; this version reads {FORMAT} and older ones", advice="Use a newer version."
        )


def _state(path: Path) -> State:
    """Return what differs if the file itself was written, or its log begun anew."""
    stat = path.stat()
    try:
        with _log(path).open("rb") as log:
            head = log.read(_HEAD)
    except FileNotFoundError:
        head = b""
    return stat.st_size, stat.st_mtime_ns, head


def _is_settled(state: State) -> bool:
    """Return whether another write would have shown in the file's time."""
    return not 0 <= time_ns() - state[1] < _TICK


def _log(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _ask_file(path: Path, ask: Callable[[sqlite3.Connection], T]) -> T:
    with closing(sqlite3.connect(f"file:{quote(str(path.resolve()))}?immutable=1", uri=True)) as db:
        check_format(db, path)
        return ask(db)


def _ask_copy(path: Path, ask: Callable[[sqlite3.Connection], T]) -> T:
    """Ask a copy, which is of one moment if the file was not written nor the log begun anew meanwhile.

    What the log got last may be copied in part: SQLite leaves out what is no whole transaction. Raises DatasetError if
    there is no room for a copy.
    """
    with TemporaryDirectory(prefix="harvest-") as place:
        copy = Path(place) / path.name
        try:
            shutil.copyfile(_log(path), _log(copy))
            shutil.copyfile(path, copy)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise DatasetError(
                f"{path} has pending writes, and no copy of it could be made: {error.strerror}",
                advice="Make room for temporary files, or wait until the harvest has ended.",
            ) from error
        with closing(sqlite3.connect(f"file:{quote(str(copy))}?mode=ro", uri=True)) as db:
            check_format(db, path)
            return ask(db)
