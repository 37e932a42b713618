"""JSON Lines: the records as they are published, into a file or onto standard output."""

import sys
from typing import IO

import orjson

from harvester.exports.destination import Options
from harvester.exports.exported import Exported
from harvester.exports.placing import placing
from harvester.exports.source import Source


def export(source: Source, target: str, options: Options) -> Exported:
    """Write a line a record, the same bytes as in records.jsonl."""
    if target == "-":
        return Exported(_write(source, sys.stdout.buffer))
    with placing(target) as path, path.open("wb") as file:
        return Exported(_write(source, file))


def _write(source: Source, file: IO[bytes]) -> int:
    count = 0
    for record in source.records():
        file.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))
        count += 1
    file.flush()
    return count
