"""What may strike a process at an operation on its disk: a kill before, within or after it; an error of the disk."""

import errno
import os
import signal
import sqlite3
from dataclasses import dataclass

IN_DATABASE = frozenset({"sql", "close"})
_NEED_NO_ROOM = frozenset({"unlink", "rmdir"})
# What SQLite says of these errors of the system.
_SQLITE_SAYS = {errno.ENOSPC: "database or disk is full", errno.EIO: "disk I/O error"}


@dataclass(frozen=True, slots=True)
class Place:
    """An operation of a process: the n-th of all, or the n-th on files, statements to the database not counted."""

    number: int
    of_files: bool = False


@dataclass(frozen=True, slots=True)
class Kill:
    """Kill this very process before an operation, after it, or within (of a write: when half of it is done)."""

    place: Place
    when: str

    def before(self, kind: str, places: tuple[Place, Place]) -> None:
        if self.place in places and self.when == "before":
            die()

    def cuts(self, places: tuple[Place, Place]) -> bool:
        return self.place in places and self.when == "within"

    def after(self, places: tuple[Place, Place]) -> None:
        if self.place in places:
            die()


@dataclass(frozen=True, slots=True)
class Fail:
    """Fail at an operation as a disk does: there only, or from there on (a full disk still lets files be removed)."""

    place: Place
    number: int
    lasting: bool

    def before(self, kind: str, places: tuple[Place, Place]) -> None:
        struck = any(
            at.of_files == self.place.of_files
            and (at.number == self.place.number or (self.lasting and at.number > self.place.number))
            for at in places
        )
        if not struck or kind == "close" or (self.number == errno.ENOSPC and kind in _NEED_NO_ROOM):
            return
        if kind == "sql":
            raise sqlite3.OperationalError(_SQLITE_SAYS[self.number])
        raise OSError(self.number, os.strerror(self.number))

    def cuts(self, places: tuple[Place, Place]) -> bool:
        return False

    def after(self, places: tuple[Place, Place]) -> None:
        """A disk that failed has said so before."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
