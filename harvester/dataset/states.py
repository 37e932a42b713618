"""The two sides of a comparison: a dataset as it is published, or as it was after an earlier run."""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, Protocol

import jsonlines
import orjson

from harvester.dataset.documents import FILE as DOCUMENTS
from harvester.dataset.held import Held, extent
from harvester.dataset.listed import Listed, listed_now, listed_then
from harvester.dataset.package import CHANGES
from harvester.dataset.publish import open_dataset
from harvester.errors import DatasetError
from harvester.identity import content_digest
from harvester.ledger import Forgotten, PastLedger, Projection, feed_began, published_then
from harvester.sites import Site

_FILES = ("records.jsonl", "provenance.jsonl", "coverage.json")


class State(Protocol):
    """One side: its name for people, its site, its listings; its records are read as often as they are asked for."""

    name: str
    site: str
    listings: tuple[Listed, ...]

    def records(self) -> Iterator[Held]:
        """Yield the records, sorted by id."""

    def close(self) -> None:
        """Let go of the files."""


class PublishedState:
    """A dataset as its files tell of it now; they are held open, so a harvest that publishes meanwhile changes nothing.

    Raises DatasetError if the folder is no dataset, or its files are not those that were published.
    """

    def __init__(self, folder: Path) -> None:
        self.name = str(folder)
        self.folder = folder
        self.package = package = open_dataset(folder)
        self.files: dict[str, IO[bytes]] = {}
        try:
            self._open(package)
            coverage = orjson.loads(self.files["coverage.json"].read())
            self.site: str = coverage["site"]
            self.listings = listed_now(coverage)
        except (OSError, KeyError, TypeError, ValueError) as error:
            self.close()
            raise DatasetError(f"{folder} is not in the form of a dataset: {type(error).__name__} {error}") from error
        except BaseException:
            self.close()
            raise

    def _open(self, package: dict[str, Any]) -> None:
        published = {resource["path"]: resource["hash"] for resource in package["resources"]}
        for name in (*_FILES, *(name for name in (DOCUMENTS, CHANGES) if name in published)):
            file = self.files[name] = (self.folder / name).open("rb")
            if "sha256:" + hashlib.file_digest(file, "sha256").hexdigest() != published[name]:
                raise DatasetError(
                    f"{self.folder / name} is not the file that was published",
                    advice="If a harvest is just publishing, run it again; else `harvest verify` says what is wrong.",
                )
            file.seek(0)

    def records(self) -> Iterator[Held]:
        """Yield the records, sorted by id; only one such reading at a time."""
        for record, told in self.lines():
            yield Held(record, *extent(told["captures"]))

    def lines(self) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Yield each record with its line of provenance; raises DatasetError where a line is none."""
        try:
            for record, told in zip(self._lines("records.jsonl"), self._lines("provenance.jsonl"), strict=True):
                if record["id"] != told["id"]:
                    raise ValueError(f"{record['id']} and {told['id']} stand on one line")
                yield record, told
        except (KeyError, TypeError, ValueError, jsonlines.Error) as error:
            raise DatasetError(f"{self.folder} is not in the form of a dataset: {error}") from error

    def documents(self) -> Iterator[dict[str, Any]]:
        """Yield the lines of documents.jsonl, none where there is none; raises DatasetError where a line is none."""
        return self.only(DOCUMENTS)

    def changes(self) -> Iterator[dict[str, Any]]:
        """Yield the lines of changes.jsonl, none where there is none; raises DatasetError where a line is none."""
        return self.only(CHANGES)

    def only(self, name: str) -> Iterator[dict[str, Any]]:
        """Yield the lines of one file, none where there is none; raises DatasetError where a line is none."""
        try:
            yield from self._lines(name) if name in self.files else ()
        except jsonlines.Error as error:
            raise DatasetError(f"{self.folder} is not in the form of a dataset: {error}") from error

    def _lines(self, name: str) -> Iterator[dict[str, Any]]:
        self.files[name].seek(0)
        yield from jsonlines.Reader(self.files[name], loads=orjson.loads).iter(type=dict)

    def close(self) -> None:
        """Let go of the files."""
        for file in self.files.values():
            file.close()


class PastState:
    """A dataset as it was after an earlier run.

    What its records said is read from the versions that were published. Of runs before there were any it is read out of
    the ledger anew; then no record was ever called withdrawn. When a record was last seen until then is certain only
    where no later walk of that listing saw it again.
    """

    def __init__(self, name: str, past: PastLedger, site: Site, now: dict[str, str | None]) -> None:
        self.name = name
        self.past = past
        self.site = site.name
        self.projection = Projection(past, site)
        self.forgotten = Forgotten(past)
        self.now = now
        self.listings = listed_then(past, self.projection.walks)

    def records(self) -> Iterator[Held]:
        """Yield the records, sorted by id."""
        began = feed_began(self.past.db)
        return self._worked_out() if began is None or self.past.run < began else self._published()

    def _published(self) -> Iterator[Held]:
        seen = {record.id: extent(told["captures"]) for record, told in self.projection.records()}
        for record in published_then(self.past.db, self.past.run):
            first, last = seen.get(record["id"], (None, None))
            yield Held(record, first, last, last_known=self.now.get(record["id"]) == last)

    def _worked_out(self) -> Iterator[Held]:
        for record, told in self.projection.records():
            said = content_digest(record.url, record.date_text, record.title, record.summary)
            first, last = extent(told["captures"])
            yield Held(
                orjson.loads(orjson.dumps({**asdict(record), "withdrawn": False})), first, last,
                last_known=self.now.get(record.id) == last, sure=self.forgotten.is_sure(said, told["captures"]),
            )  # fmt: skip

    def close(self) -> None:
        """Let go of the copy of the ledger."""
        self.past.close()
