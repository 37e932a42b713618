"""Says in a person's words what stopped a ledger."""

import sqlite3
from pathlib import Path

from harvester.errors import DatasetBusy, DatasetDamaged, DatasetError
from harvester.ledger.holder import say_holder


def explain_fault(error: OSError | sqlite3.Error, ledger: Path) -> DatasetError:
    """Return the error that a fault of the disk or of SQLite amounts to."""
    text, folder = str(error), ledger.parent
    if "locked" in text or "busy" in text:
        return DatasetBusy(f"{folder} is in use by another harvest ({say_holder(ledger)})")
    if "full" in text or "No space left" in text:
        return DatasetError(
            f"the disk is full at {folder}", advice="Make room and run the same command again; what was read is kept."
        )
    if "disk I/O error" in text or "Input/output error" in text or "File too large" in text:
        return DatasetError(
            f"the disk failed at {folder}: {text}",
            advice="Look after the disk, then run the same command again; what was read before is kept.",
        )
    if isinstance(error, OSError) or "readonly" in text or "unable to open" in text:
        return DatasetError(
            f"{folder} cannot be written: {text}", advice="Make it writable, or use another folder (-o)."
        )
    return DatasetDamaged(f"{ledger} is damaged: {text}")
