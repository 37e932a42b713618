"""Nights of a standing harvest of the sample archive: what rings, how often, and that it ends."""

import json
import os
import re
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bells import SECRET, taking

from harvester.ledger.afterwards import Aftermath
from harvester.sample import Answer, Archive, Request, Server
from harvester.standing.evidence import Evidence
from harvester.standing.health import find_all
from harvester.standing.notice import Notice
from harvester.standing.values import KINDS, Harvest, Notify
from harvester.standing.watch import code_after, listen, report
from tests.soak.engine import Clock, crawl, run

CHALLENGE = "<html><head><title>Just a moment...</title></head><body>triggerInterstitialChallenge</body></html>"
BLOCKED = "<html><body><h1>Sorry, you have been blocked</h1></body></html>"


@dataclass
class Standing:
    """A harvest of the sample archive with a command for its bell, night after night."""

    server: Server
    folder: Path
    clock: Clock = field(default_factory=Clock)
    notify: Notify = field(default_factory=Notify)
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": os.environ["PATH"]})
    paths: tuple[str, ...] = ("/search",)

    def __post_init__(self) -> None:
        self.rung = self.folder.parent / "rung.jsonl"
        self.notify = replace(self.notify, command=("sh", "-c", f"cat >> {self.rung}"))

    @property
    def harvest(self) -> Harvest:
        urls = tuple(self.server.url + path for path in self.paths)
        return Harvest("sample", urls, self.folder, site="wilson", notify=self.notify)

    def night(self, faults: list[str] | None = None, **arguments: Any) -> tuple[int, list[Notice]]:
        """Harvest once and report; return the exit code of it all, and what rang. `faults` gets what went wrong."""
        self.clock.time += timedelta(days=1)
        result = run(crawl(list(self.harvest.listings), self.folder, self.clock, page_size=10, **arguments))
        told = self.report(int(result.code), self.number())
        if faults is None:
            assert told == []
        else:
            faults += told
        return code_after(int(result.code), told), self.heard()

    def nights(self, count: int) -> list[list[str]]:
        return [[notice.kind for notice in self.night()[1]] for _ in range(count)]

    def report(self, code: int, number: int | None, **more: Any) -> list[str]:
        return report(self.harvest, code, self.folder, self.clock.time, self.environment, run=number, **more)

    def listen(self) -> list[Notice]:
        assert listen(self.harvest, self.folder, self.clock.time, self.environment) == []
        return self.heard()

    def heard(self) -> list[Notice]:
        """Return what rang since this was asked last."""
        lines = self.rung.read_text(encoding="utf-8").splitlines() if self.rung.exists() else []
        self.rung.unlink(missing_ok=True)
        return [Notice(**json.loads(line)) for line in lines]

    def number(self) -> int | None:
        return self.ask("SELECT max(id) FROM run")[0][0] if (self.folder / "ledger.sqlite").exists() else None

    def ask(self, query: str) -> list[Any]:
        with closing(sqlite3.connect(self.folder / "ledger.sqlite")) as db, db:
            return db.execute(query).fetchall()


@pytest.fixture
def standing(server: Server, tmp_path: Path) -> Iterator[Standing]:
    server.archive = Archive(45)
    yield Standing(server, tmp_path / "d")


def answering(answer: Answer, path: str = "/search") -> Callable[[Request], Answer | None]:
    return lambda request: answer if request.path == path else None


def rewriting(server: Server, pattern: str, by: str) -> Callable[[Request], Answer | None]:
    def intercept(request: Request) -> Answer | None:
        if request.path != "/search":
            return None
        told = server.answer(request)
        return replace(told, body=re.sub(pattern, by, told.data.decode(), flags=re.S))

    return intercept


def test_a_night_without_news_rings_nothing(standing: Standing) -> None:
    assert [standing.night() for _ in range(3)] == [(0, [])] * 3


def test_a_site_that_goes_down_rings_once_and_once_more_when_it_is_back(standing: Standing) -> None:
    standing.night()
    standing.server.intercept = answering(Answer(503, {}, "down"))
    code, (notice,) = standing.night()
    assert (code, notice.kind, notice.code, notice.run) == (5, "unreachable", 5, 2)
    assert notice.dataset == str(standing.folder)
    assert notice.title == "sample: the site is out of reach"
    assert "What was published stands; a listing was last whole on 2026-03-02." in notice.body
    assert notice.facts["troubles"][0]["kind"] == "server-error"
    assert standing.nights(1) == [[]]
    standing.server.intercept = None
    _, (well,) = standing.night()
    assert (well.kind, well.title, well.code) == ("well", "sample: all is well again", 0)
    assert standing.nights(2) == [[], []]


def test_what_lasts_rings_again_every_seventh_night(standing: Standing) -> None:
    standing.night()
    standing.server.intercept = answering(Answer(503, {}, "down"))
    kinds = standing.nights(16)
    assert [night for night, rang in enumerate(kinds) if rang] == [0, 7, 14]
    standing.server.intercept = None
    _, (well,) = standing.night()
    assert "unreachable since 2026-03-03 12:" in well.body
    assert well.facts["after"][0]["kind"] == "unreachable"
    assert standing.nights(1) == [[]]


def test_another_error_of_the_same_site_that_is_down_is_no_news(standing: Standing) -> None:
    standing.night()
    kinds = []
    for answer in (Answer(503, {}, "down"), Answer(500, {}, "down"), Answer(429, {}, "slow")):
        standing.server.intercept = answering(answer)
        kinds += standing.nights(1)
    assert kinds == [["unreachable"], [], []]


def test_a_challenge_rings_and_a_block_after_it_too(standing: Standing) -> None:
    standing.night()
    standing.server.intercept = answering(Answer(403, {"cf-mitigated": "challenge"}, CHALLENGE))
    code, (notice,) = standing.night()
    assert (code, notice.kind) == (4, "refused")
    assert "Nothing is ever done to get around a refusal." in notice.body
    assert standing.nights(1) == [[]]
    standing.server.intercept = answering(Answer(403, {}, BLOCKED))
    assert standing.nights(2) == [["refused"], []]
    standing.server.intercept = None
    assert standing.nights(1) == [["well"]]


def test_down_then_challenged_then_down_rings_for_each_kind_once(standing: Standing) -> None:
    standing.night()
    kinds = []
    for status, body in ((503, "down"), (403, CHALLENGE), (503, "down"), (403, CHALLENGE)):
        standing.server.intercept = answering(Answer(status, {}, body))
        kinds += standing.nights(1)
    standing.server.intercept = None
    _, (well,) = standing.night()
    assert kinds == [["unreachable"], ["refused"], [], []]
    assert [told["kind"] for told in well.facts["after"]] == ["unreachable", "refused"]


def test_what_is_not_complete_rings_with_what_is_missing_and_again_if_another_listing_lacks_something(
    server: Server, tmp_path: Path
) -> None:
    facet = sorted({facet for record in server.archive.records for facet in record.facets})[0]
    standing = Standing(server, tmp_path / "d", paths=("/search", f"/search?f%5B0%5D={facet}"))
    standing.night()
    spoiled = [""]
    row = re.compile('(<tr><td headers="view-rendered[^>]*>).*?</td>', re.S)

    def spoil(request: Request) -> Answer | None:
        if request.path != "/search" or not any(part in request.path_qs for part in spoiled):
            return None
        told = server.answer(request)
        return replace(told, body=row.sub(r'\1<div class="date">June 1, 1960</div></td>', told.data.decode(), count=1))

    server.intercept, spoiled[0] = spoil, "page=2"
    code, notices = standing.night()
    assert (code, [notice.kind for notice in notices]) == (3, ["incomplete", "drift"])
    assert [told["listing"] for told in notices[0].facts["listings"]] == ["/search"]
    assert "/search: " in notices[0].body and "rejected" in notices[0].body
    assert notices[1].facts["rejects"] == [{"listing": "/search", "reason": "unclear-row", "count": 1}]
    assert standing.nights(1) == [[]]
    spoiled[0] = "f%5B0%5D"
    assert standing.nights(2) == [["incomplete", "drift"], []]
    server.intercept = None
    assert standing.nights(2) == [["well"], []]


def test_pages_that_lose_all_summaries_ring_drift_once(standing: Standing) -> None:
    standing.night()
    before = sum(bool(record.summary) for record in standing.server.archive.records)
    standing.server.intercept = rewriting(standing.server, '<div class="summary .*?</div>', "")
    code, (notice,) = standing.night()
    assert (code, notice.kind, notice.code) == (0, "drift", 0)
    (fall,) = notice.facts["fields"]
    assert fall == {
        "listing": "/search", "field": "summary", "before": before, "rows_before": 45, "after": 0, "rows_after": 45,
    }  # fmt: skip
    assert "/search: 0.0 % of 45 rows have a summary; by the walk before it was" in notice.body
    assert standing.nights(2) == [[], []]
    standing.server.intercept = None
    assert standing.nights(1) == [[]]  # what comes back is no loss


def test_dates_that_can_be_read_no_more_ring_drift_though_their_lines_are_there(standing: Standing) -> None:
    standing.night()
    standing.server.intercept = rewriting(standing.server, '<div class="date">[^<]+<', '<div class="date">soon<')
    _, (notice,) = standing.night()
    assert [fall["field"] for fall in notice.facts["fields"]] == ["date"]


def test_two_records_that_give_way_to_barer_ones_ring_no_drift(standing: Standing) -> None:
    standing.night()
    kinds = []
    for night in range(3):
        for number in range(2):  # of 45: more than two points, and yet no more than two rows
            full = next(record for record in standing.server.archive.records if record.summary and record.date)
            standing.server.archive.remove(full.node)
            standing.server.archive.add(f"Came in night {night}, {number}", "", ())
        kinds += standing.nights(1)
    assert kinds == [[]] * 3


def test_a_part_of_a_document_that_nobody_knew_rings_drift_once(server: Server, tmp_path: Path) -> None:
    server.archive = Archive(6)
    standing = Standing(server, tmp_path / "d")
    assert standing.night(wanted="documents") == (0, [])
    stamp = '<div class="information-block"><h3 class="sub-title">{}</h3><div class="text">On the left</div></div>'
    labels = ["Stamp", "Stamp", "Seal"]
    rung = []
    for night, label in enumerate(labels):
        added = server.archive.add(f"Came in night {night}", "June 1, 1960", [])
        server.intercept = stamping(server, added.path, stamp.format(label))
        rung.append({notice.kind: notice for notice in standing.night(wanted="documents")[1]})
    assert [sorted(night) for night in rung] == [["drift", "incomplete"], [], ["drift"]]
    assert [night["drift"].facts["labels"] for night in rung if night] == [["Stamp"], ["Seal"]]
    assert 'documents: a part named "Seal", which was not seen before' in rung[2]["drift"].body


def test_all_is_not_well_while_the_dataset_still_lacks_something(server: Server, tmp_path: Path) -> None:
    server.archive = Archive(10)
    standing = Standing(server, tmp_path / "d")
    standing.night(wanted="documents")
    added = server.archive.add("Came with a stamp", "June 1, 1960", [])
    block = '<div class="information-block"><h3 class="sub-title">Stamp</h3><div class="text">On the left</div></div>'
    server.intercept = stamping(server, added.path, block)
    code, rung = standing.night(wanted="documents")
    assert (code, {notice.kind for notice in rung}) == (3, {"drift", "incomplete"})
    (told,) = [notice for notice in rung if notice.kind == "incomplete"]
    assert "Next: Look at them in documents.jsonl" in told.body
    assert standing.night(wanted="documents") == (0, [])
    server.intercept = answering(Answer(503, {}, "down"))
    standing.night(wanted="documents")
    server.intercept = None
    code, (notice,) = standing.night(wanted="documents")
    assert (code, notice.kind, notice.title) == (0, "well", "sample: the harvest runs again")
    assert [after["kind"] for after in notice.facts["after"]] == ["unreachable"]
    assert "1 with unknown labels (Stamp)" in notice.body
    assert standing.night(wanted="documents") == (0, [])


def test_a_command_that_fails_is_told_of_though_something_lacks_already() -> None:
    listing = dict.fromkeys(("listing", "order", "total", "rows", "kind", "crawl", "label", "last_complete"))
    listing |= {"verdict": "incomplete", "reasons": [], "missing": [], "last_run": {"run": 2}}
    listing |= {"duplicates": {}, "rejects": 0}
    trouble = {"kind": "export", "message": "the export load ended with 1", "listing": None}
    marks = []
    for troubles in ([], [trouble]):
        aftermath = Aftermath("2026-03-01T00:00:00Z", troubles, [], [], [])
        evidence = Evidence(3, 2, aftermath, {"listings": [listing], "documents": None})
        (found,) = find_all(evidence, None, {}, Clock().time)
        assert found.title == "the harvest is not complete"
        marks.append(found.marks)
    assert marks[1] - marks[0] == {"export"}


def stamping(server: Server, path: str, block: str) -> Callable[[Request], Answer | None]:
    def intercept(request: Request) -> Answer | None:
        if request.path != path:
            return None
        told = server.answer(request)
        return replace(told, body=told.data.decode().replace("</main>", f"{block}</main>"))

    return intercept


def test_more_withdrawn_than_the_bound_rings(standing: Standing) -> None:
    standing.notify = replace(standing.notify, withdrawn_bound=2)
    standing.night()
    gone = [standing.server.archive.remove(record.node) for record in standing.server.archive.records[:3]]
    assert standing.nights(1) == [[]]  # one walk that does not show them may be wrong
    _, (notice,) = standing.night()
    assert (notice.kind, notice.title, notice.facts["count"]) == ("withdrawn", "sample: 3 records withdrawn", 3)
    lines = [json.loads(line) for line in (standing.folder / "changes.jsonl").read_text().splitlines()]
    told = [line["id"] for line in lines if line["change"] == "withdrawn"]
    assert notice.facts["records"] == told and len(told) == len(gone)
    assert standing.nights(1) == [[]]


def test_as_many_withdrawn_as_the_bound_allows_ring_nothing(standing: Standing) -> None:
    standing.notify = replace(standing.notify, withdrawn_bound=3)
    standing.night()
    for record in standing.server.archive.records[:3]:
        standing.server.archive.remove(record.node)
    assert standing.nights(3) == [[], [], []]


def test_what_is_not_wanted_does_not_ring_nor_does_its_end(standing: Standing) -> None:
    standing.notify = replace(standing.notify, on=tuple(kind for kind in KINDS if kind != "unreachable"))
    standing.night()
    standing.server.intercept = answering(Answer(503, {}, "down"))
    assert standing.nights(1) == [[]]
    standing.server.intercept = None
    assert standing.nights(1) == [[]]


def test_a_bell_that_fails_is_told_counts_and_is_rung_again_the_next_night(standing: Standing) -> None:
    standing.night()
    sound = standing.notify
    standing.notify = replace(sound, command=("sh", "-c", "echo no line >&2; exit 9"))
    for record in standing.server.archive.records:
        standing.server.archive.change(record.node, summary=[])
    faults: list[str] = []
    assert standing.night(faults) == (3, [])
    assert faults == ["the bell sh failed with exit code 9: no line"]
    (row,) = standing.ask("SELECT code, troubles FROM run WHERE id = 2")
    assert row[0] == 3
    assert json.loads(row[1]) == [{"kind": "bell", "message": faults[0], "listing": None}]
    standing.notify = sound
    _, (notice,) = standing.night()
    assert (notice.kind, notice.run) == ("drift", 2)
    assert standing.nights(1) == [[]]


def test_a_fault_that_nobody_heard_of_is_told_the_next_night_and_ends_in_silence_if_it_ended_before(
    standing: Standing,
) -> None:
    standing.night()
    sound = standing.notify
    deaf = replace(sound, command=("false",))
    standing.server.intercept = answering(Answer(503, {}, "down"))
    standing.notify = deaf
    faults: list[str] = []
    assert standing.night(faults) == (5, [])
    standing.notify = sound
    assert standing.nights(1) == [["unreachable"]]
    standing.server.intercept, standing.notify = None, deaf
    assert standing.night(faults) == (3, [])  # all was well, but nobody heard of it
    standing.notify = sound
    assert standing.nights(2) == [["well"], []]
    standing.server.intercept, standing.notify = answering(Answer(503, {}, "down")), deaf
    standing.night(faults)
    standing.server.intercept, standing.notify = None, sound
    assert standing.nights(1) == [[]]


def test_that_all_is_well_is_not_told_late_when_it_is_so_no_more(standing: Standing) -> None:
    standing.night()
    sound, down = standing.notify, answering(Answer(503, {}, "down"))
    standing.server.intercept = down
    assert standing.nights(1) == [["unreachable"]]
    standing.server.intercept, standing.notify = None, replace(sound, command=("false",))
    assert standing.night([]) == (3, [])
    standing.server.intercept, standing.notify = down, sound
    assert standing.nights(1) == [["unreachable"]]


def test_a_first_night_that_reads_nothing_leaves_no_folder_and_rings(standing: Standing) -> None:
    standing.server.intercept = answering(Answer(503, {}, "down"))
    _, (notice,) = standing.night()
    assert (notice.kind, notice.run) == ("unreachable", None)
    assert not standing.folder.exists()


def test_a_run_that_cannot_begin_rings_with_why(standing: Standing) -> None:
    standing.night()
    with closing(sqlite3.connect(standing.folder / "ledger.sqlite")) as db:
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("BEGIN IMMEDIATE")
        assert standing.report(7, None, faults=["the dataset is in use by another harvest"]) == []
    (notice,) = standing.heard()
    assert (notice.kind, notice.run) == ("failed", None)
    assert "Why: the dataset is in use by another harvest" in notice.body
    assert standing.report(7, None, faults=["the disk is full"]) == []
    assert standing.report(7, None, faults=["the disk is full"]) == []
    assert [notice.kind for notice in standing.heard()] == ["failed"]  # once it can be noted, it rings once


def test_a_run_that_a_person_interrupted_rings_nothing(standing: Standing) -> None:
    standing.night()
    assert standing.report(130, 1) == []
    assert standing.heard() == []


def test_without_a_bell_nothing_is_written(standing: Standing) -> None:
    standing.night()
    before = standing.ask("SELECT noticed FROM run")
    harvest = replace(standing.harvest, notify=Notify())
    assert report(harvest, 5, standing.folder, standing.clock.time, {}, run=1) == []
    assert listen(replace(harvest, notify=Notify(max_age=timedelta(1))), standing.folder, standing.clock.time, {}) == []
    assert standing.ask("SELECT noticed FROM run") == before == [("{}",)]


def test_silence_rings_once_however_often_it_is_listened_for_and_ends(standing: Standing) -> None:
    standing.notify = replace(standing.notify, max_age=timedelta(days=2))
    standing.night()
    standing.clock.time += timedelta(days=1)
    assert standing.listen() == []
    standing.clock.time += timedelta(days=1, hours=1)
    (notice,) = standing.listen()
    assert (notice.kind, notice.run, notice.code) == ("silent", None, None)
    assert notice.title == "sample: nothing heard for 2 days"
    assert [standing.listen() for _ in range(3)] == [[]] * 3
    assert standing.nights(2) == [["well"], []]


def test_what_never_was_is_silent_too(standing: Standing) -> None:
    standing.notify = replace(standing.notify, max_age=timedelta(days=2))
    (notice,) = standing.listen()
    assert (notice.title, notice.facts["heard"]) == ("sample: nothing was ever heard", None)


def test_a_run_that_goes_on_for_too_long_is_silence(standing: Standing) -> None:
    standing.notify = replace(standing.notify, max_age=timedelta(days=2))
    standing.night()
    note = {"pid": 1, "host": "here", "since": "2026-03-03T02:30:00Z"}
    with closing(sqlite3.connect(standing.folder / "ledger.sqlite")) as db:
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("BEGIN IMMEDIATE")
        (standing.folder / ".ledger.sqlite.holder").write_text(json.dumps(note))
        assert standing.listen() == []
        standing.clock.time += timedelta(days=3)
        (notice,) = standing.listen()
    assert "A run has been going on since 2026-03-03 02:30 UTC" in notice.body


def test_no_file_of_the_dataset_and_no_notice_holds_what_is_secret(standing: Standing) -> None:
    standing.night()
    standing.server.intercept = answering(Answer(503, {}, "down"))
    with taking(status=403) as taker:
        standing.environment |= {"BELL": taker.address}
        standing.notify = replace(standing.notify, apprise=("BELL", "OTHER"))
        faults: list[str] = []
        _, (notice,) = standing.night(faults)
        assert len(taker.posted) == 1
    assert len(faults) == 2
    told = "\n".join([*faults, str(notice), str(taker.posted), str(standing.ask("SELECT troubles, noticed FROM run"))])
    assert "could not deliver to BELL (status 403)" in told
    assert SECRET not in told
    files = [path for path in standing.folder.rglob("*") if path.is_file()]
    assert len(files) > 5
    assert [path for path in files if SECRET.encode() in path.read_bytes()] == []


def test_the_ledger_keeps_a_few_numbers_a_walk_not_a_page(standing: Standing) -> None:
    standing.nights(2)
    shares = [json.loads(told) for (told,) in standing.ask("SELECT shares FROM walk ORDER BY id")]
    records = standing.server.archive.records
    dated = sum(bool(record.date) for record in records)
    assert len(shares) == 2 and shares[0] == shares[1]
    assert {name: shares[0][name] for name in ("rows", "date_text", "summary", "url")} == {
        "rows": 45, "date_text": dated, "summary": sum(bool(record.summary) for record in records), "url": 45,
    }  # fmt: skip
    assert 0 < shares[0]["date"] <= dated
    assert (shares[0]["layouts"], shares[0]["rejects"]) == (["wilson-table"], {})
    assert sys.getsizeof(json.dumps(shares[0])) < 300


def test_looking_back_leaves_nothing_beside_the_ledger(standing: Standing) -> None:
    standing.night()
    standing.server.intercept = answering(Answer(503, {}, "down"))
    standing.night()
    standing.listen()
    assert sorted(path.name for path in standing.folder.glob("*ledger*")) == ["ledger.sqlite"]
