"""The ZIP file that a WACZ is: its entries checked, and opened to be read from any place; none is written anywhere."""

import stat
import struct
import zipfile
from collections.abc import Iterable
from io import BufferedReader
from typing import BinaryIO

from harvester.archives.members import Refusal, leads_out
from harvester.archives.unpacking import FREE_BYTES, MOST_RATIO
from harvester.archives.wacz.entries import Slice, Unzipped
from harvester.errors import CutContainer, DamagedContainer, OverstuffedContainer, UnsafeMember

DESCRIPTION = "datapackage.json"
_OFFICE = ("[Content_Types].xml", "_rels/.rels", "mimetype", "META-INF/MANIFEST.MF")
_MOST_TEXT = 16_000_000  # a description of 50,000 resources
# Python keeps about a kilobyte of each entry; a WACZ of all the site's WARCs has a dozen.
_MOST_DIRECTORY = 10_000_000
_LOCAL = struct.Struct("<4s22x2H")
_END = b"PK\x05\x06"


def is_wacz(names: Iterable[str]) -> bool:
    """Return whether a ZIP file of these entries is a WACZ."""
    names = list(names)
    return DESCRIPTION in names and any(name.startswith("archive/") for name in names)


def is_office(names: Iterable[str]) -> bool:
    """Return whether a ZIP file whose entries begin with these is a document or a program, which holds no captures."""
    return any(name in _OFFICE for name in names)


def open_zip(stream: BinaryIO) -> zipfile.ZipFile:
    """Return a ZIP file; raises CutContainer if its directory, which stands at its end, is not there."""
    end = stream.seek(0, 2)
    stream.seek(max(0, end - 65_557))
    tail = stream.read()
    at = tail.rfind(_END)
    if at < 0:
        raise CutContainer("the ZIP file ends before its directory, which stands at its end")
    size = int.from_bytes(tail[at + 12 : at + 16], "little")
    if _MOST_DIRECTORY < size < 2**32 - 1:
        raise OverstuffedContainer(f"the ZIP file's directory has {size:,} bytes; {_MOST_DIRECTORY:,} is the most read")
    try:
        return zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError, UnicodeDecodeError) as error:
        raise DamagedContainer(f"the ZIP file's directory cannot be read: {error}") from error


class Package:
    """A WACZ's entries by name; those that are refused are not among them."""

    def __init__(self, archive: zipfile.ZipFile, stream: BinaryIO) -> None:
        self.archive = archive
        self.stream = stream
        self.refused: list[Refusal] = []
        self.entries: dict[str, zipfile.ZipInfo] = {}
        overlapping = _overlapping(archive.infolist())
        for entry in archive.infolist():
            if entry.is_dir():
                continue
            refusal = _refused(entry, entry.header_offset in overlapping)
            if entry.filename in self.entries:
                refusal = Refusal(DamagedContainer("two entries have this name"), entry.filename)
            if refusal is not None:
                self.refused.append(refusal)
            else:
                self.entries[entry.filename] = entry

    def names(self, folder: str) -> list[str]:
        """Return the names of the entries below a folder, sorted."""
        return sorted(name for name in self.entries if name.startswith(folder))

    def open(self, name: str) -> BufferedReader:
        """Return an entry's bytes, which can be read from any place; raises DamagedContainer."""
        if name not in self.entries:
            raise DamagedContainer("the package has no such entry that can be read")
        entry = self.entries[name]
        if entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1:
            return BufferedReader(Unzipped(self.archive, entry), 65_536)
        self.stream.seek(entry.header_offset)
        local = self.stream.read(_LOCAL.size)
        if len(local) < _LOCAL.size or not local.startswith(b"PK\x03\x04"):
            raise DamagedContainer("the ZIP file's directory leads to no entry")
        _, name_length, extra = _LOCAL.unpack(local)
        start = entry.header_offset + _LOCAL.size + name_length + extra
        return BufferedReader(Slice(self.stream, start, entry.file_size), 65_536)

    def text(self, name: str) -> bytes:
        """Return a small entry whole; raises DamagedContainer."""
        with self.open(name) as stream:
            body = stream.read(_MOST_TEXT + 1)
        if len(body) > _MOST_TEXT:
            raise DamagedContainer(f"it has more than {_MOST_TEXT:,} bytes")
        return body


def _refused(entry: zipfile.ZipInfo, overlaps: bool) -> Refusal | None:
    name, mode = entry.filename, entry.external_attr >> 16
    if leads_out(name):
        return Refusal(UnsafeMember("the entry's name leads out of the package"), name)
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        return Refusal(UnsafeMember("the entry is no file but a link, a device or a pipe"), name)
    if overlaps:
        return Refusal(OverstuffedContainer("the entry lies inside another"), name)
    if entry.file_size > FREE_BYTES and entry.file_size > MOST_RATIO * entry.compress_size:
        return Refusal(
            OverstuffedContainer(f"{entry.compress_size:,} packed bytes are to become {entry.file_size:,}"), name
        )
    if entry.compress_type == zipfile.ZIP_STORED and entry.file_size != entry.compress_size:
        return Refusal(OverstuffedContainer("the entry lies about its size"), name)
    return None


def _overlapping(entries: Iterable[zipfile.ZipInfo]) -> set[int]:
    """Return where entries begin that lie in the one before: one packed piece would be unpacked many times."""
    found, end = set(), 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            found.add(entry.header_offset)
        # A local header is at least as long as its fixed part and its name.
        size = entry.header_offset + 30 + len(entry.orig_filename.encode("utf-8", "replace")) + entry.compress_size
        end = max(end, size)
    return found
