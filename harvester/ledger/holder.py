"""Who holds a ledger: a note beside it, believed only while SQLite's own lock says that somebody does."""

import json
import os
import platform
from contextlib import suppress
from pathlib import Path


def holder_path(ledger: Path) -> Path:
    """Return where the note about a ledger lies."""
    return ledger.with_name(f".{ledger.name}.holder")


def note_holder(ledger: Path, since: str) -> None:
    """Write down that this process holds a ledger; a note that a killed process left is overwritten."""
    note = {"pid": os.getpid(), "host": platform.node(), "since": since}
    holder_path(ledger).write_text(json.dumps(note), encoding="utf-8")


def forget_holder(ledger: Path) -> None:
    """Remove the note; a folder that has become unwritable keeps it, which harms nobody."""
    with suppress(OSError):
        holder_path(ledger).unlink(missing_ok=True)


def held_since(ledger: Path) -> str | None:
    """Return since when a ledger is held (UTC), of one that is; None if its holder has not written it yet."""
    try:
        return str(json.loads(holder_path(ledger).read_text(encoding="utf-8"))["since"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def say_holder(ledger: Path) -> str:
    """Return who holds a ledger, for people."""
    try:
        note = json.loads(holder_path(ledger).read_text(encoding="utf-8"))
        return f"process {note['pid']} on {note['host']}, since {note['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"  # it has not written its note yet
