"""Reads a WACZ: by a crawl's own list of pages; else one WARC after the other, and its index is held against them."""

from collections.abc import Iterator
from dataclasses import replace
from io import BufferedReader
from zipfile import ZipFile

from harvester.archives.finds import Damaged, Find, Judge, PassedOver
from harvester.archives.places import Place, printable
from harvester.archives.wacz.description import check_description
from harvester.archives.wacz.index import read_index
from harvester.archives.wacz.package import Package
from harvester.archives.wacz.promised import Promised
from harvester.archives.wacz.taken import Listed, read_taken
from harvester.archives.warc import Payloads, read_record, read_warc
from harvester.captures import Capture
from harvester.errors import MisledIndex, PageError
from harvester.harvest.wishes import Wish

_FOLDER = "archive/"
_WISHES = {"document": Wish.DOCUMENT, "file": Wish.FILE}


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
        taken, promised, misled = self._lists()
        if misled is not None:
            yield Damaged(misled, self.place.file)
        if taken is not None:
            yield from self._taken(taken, promised)
        else:
            yield from self._all(promised)

    def _file(self, name: str) -> str:
        return f"{self.place.file}#{printable(name)}"

    def _lists(self) -> tuple[list[Listed | MisledIndex] | None, Promised | None, PageError | None]:
        """Return a crawl's own list, the index, and what is wrong with them."""
        try:
            taken = read_taken(self.package)
        except PageError as error:
            return None, None, MisledIndex(f"pages/pages.jsonl cannot be read: {error.message}")
        try:
            return taken, Promised(read_index(self.package), self.judge), None
        except MisledIndex as error:
            return taken, None, error

    def _all(self, promised: Promised | None) -> Iterator[Find]:
        """Read every WARC whole, as an index may lack captures unnoticed; then tell where it misleads."""
        for name in self.package.names(_FOLDER):
            yield from self._whole(name, promised)
        for line, told in promised.unmet() if promised is not None else ():
            yield Damaged(MisledIndex(told), self._file(_FOLDER + line.file), line.offset, line.url)

    def _whole(self, name: str, promised: Promised | None) -> Iterator[Find]:
        def note(offset: int | None, url: str | None) -> None:
            if promised is not None:
                promised.meet(name.removeprefix(_FOLDER), offset, url)

        try:
            with self.package.open(name) as stream:
                yield from read_warc(stream, self._file(name), self.judge, self.payloads, note)
        except PageError as error:
            yield Damaged(error, self._file(name))

    def _record(self, page: Listed) -> Find:
        """Return what stands at the place that a list gives."""
        name = _FOLDER + page.file
        wish = _WISHES.get(page.beside or "")
        try:
            stream = self._stream(name)
            find = read_record(stream, page.offset, self._file(name), self.payloads, lambda _url, _listed=None, /: wish)
        except PageError as error:
            return Damaged(error, self._file(name), page.offset, page.url, page.beside)
        if isinstance(find, Damaged):
            return replace(find, url=find.url or page.url, wanted=page.beside)
        return find

    def _stream(self, name: str) -> BufferedReader:
        """Return a WARC, opened once for all of its records that are read one after the other."""
        if name not in self.package.entries:
            raise MisledIndex("an index leads to a WARC that is not there")
        if self.opened is None or self.opened[0] != name:
            self.opened = (name, self.package.open(name))
        return self.opened[1]

    def _taken(self, taken: list[Listed | MisledIndex], promised: Promised | None) -> Iterator[Find]:
        """Read exactly the pages of a crawl's own list, in its order; the crawl's other exchanges were not taken."""
        places = set()
        for page in taken:
            if isinstance(page, MisledIndex):
                yield Damaged(page, self.place.file)
                continue
            places.add((page.file, page.offset))
            passed = self.judge(page.url, "file") if page.beside == "file" else None
            find = PassedOver(passed) if isinstance(passed, str) else self._record(page)
            yield self._as_taken(find, page) if isinstance(find, Capture) else find
        others = max(0, promised.count - len(places)) if promised is not None else 0
        yield from (PassedOver("not-taken") for _ in range(others))

    def _as_taken(self, capture: Capture, page: Listed) -> Find:
        if capture.digest != page.digest:
            error = MisledIndex("the list of pages leads to another body than the one that was taken")
            return Damaged(error, str(capture.file), page.offset, page.url, page.beside)
        return replace(capture, url=page.url, captured_at=page.captured_at, taken=page.taken)
