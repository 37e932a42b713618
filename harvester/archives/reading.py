"""Reads whatever was given, a file or a folder: found from its bytes, streamed, and never unpacked to disk."""

from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import cast

from harvester.archives.finds import Find, Judge, PassedOver
from harvester.archives.folders import open_files
from harvester.archives.kinds import HEAD, Kind, kind_of, packed_kind, unread_name
from harvester.archives.members import Member
from harvester.archives.mirrors import mirrored_url
from harvester.archives.places import Place, printable
from harvester.archives.saved import read_file, read_page
from harvester.archives.tars import read_members
from harvester.archives.unpacking import Unpacking
from harvester.archives.wacz import is_office, is_wacz, open_zip, read_package
from harvester.archives.warc import Payloads, read_warc
from harvester.errors import PageError, UnreadKind, UsageProblem
from harvester.harvest.wishes import Wish

_CACHE = "hts-cache"  # where HTTrack keeps, once more, what it has mirrored
_PACKED = (Kind.GZIP, Kind.ZSTD)


def read_archive(path: Path, judge: Judge, payloads: Payloads) -> Iterator[Find]:
    """Yield what a file holds, or each file below a folder, in the order of names.

    `judge` says which captures are passed over unread. Raises UsageProblem if there is nothing at `path`, or it may
    not be read.
    """
    if path.is_dir():
        yield from _read_folder(path, judge, payloads)
        return
    if not path.is_file():
        raise UsageProblem(f"there is no file or folder {path}")
    try:
        stream = cast(BufferedReader, path.open("rb", buffering=HEAD))
    except OSError as error:
        raise UsageProblem(f"{path} cannot be read: {error.strerror}") from error
    with stream:
        yield from read_stream(stream, Place(printable(path.name), path.parts, alone=True), judge, payloads)


def _read_folder(path: Path, judge: Judge, payloads: Payloads) -> Iterator[Find]:
    found = None
    for found in open_files(path):
        if isinstance(found, tuple):
            yield from read_stream(cast(BufferedReader, found[0]), found[1], judge, payloads)
        else:
            yield found
    if found is None:
        raise UsageProblem(f"{path} holds nothing", advice="Give the folder that holds the captures.")


def read_stream(stream: BufferedReader, place: Place, judge: Judge, payloads: Payloads) -> Iterator[Find]:
    """Yield what a stream holds, whatever it is; what cannot be read is told of once."""
    if (find := _find_file(stream, place, judge)) is not None:
        yield find
        return
    try:
        head = stream.peek(HEAD)
        kind = kind_of(head)
        inner = packed_kind(head) if kind in _PACKED else kind
        if inner is Kind.WARC:
            yield from read_warc(stream, place.file, judge, payloads)
        elif inner is Kind.TAR:
            yield from _read_tar(stream, kind, place, judge, payloads)
        elif kind is Kind.ZIP:
            yield from _read_zip(stream, head, place, judge, payloads)
        elif kind in _PACKED:
            yield from _read_packed(stream, inner, place, judge)
        elif kind is Kind.UNREAD:
            yield _not_read(f"{unread_name(head)} is not read", place, judge)
        else:
            yield from read_page(stream, head, place, judge)
    except (PageError, OSError) as error:
        yield place.damaged(error)


def _find_file(stream: BufferedReader, place: Place, judge: Judge) -> Find | None:
    """Return what becomes of a document's file, told by a mirror's path; None for all else.

    It may be an archive itself, and is not opened.
    """
    url = mirrored_url(place.parts, judge)
    judged = judge(url) if url is not None else None
    if url is not None and judged is Wish.FILE:
        return read_file(stream, place, url)
    return PassedOver("file") if judged == "file" and not place.alone else None


def _read_tar(stream: BufferedReader, kind: Kind, place: Place, judge: Judge, payloads: Payloads) -> Iterator[Find]:
    if place.inside:
        yield _not_read("a tar archive inside another is not opened", place, judge)
        return
    plain = BufferedReader(Unpacking(stream), HEAD) if kind in _PACKED else stream
    for found in read_members(plain):
        if isinstance(found, Member):
            yield from read_stream(BufferedReader(found.body, HEAD), place.member(found.name), judge, payloads)
        else:
            yield (place.member(found.name) if found.name is not None else place).damaged(found.error)


def _read_packed(stream: BufferedReader, inner: Kind | None, place: Place, judge: Judge) -> Iterator[Find]:
    """Read one page that was packed by itself."""
    if inner in {*_PACKED, Kind.ZIP, Kind.UNREAD}:
        yield _not_read("an archive inside another is not opened", place, judge)
        return
    plain = BufferedReader(Unpacking(stream), HEAD)
    yield from read_page(plain, plain.peek(HEAD), place, judge)


def _read_zip(stream: BufferedReader, head: bytes, place: Place, judge: Judge, payloads: Payloads) -> Iterator[Find]:
    """Read a WACZ. In a tar archive only the first entry's name can be had, since what comes there goes by."""
    if place.inside:
        first = head[30 : 30 + int.from_bytes(head[26:28], "little")].decode("utf-8", "replace")
        yield (
            PassedOver("content-type")
            if is_office([first])
            else _not_read("a ZIP file inside a tar archive is not opened", place, judge)
        )
        return
    with open_zip(stream) as archive:
        names = archive.namelist()
        if is_wacz(names):
            yield from read_package(archive, place, judge, payloads)
        elif is_office(names[:5]) and not place.alone:
            yield PassedOver("content-type")
        else:
            yield _not_read("a ZIP file that is no WACZ is not read", place, judge)


def _not_read(why: str, place: Place, judge: Judge) -> Find:
    """Return that an archive is not read; what a mirror's path calls another page of the site is passed over."""
    if _CACHE in place.parts:
        return PassedOver("cache")
    url = None if place.alone else mirrored_url(place.parts, judge)
    judged = judge(url) if url is not None else None
    if judged is Wish.DOCUMENT:
        return PassedOver("document-file")
    return PassedOver(judged) if isinstance(judged, str) else place.damaged(UnreadKind(why))
