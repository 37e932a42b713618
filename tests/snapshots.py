"""Reads snapshots with other people's tools, for the tests."""

import json
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from warcio.archiveiterator import ArchiveIterator

from harvester.cli.replay import command


@dataclass(frozen=True)
class Found:
    """A WARC record as warcio finds it: its type, its fields, its block untouched, where it lies."""

    kind: str
    fields: dict[str, str]
    block: bytes
    offset: int

    @property
    def url(self) -> str:
        return self.fields["WARC-Target-URI"]


def records_of(warc: bytes) -> list[Found]:
    """Return the records of a WARC file."""
    records = ArchiveIterator(BytesIO(warc), no_record_parse=True)
    return [
        Found(record.rec_type, dict(record.rec_headers.headers), record.raw_stream.read(), records.get_record_offset())
        for record in records
    ]


def waczs(dataset: Path) -> list[Path]:
    """Return the snapshots of a dataset, the oldest first."""
    return sorted((dataset / "snapshot").glob("*.wacz"))


def warc_of(wacz: Path) -> bytes:
    """Return the WARC file in a WACZ."""
    with ZipFile(wacz) as pack:
        return pack.read("archive/data.warc.gz")


def pages_of(wacz: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the first line of the pages list, and the pages."""
    with ZipFile(wacz) as pack:
        first, *pages = map(json.loads, pack.read("pages/pages.jsonl").splitlines())
    return first, pages


def answers_of(dataset: Path, kind: str = "response") -> list[Found]:
    """Return all records of a kind, of all snapshots of a dataset."""
    return [record for wacz in waczs(dataset) for record in records_of(warc_of(wacz)) if record.kind == kind]


def replayed(snapshots: list[Path], folder: Path, *options: str) -> bytes:
    """Replay snapshots into a dataset, as `harvest replay` does; return its records."""
    with TextIOWrapper(BytesIO()) as said, redirect_stdout(said):
        command.main([*map(str, snapshots), "-o", str(folder), *options], standalone_mode=False)
    return (folder / "records.jsonl").read_bytes()


def published(folder: Path) -> dict[str, bytes]:
    """Return what a dataset publishes of its captures' content: records, documents, texts and files, by name."""
    paths = [folder / "records.jsonl", folder / "documents.jsonl", *folder.glob("texts/*"), *folder.glob("files/*")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths if path.exists()}
