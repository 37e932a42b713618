"""Reads a WACZ: by its index, by a crawl's own list of pages, or, where neither serves, one WARC after the other."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from io import BufferedReader
from itertools import groupby
from urllib.parse import unquote
from zipfile import ZipFile

from harvester.archives.finds import Damaged, Find, Judge, PassedOver
from harvester.archives.places import Place, printable
from harvester.archives.wacz.description import check_description
from harvester.archives.wacz.index import Indexed, read_index
from harvester.archives.wacz.package import Package
from harvester.archives.wacz.taken import Listed, read_taken
from harvester.archives.warc import Payloads, read_records, read_warc
from harvester.captures import Capture
from harvester.errors import MisledIndex, PageError

_FOLDER = "archive/"


def read_package(archive: ZipFile, place: Place, judge: Judge, payloads: Payloads) -> Iterator[Find]:
    """Yield what a WACZ holds; what is wrong with the package comes first, and the rest is read all the same."""
    assert archive.fp is not None
    yield from _Reader(Package(archive, archive.fp), place, judge, payloads).finds()  # type: ignore[arg-type]


class _Reader:
    """Reads one package."""

    def __init__(self, package: Package, place: Place, judge: Judge, payloads: Payloads) -> None:
        self.package = package
        self.place = place
        self.judge = judge
        self.payloads = payloads
        self.opened: tuple[str, BufferedReader] | None = None

    def finds(self) -> Iterator[Find]:
        """Yield all."""
        for refusal in (*self.package.refused, *check_description(self.package)):
            yield Damaged(refusal.error, self._file(refusal.name or ""))
        taken, lines, misled = self._lists()
        if misled is not None:
            yield Damaged(misled, self.place.file)
        if taken is not None:
            yield from self._taken(taken, lines)
        elif lines is None:
            for name in self.package.names(_FOLDER):
                yield from self._whole(name)
        else:
            yield from self._indexed(lines)

    def _file(self, name: str) -> str:
        return f"{self.place.file}#{printable(name)}"

    def _lists(self) -> tuple[list[Listed | MisledIndex] | None, "_Lines | None", PageError | None]:
        """Return a crawl's own list, the index, and what is wrong with them."""
        try:
            taken = read_taken(self.package)
        except PageError as error:
            return None, None, MisledIndex(f"pages/pages.jsonl cannot be read: {error.message}")
        try:
            return taken, _Lines(read_index(self.package), self.judge), None
        except MisledIndex as error:
            return taken, None, error

    def _indexed(self, lines: "_Lines") -> Iterator[Find]:
        """Read the captures that are wanted, in the order of file and offset; then the WARCs that no line leads to."""
        for kind, count in sorted(lines.passed.items()):
            yield from (PassedOver(kind) for _ in range(count))
        for file, group in groupby(sorted(lines.wanted), key=lambda line: line.file):
            yield from self._records(file, list(group))
        for name in self.package.names(_FOLDER):
            if name.removeprefix(_FOLDER) not in lines.files:
                yield from self._whole(name)

    def _whole(self, name: str) -> Iterator[Find]:
        try:
            with self.package.open(name) as stream:
                yield from read_warc(stream, self._file(name), self.judge, self.payloads)
        except PageError as error:
            yield Damaged(error, self._file(name))

    def _records(self, file: str, wanted: list[Indexed]) -> Iterator[Find]:
        for line in wanted:
            find = self._record(file, line.offset, line.url)
            if isinstance(find, Capture) and not _same(find.url, line.url):
                told = f"the index leads to another capture, {find.url}"
                find = Damaged(MisledIndex(told), self._file(_FOLDER + file), line.offset, line.url)
            if find is not None:
                yield find

    def _record(self, file: str, offset: int, url: str) -> Find | None:
        """Return what stands at a place; None for a revisit that waits for its original."""
        name = _FOLDER + file
        try:
            return next(read_records(self._stream(name), [offset], self._file(name), self.payloads), None)
        except PageError as error:
            return Damaged(error, self._file(name), offset, url)

    def _stream(self, name: str) -> BufferedReader:
        """Return a WARC, opened once for all of its records that are read one after the other."""
        if name not in self.package.entries:
            raise MisledIndex("an index leads to a WARC that is not there")
        if self.opened is None or self.opened[0] != name:
            self.opened = (name, self.package.open(name))
        return self.opened[1]

    def _taken(self, taken: list[Listed | MisledIndex], lines: "_Lines | None") -> Iterator[Find]:
        """Read exactly the pages of a crawl's own list, in its order; the crawl's other exchanges were not taken."""
        places = set()
        for page in taken:
            if isinstance(page, MisledIndex):
                yield Damaged(page, self.place.file)
                continue
            places.add((page.file, page.offset))
            find = self._record(page.file, page.offset, page.url)
            if isinstance(find, Capture):
                find = self._as_taken(find, page)
            if find is not None:
                yield find
        others = max(0, lines.count - len(places)) if lines is not None else 0
        yield from (PassedOver("not-taken") for _ in range(others))

    def _as_taken(self, capture: Capture, page: Listed) -> Find:
        if capture.digest != page.digest:
            error = MisledIndex("the list of pages leads to another body than the one that was taken")
            return Damaged(error, str(capture.file), page.offset, page.url)
        return replace(capture, url=page.url, captured_at=page.captured_at, taken=page.taken)


class _Lines:
    """What an index says, as far as it is wanted: small, since of all else only the numbers are kept."""

    def __init__(self, lines: Iterator[Indexed], judge: Judge) -> None:
        self.wanted: list[Indexed] = []
        self.passed: Counter[str] = Counter()
        self.files: set[str] = set()
        self.count = 0
        for line in lines:
            self.count += 1
            self.files.add(line.file)
            kind = judge(line.url) or _by_status(line.status)
            if kind is None:
                self.wanted.append(line)
            else:
                self.passed[kind] += 1


def _same(url: str | None, told: str) -> bool:
    """Return whether a URL is the one told of, which some programs quote where others do not."""
    return url is not None and unquote(url) == unquote(told)


def _by_status(status: str) -> str | None:
    if not status.isdigit() or status == "200":
        return None
    return "redirect" if status.startswith("3") else f"status-{status}"
