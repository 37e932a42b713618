"""JSON Lines: the records as they are published, into a file or onto standard output."""

import sys
from typing import IO

import orjson

from harvester.errors import DestinationError
from harvester.exports.destination import Options
from harvester.exports.exported import Exported
from harvester.exports.placing import placing
from harvester.exports.source import Source


def export(source: Source, target: str, options: Options) -> Exported:
    """Write a line a record, the same bytes as in records.jsonl.

    Raises BrokenPipeError if nobody reads standard output any more, DestinationError if it cannot be written.
    """
    if target == "-":
        return Exported(_put_out(source))
    with placing(target) as path, path.open("wb") as file:
        return Exported(_write(source, file))


def _put_out(source: Source) -> int:
    try:
        return _write(source, sys.stdout.buffer)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise DestinationError(
            f"standard output cannot be written: {error.strerror or error}", advice="What has come there is not all."
        ) from error


def _write(source: Source, file: IO[bytes]) -> int:
    count = 0
    for record in source.records():
        file.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))
        count += 1
    file.flush()
    return count
