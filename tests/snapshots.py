"""Reads snapshots with other people's tools, for the tests."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from warcio.archiveiterator import ArchiveIterator

from harvester.captures import Capture, Taken
from harvester.dataset.run import Run
from harvester.harvest.replay import replay
from harvester.sites import find_site

SITE = find_site("wilson")


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


def taken_from(wacz: Path) -> list[Capture]:
    """Return the pages of a crawl's own snapshot as the captures that the crawl took."""
    first, pages = pages_of(wacz)
    captures = []
    warc = warc_of(wacz)
    for page in pages:
        told = page["harvest"]
        record = next(iter(ArchiveIterator(BytesIO(warc[told["offset"] :]))))
        taken = Taken(
            crawl=first["harvest"]["crawl"],
            begun=told["begun"],
            listing=told["listing"],
            order=told["order"],
            number=told["pass"],
            proving=told["proving"],
            cut_off=told["cut_off"],
        )
        captures.append(
            Capture(
                record.content_stream().read(),
                url=told["url"],
                content_type=record.http_headers.get_header("Content-Type"),
                captured_at=page["ts"],
                file=f"{wacz.name}#archive/{told['file']}",
                offset=told["offset"],
                taken=taken,
            )
        )
    return captures


def replayed(snapshots: list[Path], folder: Path) -> bytes:
    """Replay snapshots into a dataset; return its records."""
    run = Run(folder, SITE, "replay", lambda: datetime(2026, 6, 1, tzinfo=UTC))
    for wacz in snapshots:
        for capture in taken_from(wacz):
            run.replayed(wacz, replay(capture, SITE))
    run.end()
    return (folder / "records.jsonl").read_bytes()
