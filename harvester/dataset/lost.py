"""What is still known of a dataset's runs and changes where its ledger is damaged or lost: what its files tell."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from harvester.dataset.findings import read_lines
from harvester.dataset.package import CHANGES
from harvester.dataset.publish import open_dataset
from harvester.dataset.writing import digest_file
from harvester.errors import DatasetError
from harvester.ledger import Ledger


def last_run_told(folder: Path) -> int:
    """Return the greatest number of a run that any file of a dataset tells of, 0 if none does."""
    numbers = [line.get("run") for line in _readable_lines(folder)]
    try:
        told = orjson.loads((folder / "coverage.json").read_bytes())
        numbers += [listing["last_run"]["run"] for listing in told["listings"]]
    except (OSError, ValueError, KeyError, TypeError):
        pass  # it may be what is damaged; then the other file alone tells
    return max((number for number in numbers if isinstance(number, int)), default=0)


def take_published_feed(folder: Path, ledger: Ledger) -> list[str]:
    """Let a ledger go on with the change feed that a dataset has published; return what is to be said of it.

    Only a feed that is as it was published can be gone on with; else another begins, whose numbers no line had before.
    """
    published = _digest(folder)
    if published is None:
        if not (folder / CHANGES).exists():
            return []  # an earlier program published none
    elif (folder / CHANGES).is_file() and digest_file(folder / CHANGES) == published:
        ledger.take_over(read_lines(folder / CHANGES))
        return [f"The ledger was lost; {CHANGES} goes on from what was published."]
    numbers = [line.get("seq") for line in _readable_lines(folder)]
    last = max((number for number in numbers if isinstance(number, int)), default=0)
    ledger.begin_feed_after(last)
    return [f"Ledger and {CHANGES} were lost: its numbers go on after {last}, but whoever reads it must begin anew."]


def _digest(folder: Path) -> str | None:
    """Return the digest under which the feed was published; None if it was not, or nothing tells any more."""
    try:
        resources = open_dataset(folder)["resources"]
        return next((str(one["hash"]) for one in resources if one["path"] == CHANGES), None)
    except (DatasetError, KeyError, TypeError):
        return None


def _readable_lines(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a feed that can still be read."""
    try:
        with (folder / CHANGES).open("rb") as lines:
            for text in lines:
                try:
                    line = orjson.loads(text)
                except ValueError:
                    continue
                if isinstance(line, dict):
                    yield line
    except OSError:
        return
