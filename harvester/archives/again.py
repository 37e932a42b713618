"""Finds one capture again, by the file and offset that a line of provenance names, below folders that may hold it."""

import os
from collections.abc import Iterator, Sequence
from io import BufferedReader
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import cast

from harvester.archives.finds import Find, wants_all
from harvester.archives.kinds import HEAD, Kind, kind_of, packed_kind
from harvester.archives.places import Place, printable
from harvester.archives.reading import read_stream
from harvester.archives.wacz import is_wacz, open_zip
from harvester.archives.wacz.package import Package
from harvester.archives.warc import Payloads, read_record
from harvester.captures import Capture
from harvester.errors import PageError


def read_again(file: str, offset: int | None, below: Sequence[Path], digest: str | None = None) -> Capture | None:
    """Return the capture that lies in `file` ("folder/page", "archive#member") at an offset; None if it is not found.

    Each of `below` may be a folder that holds the file at any depth, the folder of that name, or the file itself. Of
    several files of one name the first that has such a capture counts; with `digest`, the first whose body it is, and
    a file among `below` may have any name.
    """
    inners = [inner for _, inner in _names(file)] if digest is not None else []
    named = ((path, inner) for path in below if path.is_file() for inner in inners)
    for path, inner in chain(_candidates(file, below), named):
        try:
            with path.open("rb", buffering=HEAD) as stream:
                found = _capture(cast(BufferedReader, stream), file, inner, offset)
        except (OSError, PageError):
            continue  # another file of that name may have it
        if found is not None and digest in {None, found.digest}:
            return found
    return None


def _candidates(file: str, below: Sequence[Path]) -> Iterator[tuple[Path, str | None]]:
    """Yield the files that may be meant, with the member's name in each."""
    for name, inner in _names(file):
        parts = PurePosixPath(name).parts
        for base in below:
            for path in _files(base, parts):
                yield path, inner


def _names(file: str) -> list[tuple[str, str | None]]:
    """Return the names that a file and its member may have; a name may itself hold a "#"."""
    cuts = [i for i, letter in enumerate(file) if letter == "#"]
    return [(file, None), *((file[:cut], file[cut + 1 :]) for cut in cuts)]


def _files(base: Path, parts: tuple[str, ...]) -> Iterator[Path]:
    """Yield the files below a folder whose paths end so; what stands at once where it is named comes first."""
    if base.is_file():
        if printable(base.name) == parts[-1]:
            yield base
        return
    straight = [base.joinpath(*parts), base.joinpath(*parts[1:])] if len(parts) > 1 else [base.joinpath(*parts)]
    yield from (path for path in straight if path.is_file())
    for folder, folders, names in os.walk(base):
        folders.sort()
        for name in sorted(names):
            path = Path(folder, name)
            if tuple(map(printable, path.parts[-len(parts) :])) == parts and path not in straight and path.is_file():
                yield path


def _capture(stream: BufferedReader, file: str, inner: str | None, offset: int | None) -> Capture | None:
    head = stream.peek(HEAD)
    kind = kind_of(head)
    if offset is not None and Kind.WARC in {kind, packed_kind(head) if kind in {Kind.GZIP, Kind.ZSTD} else None}:
        return _wanted(read_record(stream, offset, file)) or _scanned(stream, file, inner, offset)
    if kind is Kind.ZIP and inner is not None and offset is not None:
        with open_zip(stream) as archive:
            package = Package(archive, stream) if is_wacz(archive.namelist()) else None
            if package is not None and inner in package.entries:
                with package.open(inner) as warc:
                    return _wanted(read_record(warc, offset, file))
    return _scanned(stream, file, inner, offset)


def _scanned(stream: BufferedReader, file: str, inner: str | None, offset: int | None) -> Capture | None:
    """Return the capture by reading from the start: of a tar archive there is no index; nothing is passed over."""
    stream.seek(0)
    outer = file if inner is None else file[: -len(inner) - 1]
    with Payloads() as payloads:
        finds = read_stream(stream, Place(outer, alone=inner is None), wants_all, payloads)
        for find in _with_leftovers(finds, payloads):
            if isinstance(find, Capture) and (find.file, find.offset) == (file, offset):
                return find
    return None


def _with_leftovers(finds: Iterator[Find], payloads: Payloads) -> Iterator[Find]:
    yield from finds
    yield from payloads.leftovers()


def _wanted(find: Find) -> Capture | None:
    return find if isinstance(find, Capture) else None
