"""What a run brings beside listings: documents, their files, and why some could not be had."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from harvester.captures import Capture
from harvester.dataset.certificate import Trouble
from harvester.dataset.files import FileStore, Part
from harvester.dataset.run import Run
from harvester.errors import Exit, PageError
from harvester.items import Document
from harvester.ledger.due import promised_files
from harvester.ledger.files import FetchedFile

_FORBIDDEN = "robots"


class BesideRun(Run):
    """Keeps documents and files as they come."""

    @cached_property
    def files(self) -> FileStore:
        """Return the files of the dataset."""
        return FileStore(self.folder)

    def document(self, capture: Capture, document: Document, asked: Sequence[str]) -> None:
        """Keep a document's page, and the addresses that led to it."""
        with self.guarding():
            self.ledger.add_document(self.number, capture, document, asked)
        self.pages += 1

    def part(self, url: str) -> Part:
        """Return what has come of a file."""
        with self.guarding():
            return self.files.part(url)

    def file(self, part: Part, capture: Capture, media_type: str | None) -> None:
        """Keep a file that has come whole: first under its name, then in the ledger."""
        size = part.size
        with self.guarding():
            digest = part.keep(self.folder, media_type)
            fetched = FetchedFile(part.url, capture.captured_at, digest, media_type, size, capture.file, capture.offset)
            self.ledger.add_file(self.number, fetched)
        self.pages += 1

    def files_done(self) -> None:
        """Remove what has come of files that no document offers any more."""
        with self.guarding():
            self.files.tidy(promised_files(self.ledger.db, self.site))

    def lacking(self, wanted: str, capture: Capture, error: PageError, *, ended: bool = False) -> None:
        """Keep why a document or file could not be had.

        One among many leaves the run incomplete, whatever it is; what robots.txt disallows no later run will have.
        """
        error.where = error.where or capture.url
        with self.guarding():
            self.add_failure(capture, None, error, wanted)
        trouble = Trouble.of(error)
        self.troubles.append(trouble if ended or error.kind == _FORBIDDEN else replace(trouble, code=Exit.INCOMPLETE))
