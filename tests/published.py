"""Publishes datasets by hand: any records and documents, with the feed that the ledger makes of their nights."""

import hashlib
import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from harvester.dataset.package import describe
from harvester.ledger import Feed, Ledger, change_lines
from harvester.sites import find_site

Line = dict[str, Any]
PLACES = ("China", "Soviet Union", "Poland", "Albania", "Berlin, East")
LISTINGS = ("everything", "subject=1", "subject=2")
DATES = (
    ("July 22, 1958", "1958-07-22", "1958-07-22", "1958-07-22", "day"),
    ("November 1967", "1967-11", "1967-11-01", "1967-11-30", "month"),
    ("circa 1885", "1885~", "1885-01-01", "1885-12-31", "year"),
    ("1950s", "195X", "1950-01-01", "1959-12-31", "decade"),
    ("before 1900", "../1899", None, "1899-12-31", "interval"),
    ("since 1962", "1962/..", "1962-01-01", None, "interval"),
    (None, None, None, None, "unknown"),
)
KINDS = ("put", "put", "flag", "drop", "merge", "listings", "document", "text", "no document")


def id_of(number: int) -> str:
    return f"wilson-{hashlib.sha256(str(number).encode()).hexdigest()[:16]}"


def record(number: int, **more: Any) -> Line:
    printed, edtf, first, last, precision = DATES[number % len(DATES)]
    return {
        "id": id_of(number), "site": "wilson", "url": f"https://archive.example/document/{number}",
        "title": f"Letter {number} from the Embassy in Łódź", "date": edtf, "date_text": printed,
        "date_earliest": first, "date_latest": last, "date_precision": precision, "date_note": None,
        "summary": f"The ambassador writes of matter {number % 97}.\n\nAnd of the harvest of {number % 11} fields.",
        "listings": ["everything", *(["subject=1"] if number % 3 else [])], "withdrawn": False, **more,
    }  # fmt: skip


def document(number: int, *bodies: str, **more: Any) -> Line:
    """Return a line of documents.jsonl; `bodies` stand in it until it is published."""
    said = record(number)
    told = {name: said[name] for name in said if name not in {"site", "listings", "withdrawn"}}
    nothing = dict.fromkeys(("rights", "classification", "support", "uploaded", "citation", "record_id"))
    return {
        **told, **nothing, "authors": [{"name": f"Writer {number % 13}", "url": None}],
        "people": [{"name": "Mao Zedong", "url": "https://archive.example/people/mao"}],
        "places": [{"name": PLACES[number % 5], "url": None}, {"name": PLACES[(number + 1) % 5], "url": None}],
        "topics": [], "subjects": [{"name": "Diplomacy", "url": None}], "source": f"AVPRF, f. 0100, op. {number}",
        "original_archive": "Foreign Ministry Archive", "type": "Letter", "node_id": str(number),
        "languages": ["Russian"], "donors": [], "aliases": [f"https://archive.example/node/{number}"],
        "texts": list(bodies or (f"Comrade {number}, the matter is settled.\n",)),
        "files": [{"kind": "scan", "url": f"https://archive.example/{number}.pdf", "type": None, "bytes": None,
                   "hash": None, "file": None}],
        "unknown": [], "differs": [], **more,
    }  # fmt: skip


def publish(
    folder: Path, records: Iterable[Line], documents: Iterable[Line] = (), changes: Iterable[Line] | None = (),
    run: int = 1,
) -> None:  # fmt: skip
    """Publish a state; without changes there is no feed, as in datasets of earlier programs."""
    folder.mkdir(parents=True, exist_ok=True)
    ordered = sorted(records, key=lambda line: str(line["id"]))
    told = [_with_files(folder, line) for line in sorted(documents, key=lambda line: str(line["id"]))]
    files: dict[str, list[Line] | bytes] = {
        "records.jsonl": ordered,
        "provenance.jsonl": [{"id": line["id"], "captures": []} for line in ordered],
        "rejects.jsonl": [],
        "coverage.json": orjson.dumps({"site": "wilson", "listings": [_account(len(ordered), run)]}),
    }
    if told:
        files["documents.jsonl"] = told
    if changes is not None:
        files["changes.jsonl"] = list(changes)
    described = {name: _write(folder / name, said) for name, said in files.items()}
    for name in {"documents.jsonl", "changes.jsonl"} - set(files):
        (folder / name).unlink(missing_ok=True)
    (folder / "datapackage.json").write_bytes(orjson.dumps(describe(find_site("wilson"), described)))


def _write(path: Path, said: list[Line] | bytes) -> dict[str, Any]:
    body = said if isinstance(said, bytes) else b"".join(orjson.dumps(line) + b"\n" for line in said)
    path.write_bytes(body)
    rows = None if isinstance(said, bytes) else len(said)
    return {"bytes": len(body), "hash": "sha256:" + hashlib.sha256(body).hexdigest(), "rows": rows}


def _with_files(folder: Path, line: Line) -> Line:
    (folder / "texts").mkdir(exist_ok=True)
    texts = []
    for number, body in enumerate(line["texts"]):
        name, raw = f"texts/{line['id']}.translation.{number}.txt", body.encode()
        (folder / name).write_bytes(raw)
        digest = "sha256:" + hashlib.sha256(raw).hexdigest()
        texts.append({"kind": "translation", "language": "English" if number == 0 else None,
                      "characters": len(body), "bytes": len(raw), "hash": digest, "file": name})  # fmt: skip
    return {**line, "texts": texts}


def _account(count: int, run: int) -> Line:
    return {
        "listing": "everything", "label": None, "order": "created_DESC", "kind": "live", "walk": run, "total": count,
        "rows": count, "records": count, "rejects": 0, "missing": [], "verdict": "complete", "reasons": [],
        "duplicates": [], "short": [], "conflicts": [], "unsure": [], "remarks": [], "looked": None, "passes": 1,
        "captured": {"first": "2026-01-01T00:00:00Z", "last": "2026-01-01T00:00:00Z"},
        "last_run": {"run": run, "started": "2026-01-01T00:00:00Z", "finished": f"2026-01-{run % 28 + 1:02}T01:00:00Z"},
    }  # fmt: skip


class Life:
    """A dataset that lives: each night draws what came, changed, went, returned or was merged, and publishes it."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.chance = random.Random(seed)
        self.records: dict[str, Line] = {}
        self.documents: dict[str, Line] = {}
        self.began = datetime(2026, 1, 1, tzinfo=UTC)
        self.time = self.began
        self.shapes: set[str] = set()
        self.feeds = 0
        self._begin_feed()

    def _begin_feed(self) -> None:
        """Begin another feed, with numbers after all earlier ones, as when ledger and feed were both lost."""
        self.feeds += 1
        self.ledger = Ledger(self.folder.parent / f"ledger-{self.folder.name}-{self.feeds}", "wilson")

    def night(self, *, quiet: bool = False, fold: bool = False, anew: bool = False) -> None:
        """Live one night; `anew` loses the feed and begins another."""
        self.time += timedelta(days=1)
        merged: dict[str, str] = {}
        for _ in range(0 if quiet else self.chance.randrange(1, 6)):
            self._change(self.chance.randrange(12), merged)
        if anew:
            self.ledger.close()
            self._begin_feed()
        self.ledger.begin_run("crawl", self._stamp(self.time), "by hand")
        feed = Feed(self.ledger.db)
        for key in sorted(self.records):
            by = [{"listing": "everything", "walk": 1, "run": 1, "begun": ""}]
            old = [one for one, into in merged.items() if into == key]
            feed.note(key, orjson.dumps(self.records[key]), {"merged": old, "withdrawn_by": by})
        since = self.began + self.chance.random() * (self.time - self.began)
        self.ledger.note_changes(feed, self._stamp(since) if fold else None)
        changes = list(change_lines(self.ledger.db))
        self.shapes |= {change["change"] for change in changes}
        publish(self.folder, self.records.values(), self.documents.values(), changes, (self.time - self.began).days)

    @staticmethod
    def _stamp(time: datetime) -> str:
        return time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def _change(self, number: int, merged: dict[str, str]) -> None:
        key = id_of(number)
        held = self.records.get(key)
        kind = self.chance.choice(KINDS)
        if held is None:
            self.records[key] = record(number)
        elif kind in {"drop", "merge"}:
            if kind == "merge" and len(self.records) > 1:
                merged[key] = self.chance.choice(sorted(set(self.records) - {key}))
            del self.records[key]
            self.documents.pop(key, None)
        elif kind == "no document":
            self.documents.pop(key, None)
        elif kind in {"document", "text"}:
            bodies = [f"Body {self.chance.randrange(9)}\n"] * self.chance.randrange(1, 3)
            self.documents[key] = document(number, *bodies, type=self.chance.choice(("Letter", None)))
        else:
            number = self.chance.randrange(9)
            told = {
                "put": {"title": f"Title {number}", "summary": None if number < 2 else f"Summary {number}"},
                "flag": {"withdrawn": not held["withdrawn"]},
                "listings": {"listings": sorted(self.chance.sample(LISTINGS, self.chance.randrange(1, 4)))},
            }
            self.records[key] = {**held, **told[kind]}

    def close(self) -> None:
        self.ledger.close()
