"""Fills ledgers with documents by hand, for the tests: what a page says is made up, and published as any other."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harvester.captures import Capture
from harvester.dataset.run import Result, Run
from harvester.items import Address, Counter, Document, Entry, Reading, Term, Text, Unknown
from harvester.ledger import Ledger, WalkKey
from harvester.sites import find_site

WILSON = find_site("wilson")
HOST = "https://digitalarchive.wilsoncenter.org"
TEXT = Text("translation", "English", ("First paragraph.", "Second,\nbroken."))
FONDS = Unknown("Fonds", "F. 5, op. 2", "/html/body/main/div[9]")


def url_of(number: int) -> str:
    return f"{HOST}/document/document-{number}"


def document(number: int, **more: Any) -> Document:
    url = url_of(number)
    told: dict[str, Any] = {
        "title": f"Document {number}",
        "date_text": "July 22, 1958",
        "summary": None,
        "addresses": (url, f"{HOST}/node/{number}"),
        "node_id": str(number),
        "people": (Term("Mao Zedong", f"{HOST}/people/mao"), Term("Yudin")),
        "source": "AVPRF f. 0100",
        "languages": ("English", "Russian"),
        "layout": "by-hand",
        "texts": (TEXT,),
    }
    return Document(url, **{**told, **more})


def entry(number: int, **more: Any) -> Entry:
    told = {"date_text": "July 22, 1958", "title": f"Document {number}", "summary": None, "url": url_of(number)}
    return Entry(**{**told, "place": "/html", **more})


def add(ledger: Ledger, run: int, said: Document, body: bytes | None = None, **capture: Any) -> None:
    """Write a document's page into a ledger."""
    told = {"url": said.url, "captured_at": "2025-03-16T00:00:00Z", "file": "pages.warc.gz", "offset": 7, **capture}
    ledger.add_document(run, Capture(body or f"<html>{said}</html>".encode("utf-8", "replace"), **told), said)


def list_them(ledger: Ledger, run: int, entries: list[Entry]) -> None:
    """Write a listing of one page that shows some entries."""
    reading = Reading(Counter(1, len(entries), len(entries)), tuple(entries), None, "by-hand")
    capture = Capture(
        b"<html>listing</html>", url=f"{HOST}/search", captured_at="2025-03-15T00:00:00Z", file="list.warc", offset=0
    )
    address = Address("wilson", "listing", "everything", None, 0, 10)
    ledger.add_page(run, WalkKey("captured", "everything", None), address, capture, reading)


class HandRun(Run):
    """A run whose pages are made up."""

    kind = "replay"
    verb = "replay"
    again = ""

    def add(self, said: Document, body: bytes | None = None, **capture: Any) -> None:
        add(self.ledger, self.number, said, body, **capture)
        self.pages += 1

    def list_them(self, *entries: Entry) -> None:
        list_them(self.ledger, self.number, list(entries))
        self.pages += 1


def begin(folder: Path, wanted: str | None = None) -> HandRun:
    return HandRun(folder, WILSON, lambda: datetime.now(UTC), wanted=wanted)


def publish_documents(
    folder: Path, *said: Document, wanted: str | None = None, listed: tuple[Entry, ...] = ()
) -> Result:
    """Publish a dataset of these documents, and of a listing if it shows any entries."""
    run = begin(folder, wanted)
    for one in said:
        run.add(one)
    if listed:
        run.list_them(*listed)
    return run.end()
