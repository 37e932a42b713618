"""Publishes what a ledger holds as the files of its dataset folder."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import orjson

from harvester.coverage import DocumentAccount
from harvester.dataset.certificate import coverage_data
from harvester.dataset.documents import FILE as DOCUMENTS
from harvester.dataset.documents import account_of, documents_data, has_documents
from harvester.dataset.findings import read_lines
from harvester.dataset.package import CHANGES, describe
from harvester.dataset.texts import Texts, are_published, own_name
from harvester.dataset.writing import Publication, digest_file, dumps
from harvester.errors import DatasetError
from harvester.items import Record
from harvester.ledger import Feed, Ledger, Projection, change_lines, confirmations_needed, explain_fault
from harvester.ledger.shares import shares_of_run
from harvester.sites import Site


@dataclass(frozen=True, slots=True)
class Published:
    """What was published: the number of records and rejects, and the content of coverage.json.

    `withdrawn` are the ids of those that are marked so; `missed` counts the records that a complete walk lacks,
    without enough others yet to call them withdrawn.
    """

    records: int
    withdrawn: frozenset[str]
    missed: int
    rejects: int
    coverage: dict[str, Any]

    def listings(self, run: int) -> list[dict[str, Any]]:
        """Return the listings that a run walked or added to."""
        return of_run(self.coverage, run)


def publish(ledger: Ledger, site: Site, versions_since: str | None = None) -> Published:
    """Write all files of the dataset anew from its ledger; datapackage.json last.

    Changes of runs before `versions_since` (UTC) are folded; none, where that is None.

    Raises DatasetError, with the files before untouched, if the folder cannot be written.
    """
    publication = Publication(ledger.folder, own_name(site.name))
    try:
        publication.clear()
        projection = Projection(ledger, site)
        published = _write(publication, ledger, projection, versions_since)
        publication.commit()
        _note(ledger, projection, published)
    except (OSError, sqlite3.Error) as error:
        publication.abandon()
        raise explain_fault(error, ledger.path) from error
    except BaseException:
        publication.abandon()
        raise
    return published


def _write(publication: Publication, ledger: Ledger, projection: Projection, versions_since: str | None) -> Published:
    account, feed = DocumentAccount(), Feed(ledger.db)
    with TemporaryFile(dir=ledger.folder) as spool:
        records = publication.write_lines("records.jsonl", _spooling(projection, account, feed, spool))
        spool.seek(0)
        publication.write_lines("provenance.jsonl", (orjson.loads(line) for line in spool))
    _write_documents(publication, ledger, projection, account)
    rejects = publication.write_lines("rejects.jsonl", _counting(projection.rejects(), account.add_reject))
    coverage = _coverage(ledger, projection, account)
    ledger.note_changes(feed, versions_since)
    publication.write_lines(CHANGES, change_lines(ledger.db))
    publication.write_json("coverage.json", coverage)
    publication.write_json("datapackage.json", describe(projection.site, publication.described))
    gone = projection.gone
    return Published(records, frozenset(gone.withdrawn), gone.missed, rejects, coverage)


def _write_documents(
    publication: Publication, ledger: Ledger, projection: Projection, account: DocumentAccount
) -> None:
    """Write documents.jsonl and its texts; without any document there is neither, as an empty table is no valid one."""
    texts = Texts(publication, projection.site.name, projection.text)
    if has_documents(ledger):
        lines = _counting(projection.documents(), account.add_document)
        publication.write_lines(DOCUMENTS, texts.written(lines))
    elif (ledger.folder / DOCUMENTS).is_file():
        publication.retire(DOCUMENTS)
    texts.retire_others()


def _counting(lines: Iterable[dict[str, Any]], count: Callable[[dict[str, Any]], None]) -> Iterator[dict[str, Any]]:
    for line in lines:
        count(line)
        yield line


def certify(ledger: Ledger, projection: Projection) -> dict[str, Any]:
    """Return the content of coverage.json."""
    return _coverage(ledger, projection, account_of(projection))


def _coverage(ledger: Ledger, projection: Projection, account: DocumentAccount) -> dict[str, Any]:
    runs = _runs(ledger)
    told = coverage_data(projection.site.name, projection.walks, runs)
    documents = documents_data(ledger, account, runs, listed=bool(told["listings"]))
    return {**told, "withdraw_after": confirmations_needed(ledger.db), "documents": documents}


def of_run(coverage: dict[str, Any], run: int) -> list[dict[str, Any]]:
    """Return the listings of a coverage.json that a run walked or added to."""
    return [listing for listing in coverage["listings"] if listing["last_run"]["run"] == run]


def _note(ledger: Ledger, projection: Projection, published: Published) -> None:
    """Keep in the ledger what was published, and let it forget what no file tells of."""
    listings = published.coverage["listings"]
    verdicts = {told["walk"]: (told["verdict"], told["total"]) for told in listings}
    superseded = {told["walk"]: told["superseded"] for told in listings}
    shares = shares_of_run(ledger.db, projection.site.dates, superseded)
    ledger.note_published(verdicts, projection.spent, shares)


def _spooling(projection: Projection, account: DocumentAccount, feed: Feed, spool: IO[bytes]) -> Iterator[Record]:
    """Yield the records, counted, and lay their provenance aside: both files come from one pass."""
    for record, provenance in projection.records():
        spool.write(dumps(provenance) + b"\n")
        account.add_record(record.id, record.url)
        feed.note(record.id, dumps(record), provenance)
        yield record


def _runs(ledger: Ledger) -> dict[int, dict[str, Any]]:
    cursor = ledger.db.execute("SELECT id, kind, started, finished, passed_over, wanted FROM run")
    names = [column[0] for column in cursor.description]
    runs = [dict(zip(names, row, strict=True)) for row in cursor]
    return {run.pop("id"): {**run, "passed_over": orjson.loads(run["passed_over"] or "{}")} for run in runs}


def open_dataset(folder: Path) -> dict[str, Any]:
    """Return a dataset's datapackage.json.

    Raises DatasetError if the folder is no dataset, or its package file is damaged.
    """
    try:
        package = orjson.loads((folder / "datapackage.json").read_bytes())
    except FileNotFoundError:
        raise DatasetError(
            f"{folder} is no dataset: it has no datapackage.json", advice="Name a dataset folder."
        ) from None
    except (OSError, ValueError) as error:
        raise DatasetError(f"{folder / 'datapackage.json'} cannot be read: {error}") from error
    if not isinstance(package, dict) or not isinstance(package.get("resources"), list):
        raise DatasetError(f"{folder / 'datapackage.json'} is no data package")
    return package


def is_published(ledger: Ledger) -> bool:
    """Return whether the folder's files are whole and tell of all that its ledger holds.

    They are not after a kill between two renames, or of a first run before its end.
    """
    held = ledger.db.execute("SELECT max(id) FROM page").fetchone()[0]
    if held is None:
        return True
    try:
        package = open_dataset(ledger.folder)
        whole = all(digest_file(ledger.folder / r["path"]) == r["hash"] for r in package["resources"])
        described = {resource["path"] for resource in package["resources"]}
        lines = list(read_lines(ledger.folder / DOCUMENTS)) if DOCUMENTS in described else []
        whole = whole and are_published(ledger.folder, ledger.site, lines) and _tell_of_files(lines, ledger)
    except (DatasetError, OSError, KeyError, TypeError):
        return False
    return whole and ledger.published() == held


def _tell_of_files(lines: Iterable[Mapping[str, Any]], ledger: Ledger) -> bool:
    """Return whether each file that is held is told of; files are no pages, so the last page does not tell."""
    held = {url for (url,) in ledger.db.execute("SELECT url FROM capture WHERE id IN (SELECT capture FROM file)")}
    return not any(link["hash"] is None and link["url"] in held for line in lines for link in line["files"])
