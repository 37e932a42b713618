"""What a check of a dataset found wrong, and the reading of its lines."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonlines
import orjson

from harvester.errors import DatasetError

_MOST = 8


@dataclass(slots=True)
class Findings:
    """What a check found wrong; empty means that the dataset is what it says it is."""

    faults: list[str] = field(default_factory=list)
    records: int = 0

    def add(self, fault: str) -> None:
        """Note a fault; after the first few only their number grows."""
        self.faults.append(fault)

    def told(self) -> list[str]:
        """Return the faults for people, the first few of them."""
        more = len(self.faults) - _MOST
        return self.faults[:_MOST] + ([f"... and {more} more"] if more > 0 else [])


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON Lines file; raises DatasetError, naming the line, where one cannot be read."""
    try:
        with path.open("rb") as file:
            yield from jsonlines.Reader(file, loads=orjson.loads).iter(type=dict)
    except (OSError, jsonlines.Error) as error:
        line = f", line {error.lineno}" if isinstance(error, jsonlines.InvalidLineError) else ""
        raise DatasetError(f"{path}{line} cannot be read: {error}") from error
