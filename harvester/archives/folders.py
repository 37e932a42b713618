"""Every file below a folder, in the order of names; links are not followed, what leads out is told of."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from harvester.archives.finds import Damaged, PassedOver
from harvester.archives.places import Place, printable
from harvester.errors import UnsafeMember


def open_files(folder: Path) -> Iterator[tuple[BinaryIO, Place] | Damaged | PassedOver]:
    """Yield each file below a folder, open until the next is asked for, or what is wrong with it.

    `file` is named from the folder as given, so that it is the same wherever the folder lies. A link to what lies in
    the folder is passed over, since that is read where it lies; so there are no loops.
    """
    top = os.path.realpath(folder)
    name = folder.name if folder.name not in {"", ".."} else Path(top).name
    yield from _below(top, top, Place(printable(name), (name,)))


def _below(folder: str, top: str, place: Place) -> Iterator[tuple[BinaryIO, Place] | Damaged | PassedOver]:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: os.fsencode(entry.name))
    except OSError as error:
        yield place.damaged(error)
        return
    for entry in entries:
        where = Place(f"{place.file}/{printable(entry.name)}", (*place.parts, entry.name))
        if entry.is_symlink():
            yield _link(entry.path, top, where)
        elif entry.is_dir(follow_symlinks=False):
            yield from _below(entry.path, top, where)
        elif not entry.is_file(follow_symlinks=False):
            yield where.damaged(UnsafeMember("it is no file but a device, a pipe or a socket"))
        else:
            yield from _open(entry.path, where)


def _open(path: str, place: Place) -> Iterator[tuple[BinaryIO, Place] | Damaged]:
    try:
        # What was a file may have become a link or a pipe, at which a reader would wait for ever.
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        yield place.damaged(error)
        return
    with os.fdopen(number, "rb", buffering=65_536) as stream:
        if stat.S_ISREG(os.fstat(number).st_mode):
            yield stream, place
        else:
            yield place.damaged(UnsafeMember("it is no file but a device, a pipe or a socket"))


def _link(path: str, top: str, place: Place) -> Damaged | PassedOver:
    target = os.path.realpath(path)
    if not os.path.lexists(target):
        return place.damaged(UnsafeMember("it is a link that leads nowhere"))
    if os.path.commonpath([target, top]) != top:
        return place.damaged(UnsafeMember("it is a link that leads out of the folder"))
    return PassedOver("link")
