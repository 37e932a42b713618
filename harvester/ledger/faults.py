"""Says in a person's words what stopped the work on a dataset: somebody else, its disk, its rights, damage."""

import errno
import os
import sqlite3
from pathlib import Path

from harvester.errors import DatasetBusy, DatasetDamaged, DatasetError
from harvester.ledger.holder import say_holder

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
_FAILING = frozenset({errno.EIO, errno.EFBIG})


def explain_fault(error: OSError | sqlite3.Error, ledger: Path) -> DatasetError:
    """Return the error that a fault of the disk or of SQLite amounts to."""
    folder = ledger.parent
    # The system's own words hold a path, which may say anything.
    text, number = ("", error.errno) if isinstance(error, OSError) else (str(error), None)
    if "locked" in text or "busy" in text:
        return DatasetBusy(f"{folder} is in use by another harvest ({say_holder(ledger)})")
    if "full" in text or number in _NO_ROOM:
        return DatasetError(
            f"the disk is full at {folder}", advice="Make room and run the same command again; what was read is kept."
        )
    # SQLite says "disk I/O error" of a quota or a limit of file sizes, and of a file that it may not lock to write.
    locking = getattr(error, "sqlite_errorname", "") == "SQLITE_IOERR_LOCK"
    if number in _FAILING or ("disk I/O error" in text and not locking):
        return DatasetError(
            f"the disk failed at {folder}: {error}",
            advice="Check it and its room, and run the same command again; what was read before is kept.",
        )
    if "unable to open" in text and ledger.exists() and not os.access(ledger, os.R_OK):
        return DatasetError(f"{ledger} cannot be read", advice="See that you may read it.")
    if isinstance(error, OSError) or locking or "readonly" in text or "unable to open" in text:
        reason = "its ledger cannot be locked" if locking else getattr(error, "strerror", None) or error
        return DatasetError(
            f"{folder} cannot be written: {reason}", advice="Make it writable, or use another folder (-o)."
        )
    return DatasetDamaged(f"{ledger} is damaged: {text}")
