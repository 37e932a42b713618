"""Reads whole WARC files, or the records at given places: bytes in, finds out."""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from harvester.archives.finds import Damaged, Find, Judge, PassedOver, wants_all
from harvester.archives.warc.fields import Fields
from harvester.archives.warc.packed import Packed
from harvester.archives.warc.packing import Packing, packing_of, plain_zstd
from harvester.archives.warc.pages import find_in
from harvester.archives.warc.payloads import Payloads
from harvester.archives.warc.records import Record, damaged, split_records
from harvester.archives.warc.revisits import Revisit, unresolved
from harvester.archives.warc.stream import Archive, Plain, Reader
from harvester.archives.warc.verdicts import Verdict, judge_record
from harvester.archives.warc.window import Window
from harvester.errors import BrokenRecord, EmptyArchive, PageError

# Given the offset and the address of what stands in an archive, as far as they are known.
Note = Callable[[int | None, str | None], None]


def read_warc(
    stream: BinaryIO, file: str, judge: Judge, payloads: Payloads, note: Note | None = None
) -> Iterator[Find]:
    """Yield what a WARC file holds: plain, gzip or zstd, told by its first bytes; the stream is only read forward.

    `judge` is asked before a record's block is read. A revisit whose original has not been met is left with
    `payloads`. Damage is yielded, never raised, and the rest is read. `file` names the archive in the finds.
    `note` is told where each record, or damage, stands.
    """
    reader = Reader(stream)
    raw = reader.window()
    try:
        archive = _open(raw, packing_of(raw))
    except PageError as error:  # its dictionary is lost; what was packed without one can be read
        yield damaged(error, file, 0)
        if not raw.ahead(1):
            return
        archive = Packed(raw, plain_zstd())
    for record, verdict in _judged(archive, file, judge):
        if note is not None:
            note(record.offset, record.url)
        found = _find(record, verdict, file, payloads)
        if isinstance(found, Revisit):
            found = payloads.resolve_or_leave(found)
        if found is not None and not (reader.trouble and _is_empty(found)):
            yield found
    if reader.trouble is not None:
        yield damaged(reader.trouble, file, raw.offset)


def read_record(
    stream: BinaryIO, offset: int, file: str, payloads: Payloads | None = None, judge: Judge = wants_all
) -> Find:
    """Return what stands at an offset of a seekable stream, as `Capture.offset` and an index give it.

    A revisit is resolved if `payloads` has its original, and damaged if not.
    """
    found = _find_at(stream, offset, file, payloads, judge)
    if isinstance(found, Revisit):
        return (payloads.resolve(found) if payloads is not None else None) or unresolved(found)
    return found


def _open(raw: Window, packing: Packing | None) -> Archive:
    return Plain(raw) if packing is None else Packed(raw, packing)


def _judged(archive: Archive, file: str, judge: Judge) -> Iterator[tuple[Record | Damaged, Verdict]]:
    verdict = Verdict()

    def wanted(fields: Fields) -> int:
        nonlocal verdict
        verdict = judge_record(fields, judge)
        return verdict.hold

    for record in split_records(archive, file, wanted):
        yield record, verdict


def _find(record: Record | Damaged, verdict: Verdict, file: str, payloads: Payloads | None) -> Find | Revisit | None:
    if isinstance(record, Damaged):
        return record
    if verdict.error is not None:
        return damaged(verdict.error, file, record.offset, record.url)
    if verdict.passed is not None:
        return PassedOver(verdict.passed)
    return find_in(record, file, payloads, verdict.wish) if verdict.page else None


def _find_at(stream: BinaryIO, offset: int, file: str, payloads: Payloads | None, judge: Judge) -> Find | Revisit:
    try:
        archive = _open_at(stream, offset)
    except PageError as error:
        return damaged(error, file, offset)
    for record, verdict in _judged(archive, file, judge):
        if record.offset == offset:
            return _find(record, verdict, file, payloads) or PassedOver("other")
    return damaged(BrokenRecord("no record begins here"), file, offset)


def _open_at(stream: BinaryIO, offset: int) -> Archive:
    """Return the archive from a record on; from its start, if the record is not the first of a packed member."""
    if offset < 0:
        raise BrokenRecord("no record begins here")
    stream.seek(0)
    packing = packing_of(Reader(stream).window())
    stream.seek(offset)
    archive = _open(Reader(stream).window(offset), packing)
    if isinstance(archive, Packed) and not archive.holds_record():
        stream.seek(0)
        raw = Reader(stream).window()
        return _open(raw, packing_of(raw))
    return archive


def _is_empty(found: Find) -> bool:
    return isinstance(found, Damaged) and isinstance(found.error, EmptyArchive)
