"""What an export reads: a dataset as it was published, in one consistent state."""

import hashlib
import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

from harvester.dataset.documents import FILE as DOCUMENTS
from harvester.dataset.package import CHANGES, NAMES
from harvester.dataset.states import PublishedState
from harvester.errors import DatasetError
from harvester.exports.selection import select

Line = dict[str, Any]
_OWN = frozenset((*NAMES, CHANGES, DOCUMENTS))


def readable(name: str) -> str:
    """Return the name of a file as every format can hold it: on some systems it may have any bytes."""
    return os.fsencode(name).decode(errors="replace")


class Source:
    """A published dataset, its files held open: a harvest that publishes meanwhile changes nothing of what is read.

    With a `selection` (a query, as `harvest find` takes it) only of the records that match it: formats need not know.

    Raises DatasetError if the folder is no dataset, or its files are not those that were published.
    """

    def __init__(self, folder: Path, selection: str | None = None) -> None:
        self.folder = folder
        self.selection = selection
        self.state = PublishedState(folder)
        self._selected: frozenset[str] | None = None
        if selection is not None:
            try:
                self._selected = select(self.state, selection)
            except BaseException:
                self.state.close()
                raise

    def __enter__(self) -> "Source":
        return self

    def __exit__(self, *_: object) -> None:
        self.state.close()

    @property
    def name(self) -> str:
        """Return the dataset's name: that of its folder; U+FFFD stands for bytes of it that are no UTF-8."""
        return readable(self.folder.resolve().name)

    @property
    def site(self) -> str:
        """Return the name of the site."""
        return self.state.site

    @property
    def package(self) -> Line:
        """Return datapackage.json."""
        return self.state.package

    @property
    def published(self) -> list[Line]:
        """Return what datapackage.json says of the dataset's own files; that of a release describes others, too."""
        return [resource for resource in self.package["resources"] if resource["path"] in _OWN]

    @cached_property
    def digest(self) -> str:
        """Return what stands for the whole published state: the SHA-256 of what datapackage.json says of its files."""
        told = sorted((resource["path"], resource["hash"]) for resource in self.published)
        return hashlib.sha256(orjson.dumps([self.package["format_version"], told])).hexdigest()

    @cached_property
    def coverage(self) -> Line:
        """Return coverage.json."""
        file = self.state.files["coverage.json"]
        file.seek(0)
        told: Line = orjson.loads(file.read())
        return told

    @property
    def as_of(self) -> str | None:
        """Return when the last run ended whose work was published (UTC), None where none came to its end."""
        accounts = (*self.coverage["listings"], self.coverage.get("documents") or {})
        ends = [(account.get("last_run") or {}).get("finished") for account in accounts]
        return max((end for end in ends if end), default=None)

    def records(self) -> Iterator[Line]:
        """Yield the records, sorted by id; only one reading of a file at a time."""
        return self._chosen(self.state.only("records.jsonl"))

    def provenance(self) -> Iterator[Line]:
        """Yield the lines of provenance, in the order of the records."""
        return self._chosen(self.state.only("provenance.jsonl"))

    def lines(self) -> Iterator[tuple[Line, Line]]:
        """Yield each record with its line of provenance; raises DatasetError where they do not belong together."""
        chosen = self._selected
        return (pair for pair in self.state.lines() if chosen is None or pair[0]["id"] in chosen)

    def documents(self) -> Iterator[Line]:
        """Yield the lines of documents.jsonl, sorted by id; none where there is none."""
        return self._chosen(self.state.documents())

    def changes(self) -> Iterator[Line]:
        """Yield the change feed from its first line; none where there is none. It is that of all records."""
        return self.state.changes()

    def _chosen(self, lines: Iterator[Line]) -> Iterator[Line]:
        chosen = self._selected
        return lines if chosen is None else (line for line in lines if line["id"] in chosen)

    def text(self, told: Line) -> str:
        """Return the body of a text that a document lists; raises DatasetError if it is not the one published."""
        path = self.folder / told["file"]
        try:
            body = path.read_bytes()
        except OSError as error:
            raise DatasetError(f"{path} cannot be read: {error.strerror}") from error
        if "sha256:" + hashlib.sha256(body).hexdigest() != told["hash"]:
            raise DatasetError(
                f"{path} is not the file that was published",
                advice="If a harvest is just publishing, run it again; else `harvest verify` says what is wrong.",
            )
        return str(body, "utf-8")
