"""What is kept of a dataset's past: nothing of it is removed unless somebody has said how much is to stay."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from harvester.dataset.snapshots import FOLDER

# As crawls name their snapshots: their time without colons. Whatever else lies there is somebody else's.
_OWN = re.compile(r"\d{4}-\d\d-\d\dT\d{6}\.\d{6}Z\.wacz")


@dataclass(frozen=True, slots=True)
class Retention:
    """How many snapshots stay, the newest, and for how long versions of records do; None keeps all."""

    snapshots: int | None = None
    versions: timedelta | None = None

    def versions_since(self, now: datetime) -> str | None:
        """Return the time (UTC) before which versions are folded into one a record; None if none are."""
        return None if self.versions is None else (now - self.versions).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def remove_snapshots(self, folder: Path, newest: str) -> list[str]:
        """Remove what there are too many of, never the newest; return what is to be said of it.

        `newest` is the name of that, as a clock may be wrong for a night.

        A snapshot that cannot be removed harms nothing: it is told of, and tried again after the next run.
        """
        if self.snapshots is None:
            return []
        own = [path for path in (folder / FOLDER).glob("*.wacz") if _OWN.fullmatch(path.name)]
        own.sort(key=lambda path: (path.name == newest, path.name))
        removed, left = [], []
        for path in own[: -max(self.snapshots, 1)]:
            try:
                path.unlink()
                removed.append(path.name)
            except OSError as error:
                left.append(f"{path} is to be removed, and cannot be: {error.strerror}")
        return [*_say_removed(removed, max(self.snapshots, 1)), *left[:1]]


def _say_removed(names: list[str], kept: int) -> list[str]:
    if not names:
        return []
    which = names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
    stay = "1 is kept" if kept == 1 else f"{kept} are kept"
    return [f"Removed {len(names)} older snapshot{'s' * (len(names) > 1)}, as {stay}: {which}"]
