"""Numbers a process's operations on a folder and its database, and strikes at one of them: a kill, an error.

Only a child that was forked for one crawl may be watched: what is put in place here is never taken away.
"""

import io
import os
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harvester.dataset import publish

from .strikes import IN_DATABASE, Fail, Kill, Place, die


class Operations:
    """Counts what passes, and lets it be struck."""

    def __init__(self, strike: Kill | Fail | None, note: Callable[[str], object] = lambda kind: None) -> None:
        self.strike = strike
        self.note = note
        self.all = 0
        self.files = 0

    def run(self, kind: str, do: Callable[[], Any]) -> Any:
        """Do an operation of a kind: sql, close, create, write, or what `os` calls it."""
        places = self._begin(kind)
        result = do()
        if self.strike is not None:
            self.strike.after(places)
        return result

    def write(self, data: Any, put: Callable[[Any], int]) -> int:
        """Do a write to a file; a kill within leaves half of it."""
        places = self._begin("write")
        if self.strike is not None and self.strike.cuts(places):
            put(memoryview(data)[: len(data) // 2])
            die()
        written = put(data)
        if self.strike is not None:
            self.strike.after(places)
        return written

    def _begin(self, kind: str) -> tuple[Place, Place]:
        self.all += 1
        self.files += kind not in IN_DATABASE
        self.note(kind)
        places = Place(self.all), Place(self.files if kind not in IN_DATABASE else 0, of_files=True)
        if self.strike is not None:
            self.strike.before(kind, places)
        return places


def watch(folder: Path, operations: Operations) -> None:
    """Let every operation of this process on a folder, and every statement to a database, pass by `operations`."""
    _watch_statements(operations)
    _watch_names(folder, operations)
    _watch_files(operations)


def _watch_statements(operations: Operations) -> None:
    class Cursor(sqlite3.Cursor):
        def execute(self, *args: Any) -> Any:
            return operations.run("sql", lambda: super(Cursor, self).execute(*args))

    class Connection(sqlite3.Connection):
        def execute(self, *args: Any) -> Any:
            return operations.run("sql", lambda: super(Connection, self).execute(*args))

        def executemany(self, *args: Any) -> Any:
            return operations.run("sql", lambda: super(Connection, self).executemany(*args))

        def executescript(self, *args: Any) -> Any:
            return operations.run("sql", lambda: super(Connection, self).executescript(*args))

        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

        def close(self) -> None:
            operations.run("close", super().close)

    connect = sqlite3.connect
    sqlite3.connect = lambda *args, **kwargs: operations.run(
        "sql", lambda: connect(*args, **{**kwargs, "factory": Connection})
    )


def _watch_names(folder: Path, operations: Operations) -> None:
    """Watch what makes, renames, removes and syncs: of this folder only, as Scrapy and asyncio have files too."""

    def watched(name: str) -> None:
        original = getattr(os, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            if not isinstance(args[0], int) and folder not in (Path(args[0]), *Path(args[0]).parents):
                return original(*args, **kwargs)
            return operations.run(name, lambda: original(*args, **kwargs))

        setattr(os, name, call)

    for name in ("open", "mkdir", "rmdir", "unlink", "replace", "fsync"):
        watched(name)


def _watch_files(operations: Operations) -> None:
    class File(io.FileIO):
        """Writes as the system is asked to: a buffer at a time."""

        def write(self, data: Any) -> int:
            return operations.write(data, super().write)

    open_any = Path.open

    def open_path(self: Path, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        if mode != "wb":
            return open_any(self, mode, *args, **kwargs)
        return operations.run("create", lambda: io.BufferedWriter(File(self, "wb")))

    def open_spool(**kwargs: Any) -> Any:
        with tempfile.TemporaryFile(**kwargs) as spool:
            return io.BufferedRandom(File(os.dup(spool.fileno()), "r+b"))

    Path.open = open_path
    publish.TemporaryFile = open_spool
