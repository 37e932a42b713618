"""Tells whether somebody holds a ledger, without taking part: no lock is taken, no file written."""

import json
import os
import platform
import struct
import sys
from dataclasses import dataclass
from pathlib import Path

from harvester.ledger.holder import holder_path

# Where SQLite locks a database file (its file format document, 1.2: "the locking page"), and Linux's struct flock.
_LOCKED_FROM, _LOCKED_BYTES = 0x4000_0000, 512
_FLOCK = "hhqqi4x"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a ledger: process, machine, since when (UTC); None what is not known, as it is just beginning."""

    pid: int | None = None
    host: str | None = None
    since: str | None = None


def held_by(ledger: Path) -> Holder | None:
    """Return who holds a ledger; None if nobody does, whatever note a killed process has left.

    Must not be asked by a process that holds the ledger itself: to close the file would let go of its lock.
    """
    note = _note(ledger)
    if sys.platform == "linux":
        return (note or Holder()) if _is_locked(ledger) else None
    return note if note is not None and _is_alive(note) else None


def _note(ledger: Path) -> Holder | None:
    try:
        note = json.loads(holder_path(ledger).read_text(encoding="utf-8"))
        return Holder(int(note["pid"]), str(note["host"]), str(note["since"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _is_locked(ledger: Path) -> bool:
    import fcntl

    asked = struct.pack(_FLOCK, fcntl.F_RDLCK, os.SEEK_SET, _LOCKED_FROM, _LOCKED_BYTES, 0)
    try:
        with ledger.open("rb") as file:
            told = fcntl.fcntl(file, fcntl.F_GETLK, asked)
    except OSError:
        return False
    return bool(struct.unpack(_FLOCK, told)[0] != fcntl.F_UNLCK)


def _is_alive(note: Holder) -> bool:
    """Return whether there is a process of that number; of another machine's only its own lock could tell."""
    if note.host != platform.node() or note.pid is None:
        return True
    try:
        os.kill(note.pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # it is another user's
    return True
