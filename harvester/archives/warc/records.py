"""Splits an archive into its records, and finds the next one after damage."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from harvester.archives.finds import Damaged
from harvester.archives.warc.fields import RECORD_START, Fields
from harvester.archives.warc.packing import RECORD
from harvester.archives.warc.stream import Archive
from harvester.archives.warc.window import Window
from harvester.errors import BrokenRecord, CutRecord, EmptyArchive, PageError

MOST_HEAD = 64 * 1024  # bytes; a head with a long address has 2,000
_END = b"\r\n\r\n"
_VERSION = re.compile(r"WARC/\d+\.\d+\s*")


@dataclass(frozen=True, slots=True)
class Record:
    """A record that lies whole in its archive: `block` is as much of its `length` bytes as was wanted."""

    offset: int
    fields: Fields
    block: bytes
    length: int

    @property
    def url(self) -> str | None:
        """Return its address."""
        return target_of(self.fields)


def target_of(fields: Fields) -> str | None:
    """Return the address of a record, without the brackets that wget puts round it."""
    target = fields.first("warc-target-uri")
    return target.removeprefix("<").removesuffix(">").strip() or None if target else None


def split_records(archive: Archive, file: str, wanted: Callable[[Fields], int]) -> Iterator[Record | Damaged]:
    """Yield the records of an archive, and what is damaged between them.

    `wanted` says how many bytes of a record's block are to be held; the rest is passed over.
    """
    empty = True
    while True:
        try:
            if not archive.next_part():
                break
        except PageError as error:
            empty = False
            yield damaged(error, file, archive.place())
            archive.resync()
        else:
            for record in _split_part(archive, file, wanted):
                empty = False
                yield record
    if empty:
        yield damaged(EmptyArchive("it holds no record"), file, 0)


def _split_part(archive: Archive, file: str, wanted: Callable[[Fields], int]) -> Iterator[Record | Damaged]:
    window = archive.window
    while True:
        fields, place, start = Fields({}), archive.place(), window.offset
        try:
            window.skip_any(b"\r\n")
            if not window.ahead(1):
                return
            archive.mark()
            place, start = archive.place(), window.offset
            fields = _read_head(window)
            record = _read_record(window, place, fields, wanted(fields))
        except PageError as error:
            yield damaged(error, file, place, target_of(fields))
            if not _recover(archive, start):
                return
        else:
            yield record


def _recover(archive: Archive, start: int) -> bool:
    """Go to the next record in this part; return False if it is given up, or has none."""
    if archive.resync():
        return False
    try:
        archive.window.rewind(start + 1)
        return archive.window.find(RECORD_START)
    except PageError:  # the damage goes on: what was reported stands for all of it
        archive.resync()
        return False


def _read_head(window: Window) -> Fields:
    first = window.peek(len(RECORD))
    if not first.startswith(RECORD):
        if RECORD.startswith(first):
            raise CutRecord("the file ends inside the first line of a record")
        raise BrokenRecord("no record begins here")
    head = window.take_head(MOST_HEAD)
    if head is None:
        if window.ahead(MOST_HEAD) < MOST_HEAD:
            raise CutRecord("it ends inside the head of a record")
        raise BrokenRecord(f"the head of the record has more than {MOST_HEAD:,} bytes")
    version, _, rest = head.decode("utf-8", "replace").partition("\n")
    if _VERSION.fullmatch(version) is None:
        raise BrokenRecord("the first line of the record names no version of WARC")
    return Fields.parse(rest)


def _read_record(window: Window, place: int, fields: Fields, wanted: int) -> Record:
    length = fields.number("content-length")
    if length is None:
        raise BrokenRecord("the record does not say how long it is")
    block = window.take(min(length, wanted))
    here = len(block) + window.skip(length - len(block))
    if here < length:
        raise CutRecord(f"the record ends {length - here:,} bytes before its announced length of {length:,}")
    if window.peek(len(_END)) == _END:
        window.skip(len(_END))
    else:
        window.skip_any(b"\r\n")
        if not RECORD.startswith(window.peek(len(RECORD))):
            raise BrokenRecord(f"the record is not as long as it says ({length:,} bytes)")
    window.ahead(1)  # the end of the packed member, with its checksum, is read before the record is believed
    return Record(place, fields, block, length)


def damaged(error: PageError, file: str, place: int, url: str | None = None) -> Damaged:
    """Return an error as the damage of a record, its place noted in it."""
    error.where = f"{file}, byte {place:,}"
    return Damaged(error, file, place, url)
