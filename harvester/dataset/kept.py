"""Files that a replay brings whole: into the folder files/ of a dataset, and out again of one that is not to be."""

from pathlib import Path

from harvester.captures import Capture
from harvester.dataset.files import FOLDER, FileStore, Version, type_of
from harvester.harvest.documents import file_name
from harvester.ledger.files import FetchedFile

_HEAD = 4096


class KeptFiles:
    """The files that one replay has kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._store = FileStore(folder)
        self._new: list[Path] = []

    def keep(self, capture: Capture) -> FetchedFile:
        """Write a file under the name of its digest, where it is not there already; return what the ledger keeps."""
        url, size = capture.url or "", len(capture.body)
        media_type = type_of(capture.body[:_HEAD], capture.media_type)
        path = self.folder / file_name(capture.digest, media_type)
        if not (path.is_file() and path.stat().st_size == size):
            part = self._store.part(url)
            part.begin(Version(url, None, size, media_type))
            part.append(capture.body)
            part.keep(self.folder, media_type)
            self._new.append(path)
        crawl = capture.taken.crawl if capture.taken else None
        where = (capture.file, capture.offset, crawl)
        return FetchedFile(url, capture.captured_at, capture.digest, media_type, size, *where)

    def take_back(self) -> None:
        """Remove what was written, and the folder if nothing else is in it."""
        for path in self._new:
            path.unlink(missing_ok=True)
        if self._new and not any((self.folder / FOLDER).iterdir()):
            (self.folder / FOLDER).rmdir()
