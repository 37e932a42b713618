"""Loads a dataset into SQLite in a process that is made to die at one place: python loading_child.py FOLDER FILE PLACE.

A place is a step of the load ("put 3": before the third writing of rows), or a size in bytes ("size 8192"): the system
itself kills the process as it writes to any file beyond that, so in the midst of a commit too.
"""

import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harvester.exports import placing
from harvester.exports.destination import Options
from harvester.exports.source import Source
from harvester.exports.sqlite import export
from harvester.exports.sqlite.database import SqliteDatabase


def die_at(name: str, number: int) -> None:
    """Let the n-th call of a step kill this process before it is done."""
    calls = 0

    def wrap(step: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return step(*args, **kwargs)

        return run

    if name == "replace":
        Path.hardlink_to = wrap(Path.hardlink_to)  # type: ignore[method-assign]  # what gives a new file its name
    elif name == "sync":
        placing.sync_folder = wrap(placing.sync_folder)  # type: ignore[attr-defined]
    else:
        setattr(SqliteDatabase, name, wrap(getattr(SqliteDatabase, name)))


if __name__ == "__main__":
    folder, path, name, number = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    if name == "size":
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # Python ignores it, and gets an error instead
        sys.dont_write_bytecode = True  # else Python leaves a module cut off in its cache
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (number, number))
    else:
        die_at(name, number)
    with Source(Path(folder)) as source:
        export(source, path, Options())
