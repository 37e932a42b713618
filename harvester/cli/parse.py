"""`harvest parse`: prints the records of one saved page, or what a document's page says."""

import sys
from pathlib import Path

import click

from harvester.archives.saved import read_capture, saved_from
from harvester.captures import Capture
from harvester.cli import complain, put_lines
from harvester.errors import Exit, PageError, UsageProblem
from harvester.harvest.documents import document_line, entry_of, said_by
from harvester.harvest.records import entry_id, record_of
from harvester.harvest.replay import Replayed, replay, replay_unnamed
from harvester.items import Document, Reading
from harvester.sites import load_sites, site_named


@click.command(name="parse", short_help="Print the records of one saved page.")
@click.argument("file")
@click.option("--url", metavar="URL", help="The address that the page was captured at.")
@click.option("--site", "site_name", metavar="SITE", help="A site's name, or the file that defines one.")
def command(file: str, url: str | None, site_name: str | None) -> int:
    """Print each record of the results page FILE (- for standard input) as a line of JSON, in page order.

    Of a document's page its metadata is one line, as in documents.jsonl. What cannot be read, or is a part that nobody
    knows, goes to standard error with its reason and place; the exit code is then 3.
    """
    if file == "-":
        body = sys.stdin.buffer.read()
        capture = Capture(body, url=url or saved_from(body), file="standard input")
    else:
        if not Path(file).is_file():
            raise UsageProblem(f"{file} is a folder" if Path(file).is_dir() else f"there is no file {file}")
        capture = read_capture(Path(file), file, url)
    replayed = _read(capture, site_name)
    if replayed.document is not None and replayed.site is not None:
        document, site = replayed.document, replayed.site
        record = entry_id(entry_of(document), site)
        put_lines([document_line(said_by(document), site, record, document.url, aliases=document.addresses)])
        return _complain_of_unknown(document, file)
    if replayed.error is not None or replayed.site is None or replayed.reading is None:
        error = replayed.error or PageError("the page was not read")
        error.where = error.where or file
        raise error
    site, address = replayed.site, replayed.address
    listings = [address.listing] if address and address.listing is not None else []
    put_lines(record_of(entry, site, listings=listings) for entry in replayed.reading.entries)
    return _complain_of(replayed.reading, file)


def _read(capture: Capture, name: str | None) -> Replayed:
    if name is None:
        return replay_unnamed(capture, load_sites())
    return replay(capture, site_named(name, capture.url))


def _complain_of_unknown(document: Document, file: str) -> int:
    for part in document.unknown:
        complain(f"{file}: {part.place}: unknown-label: {part.label!r}: {part.text[:200]!r}")
    return int(Exit.INCOMPLETE if document.unknown else Exit.COMPLETE)


def _complain_of(reading: Reading, file: str) -> int:
    for reject in reading.rejects:
        complain(f"{file}: {reject.place}: {reject.reason}: {reject.message}: {reject.text[:200]!r}")
    if reading.counter is None:
        complain(f"{file}: the page has no counter, so whether these are all its rows cannot be checked")
    if not reading.agrees and reading.counter is not None:
        complain(f"{file}: the counter announces {reading.counter.rows} rows, {len(reading.rows)} were found")
    return int(Exit.COMPLETE if reading.agrees and not reading.rejects else Exit.INCOMPLETE)
