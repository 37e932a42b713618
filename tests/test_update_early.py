"""Updates that stop early: they find what is new on top, prove nothing of the rest, and add nothing up."""

import json
import random
import re
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import Harvest, read_json, read_lines

from harvester.dataset.run import Result
from harvester.dataset.update import Manner
from harvester.dataset.verify import verify
from harvester.dataset.writing import digest_file
from harvester.ledger.afterwards import looking_back
from harvester.sample import Answer, Archive, Server, running
from harvester.standing.status import Asked, look
from tests.soak.engine import Clock, crawl, run

EARLY = Manner(full_every=timedelta(days=7))


def update(server: Server, folder: Path, clock: Clock, manner: Manner = EARLY, **arguments: Any) -> Result:
    clock.time += timedelta(days=1)
    return run(crawl([f"{server.url}/search"], folder, clock, manner=manner, **arguments))


def asked(server: Server) -> int:
    """Return how many pages were asked for since the last look at it."""
    before = getattr(server, "looked", 0)
    server.looked = len(server.pages())  # type: ignore[attr-defined]
    return server.looked - before  # type: ignore[attr-defined]


def listed(folder: Path) -> dict[str, Any]:
    (listing,) = read_json(folder / "coverage.json")["listings"]
    return listing


def titles(folder: Path) -> set[str]:
    return {record["title"] for record in read_lines(folder / "records.jsonl")}


def walks(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as db:
        return [kind for (kind,) in db.execute("SELECT kind FROM walk ORDER BY id")]


def sound(folder: Path) -> bool:
    findings, _ = verify(folder)
    assert findings.faults == []
    return True


@pytest.fixture
def crawled(server: Server, tmp_path: Path) -> tuple[Path, Clock]:
    """Return a folder in which the archive was crawled whole, 25 rows a page, and a clock."""
    folder, clock = tmp_path / "d", Clock()
    assert run(crawl([f"{server.url}/search"], folder, clock, page_size=25)).code == 0
    assert asked(server) == 5
    return folder, clock


Crawled = tuple[Path, Clock]


def test_where_nothing_is_new_one_page_is_asked_for(server: Server, crawled: Crawled) -> None:
    folder, clock = crawled
    before = listed(folder)
    result = update(server, folder, clock, page_size=25)
    assert result.code == 0, result.lines
    assert asked(server) == 1
    after = listed(folder)
    assert after.pop("looked") == {"run": 2, "at": "2026-03-02T12:00:00Z", "total": 103, "rows": 25, "new": 0}
    assert before.pop("looked") is None
    assert after == before
    assert walks(folder) == ["live", "incremental"]
    assert sound(folder)


def test_what_is_new_is_read_up_to_the_first_page_without_news(server: Server, crawled: Crawled) -> None:
    folder, clock = crawled
    for number in range(30):
        server.archive.add(f"New {number}", "June 1, 1960")
    assert update(server, folder, clock, page_size=25).code == 0
    assert asked(server) == 3
    assert {f"New {number}" for number in range(30)} <= titles(folder)
    look = listed(folder)["looked"]
    assert (look["total"], look["rows"], look["new"]) == (133, 75, 30)
    assert listed(folder)["total"] == 103
    assert update(server, folder, clock, page_size=25).code == 0
    assert asked(server) == 1
    assert listed(folder)["looked"]["new"] == 0
    assert sound(folder)


def test_a_changed_title_on_top_is_read_and_kept(server: Server, crawled: Crawled) -> None:
    folder, clock = crawled
    server.archive.change(server.archive.records[-1].node, title="Another title than before")
    assert update(server, folder, clock, page_size=25).code == 0
    assert asked(server) == 2
    assert "Another title than before" in titles(folder)


@pytest.mark.parametrize(
    "manner", [Manner(full=True), Manner(full_every=timedelta(0)), Manner(full_every=timedelta(hours=23))]
)
def test_a_full_walk_is_made_where_it_is_asked_for_or_due(server: Server, crawled: Crawled, manner: Manner) -> None:
    folder, clock = crawled
    assert update(server, folder, clock, manner, page_size=25).code == 0
    assert asked(server) == 5
    assert walks(folder) == ["live", "live"]
    assert listed(folder)["looked"] is None


def test_a_full_walk_is_made_every_so_often(server: Server, crawled: Crawled) -> None:
    folder, clock = crawled
    pages = []
    for _ in range(16):
        assert update(server, folder, clock, page_size=25).code == 0
        pages.append(asked(server))
    assert pages == [1, 1, 1, 1, 1, 1, 5] * 2 + [1, 1]


def test_a_record_taken_away_leads_to_a_full_walk(server: Server, crawled: Crawled) -> None:
    folder, clock = crawled
    server.archive.remove(server.archive.records[40].node)
    assert update(server, folder, clock, page_size=25).code == 0
    assert asked(server) == 5
    assert listed(folder)["total"] == 102


@pytest.mark.parametrize("confirmations", [1, 2, 3])
def test_that_a_record_is_gone_is_confirmed_by_the_next_runs(
    server: Server, crawled: Crawled, confirmations: int
) -> None:
    folder, clock = crawled
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as db, db:
        db.execute("INSERT OR REPLACE INTO meta VALUES ('withdraw_after', ?)", (str(confirmations),))
    server.archive.remove(server.archive.records[40].node)
    for night in range(confirmations + 2):
        assert update(server, folder, clock, page_size=25).code == 0
        assert asked(server) == (5 if night < confirmations else 1), night
        absent = [record for record in read_lines(folder / "records.jsonl") if record["withdrawn"]]
        assert len(absent) == (night >= confirmations - 1), night
    assert sound(folder)


def test_a_record_that_left_one_listing_only_is_not_waited_for(server: Server, tmp_path: Path) -> None:
    folder, clock, facet = tmp_path / "d", Clock(), "topics:7"
    few = server.archive.records[:25]
    for record in few:
        server.archive.change(record.node, facets=[*record.facets, facet])
    urls = [f"{server.url}/search", f"{server.url}/search?f%5B0%5D={facet}"]
    assert run(crawl(urls, folder, clock, page_size=10)).code == 0
    server.archive.change(few[3].node, facets=few[3].facets)
    pages = []
    for _ in range(4):
        clock.time += timedelta(days=1)
        before = len(server.pages())
        assert run(crawl(urls, folder, clock, manner=EARLY, page_size=10)).code == 0
        pages.append(len(server.pages()) - before)
    assert pages[2:] == [2, 2]
    assert not [record for record in read_lines(folder / "records.jsonl") if record["withdrawn"]]


def test_a_late_draft_leads_to_a_full_walk(server: Server, crawled: Crawled) -> None:
    folder, clock = crawled
    server.archive.add("A draft that lay long", "June 1, 1960", created=server.archive.records[40].created)
    assert update(server, folder, clock, page_size=25).code == 0
    assert asked(server) == 5
    assert "A draft that lay long" in titles(folder)


def test_a_listing_that_is_walked_twice_is_never_looked_at_only(server: Server, tmp_path: Path) -> None:
    folder, clock = tmp_path / "d", Clock()
    run(crawl([f"{server.url}/search"], folder, clock, page_size=25, twice=True))
    asked(server)
    assert update(server, folder, clock, page_size=25, twice=True).code == 0
    assert asked(server) == 10


def test_after_a_walk_that_is_not_complete_all_is_walked(server: Server, crawled: Crawled) -> None:
    folder, clock = crawled
    gone = Answer(404, {}, "<h1>Page not found</h1>")
    server.intercept = lambda request: gone if "page=3" in request.path_qs else None
    assert update(server, folder, clock, Manner(full=True), page_size=25).code == 6
    server.intercept = None
    asked(server)
    server.archive.add("Came since", "June 1, 1960")
    assert update(server, folder, clock, page_size=25).code == 0
    assert asked(server) >= 5
    assert listed(folder)["verdict"] == "complete"
    assert "Came since" in titles(folder)


@pytest.mark.parametrize("verdict", ["drifted", None])
def test_only_a_walk_that_was_published_as_complete_is_leaned_on(
    server: Server, crawled: Crawled, verdict: str | None
) -> None:
    folder, clock = crawled
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as db, db:
        db.execute("UPDATE walk SET verdict = ?", (verdict,))
    assert update(server, folder, clock, page_size=25).code == 0
    assert asked(server) == 5


def test_a_look_that_cannot_be_had_leaves_the_last_full_walk_to_the_next(server: Server, crawled: Crawled) -> None:
    folder, clock = crawled
    server.intercept = lambda request: Answer(503, {}, "down") if request.path == "/search" else None
    assert update(server, folder, clock, page_size=25).code == 5
    server.intercept = None
    asked(server)
    assert update(server, folder, clock, page_size=25).code == 0
    assert asked(server) == 1
    assert listed(folder)["verdict"] == "complete"
    assert read_lines(folder / "rejects.jsonl") == []


@pytest.mark.parametrize("days", [10_000, 4])
def test_looks_do_not_add_up(server: Server, crawled: Crawled, days: int) -> None:
    """Of each record the first sight stays, that of the last full walk, and the last."""
    folder, clock = crawled
    sizes, never = [], Manner(full_every=timedelta(days=days))
    for night in range(16):
        server.archive.add(f"New in night {night}", "June 1, 1960")
        assert update(server, folder, clock, never, page_size=25).code == 0
        with closing(sqlite3.connect(folder / "ledger.sqlite")) as db:
            sizes.append(db.execute("SELECT count(*) FROM sight").fetchone()[0])
        provenance = read_lines(folder / "provenance.jsonl")
        assert max(len(line["captures"]) for line in provenance) <= 3, night
    assert sizes[-1] - sizes[4] <= 3 * 11 + 25
    assert sound(folder)


def test_looks_without_news_leave_nothing_behind(server: Server, crawled: Crawled) -> None:
    folder, clock = crawled
    held = set()
    for _ in range(5):
        assert update(server, folder, clock, page_size=25).code == 0
        with closing(sqlite3.connect(folder / "ledger.sqlite")) as db:
            tables = ("page", "capture", "sight", "validator")
            held.add(tuple(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables))
    assert held == {(6, 6, 103 + 25, 5)}


@pytest.mark.parametrize("seed", range(8))
def test_no_record_that_comes_on_top_is_ever_missed(tmp_path: Path, seed: int) -> None:
    """A look each night over a random history that only gains new records shows what a full walk would."""
    rng, clock, never = random.Random(seed), Clock(), Manner(full_every=timedelta(days=10_000))
    with running(Archive(rng.randrange(26, 130), seed=seed)) as server:
        folder = tmp_path / "d"
        assert run(crawl([f"{server.url}/search"], folder, clock, page_size=10)).code == 0
        for night in range(8):
            for number in range(rng.choice([0, 0, 1, 2, 9, 10, 11, 25])):
                server.archive.add(f"New {night} {number}", "June 1, 1960")
            before = len(server.pages())
            assert update(server, folder, clock, never, page_size=10).code == 0
            there = {record.title for record in server.archive.records}
            assert titles(folder) == there, (seed, night)
            assert len(server.pages()) - before <= len(there) // 10
        assert len(read_lines(folder / "records.jsonl")) == len(server.archive.records)


@pytest.mark.parametrize("seed", range(8))
def test_removals_never_hide_what_comes_on_top_nor_are_they_claimed_by_a_look(tmp_path: Path, seed: int) -> None:
    rng, clock = random.Random(seed), Clock()
    with running(Archive(60, seed=seed)) as server:
        folder = tmp_path / "d"
        assert run(crawl([f"{server.url}/search"], folder, clock, page_size=10)).code == 0
        for night in range(8):
            for _ in range(rng.choice([0, 0, 1, 2])):
                server.archive.remove(rng.choice(server.archive.records).node)
            for number in range(rng.choice([0, 1, 2, 11])):
                server.archive.add(f"New {night} {number}", "June 1, 1960")
            assert update(server, folder, clock, page_size=10).code == 0
            top = {record.title for record in server.archive.records[-10:]}
            assert top <= titles(folder), (seed, night)
            absent = [record for record in read_lines(folder / "records.jsonl") if record["withdrawn"]]
            slugs = {record.slug for record in server.archive.records}
            assert not [record["url"] for record in absent if record["url"].rpartition("/")[2] in slugs], (seed, night)
            last = walks(folder)[-1]
            changes = read_lines(folder / "changes.jsonl")
            withdrew = [line for line in changes if line["change"] == "withdrawn" and line["run"] == night + 2]
            assert not (last == "incremental" and withdrew), (seed, night)
        assert sound(folder)


def said(result: Result) -> str:
    """Return what was found, without what was asked for."""
    return re.sub(r"; [\d,]+ requests?(, [\d,]+ not modified)?$", "", result.lines[1])


def test_it_says_what_it_knows_after_a_look_and_after_a_full_walk(server: Server, crawled: Crawled) -> None:
    folder, clock = crawled
    assert said(update(server, folder, clock, page_size=25)) == "0 new; 103 held, last fully walked on 2026-03-01"
    full = Manner(full=True)
    assert said(update(server, folder, clock, full, page_size=25)) == "0 new, 0 withdrawn, 103 unchanged"
    server.archive.add("Came last night", "June 1, 1960")
    server.archive.change(server.archive.records[-3].node, title="Another title than before")
    look = "1 new, 1 changed; 104 held, last fully walked on 2026-03-03"
    assert said(update(server, folder, clock, page_size=25)) == look
    server.archive.remove(server.archive.records[0].node)
    gone = "0 new, 0 withdrawn, 103 unchanged, 1 not shown any more"  # once is no proof, and yet worth a word
    assert said(update(server, folder, clock, full, page_size=25)) == gone
    assert said(update(server, folder, clock, full, page_size=25)) == "0 new, 1 withdrawn, 103 unchanged"
    assert said(update(server, folder, clock, full, page_size=25)) == "0 new, 0 withdrawn, 103 unchanged"


def test_of_a_walk_that_is_not_whole_nothing_is_claimed(server: Server, crawled: Crawled) -> None:
    folder, clock = crawled
    server.intercept = lambda request: Answer(404, {}, "gone") if request.path_qs.endswith("page=3") else None
    result = update(server, folder, clock, Manner(full=True), page_size=25)
    assert said(result) == "0 new; 103 held"


def test_of_several_listings_it_says_which_were_only_looked_at(server: Server, tmp_path: Path) -> None:
    folder, clock = tmp_path / "d", Clock()
    facet = sorted({facet for record in server.archive.records for facet in record.facets})[0]
    urls = [f"{server.url}/search", f"{server.url}/search?f%5B0%5D={facet}"]
    assert run(crawl(urls, folder, clock, page_size=10)).code == 0
    few = [record for record in server.archive.records if facet in record.facets]
    server.archive.change(few[0].node, facets=["topics:1"])
    clock.time += timedelta(days=1)
    result = run(crawl(urls, folder, clock, manner=EARLY, page_size=10))
    assert said(result).startswith("0 new")
    assert said(result).endswith("; 1 of 2 listings last fully walked on 2026-03-01"), result.lines


def documents(server: Server) -> list[str]:
    return [request.path for request in server.log if request.path.startswith("/document/")]


def test_the_documents_of_what_is_new_are_followed(server: Server, tmp_path: Path) -> None:
    folder, clock = tmp_path / "d", Clock()
    assert run(crawl([f"{server.url}/search"], folder, clock, page_size=25, wanted="documents")).code in {0, 3}
    assert len(documents(server)) == 103
    new = server.archive.add("Came last night", "June 1, 1960")
    changed = server.archive.records[-4]
    server.archive.change(changed.node, summary=["Another summary than before."])
    for expected in (sorted(f"/document/{record.slug}" for record in (new, changed)), []):
        server.log.clear()
        update(server, folder, clock, page_size=25, wanted="documents")
        assert sorted(documents(server)) == expected
    assert walks(folder).count("incremental") == 2


def test_an_earlier_state_is_told_of_by_the_walk_of_then(server: Server, crawled: Crawled, harvest: Harvest) -> None:
    folder, clock = crawled
    for number in range(3):
        server.archive.add(f"New {number}", "June 1, 1960")
        assert update(server, folder, clock, page_size=25).code == 0
    ran = harvest("diff", f"{folder}@1", f"{folder}@3")
    assert ran.code in {0, 3}, ran.err
    assert "Only in B: 2" in ran.out
    assert "Only in A: 0" in ran.out


def test_of_a_listing_that_is_asked_for_no_more_it_says_when_it_was_walked(server: Server, tmp_path: Path) -> None:
    folder, clock = tmp_path / "d", Clock()
    facet = sorted({facet for record in server.archive.records for facet in record.facets})[0]
    one, other = f"{server.url}/search?f%5B0%5D={facet}", f"{server.url}/search"
    assert run(crawl([one, other], folder, clock, page_size=25)).code == 0
    clock.time += timedelta(days=1)
    result = run(crawl([one], folder, clock, manner=Manner(full=True), page_size=25))
    assert said(result) == "0 new, 0 withdrawn, 103 unchanged; 1 of 2 listings last fully walked on 2026-03-01"


def test_what_a_killed_run_had_numbered_is_told_by_the_next(
    server: Server, crawled: Crawled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Changes are kept before the files are renamed; nobody has heard of them where a kill came between."""
    folder, clock = crawled
    server.archive.remove(server.archive.records[40].node)
    full = Manner(full=True)
    assert update(server, folder, clock, full, page_size=25).code == 0
    server.archive.add("Came last night", "June 1, 1960")
    with monkeypatch.context() as killing:
        killing.setattr("harvester.dataset.writing.Publication.commit", lambda _: 1 / 0)
        killing.setattr("harvester.dataset.run.Run._note_failure", lambda *_: None)
        with pytest.raises(ZeroDivisionError):
            update(server, folder, clock, full, page_size=25)
    assert said(update(server, folder, clock, full, page_size=25)) == "1 new, 1 withdrawn, 102 unchanged"
    with looking_back(folder) as log:
        assert log is not None
        assert len(log.aftermath(4).withdrawn) == 1
    assert said(update(server, folder, clock, full, page_size=25)) == "0 new, 0 withdrawn, 103 unchanged"
    with looking_back(folder) as log:
        assert log is not None
        assert log.aftermath(5).withdrawn == []


@pytest.mark.parametrize("forged", [{"total": 104}, {"rows": 24}, {"at": "2026-03-03T12:00:00Z"}, {"new": 26}])
def test_a_look_that_provenance_does_not_tell_of_is_found(crawled: Crawled, server: Server, forged: Any) -> None:
    folder, clock = crawled
    assert update(server, folder, clock, page_size=25).code == 0
    assert sound(folder)
    coverage = read_json(folder / "coverage.json")
    coverage["listings"][0]["looked"] |= forged
    (folder / "coverage.json").write_text(json.dumps(coverage), encoding="utf-8")
    package = read_json(folder / "datapackage.json")
    for resource in package["resources"]:
        resource["hash"] = digest_file(folder / resource["path"])
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    assert verify(folder)[0].faults == ["/search: coverage.json tells of a look of which provenance does not"]


def test_a_clock_that_was_ahead_for_a_night_hides_no_silence(server: Server, crawled: Crawled) -> None:
    folder, clock = crawled
    clock.time += timedelta(days=3650)
    assert update(server, folder, clock, page_size=25).code == 0
    clock.time -= timedelta(days=3650)
    assert update(server, folder, clock, page_size=25).code == 0
    with looking_back(folder) as log:
        assert log is not None
        assert (log.heard() or "").startswith("2026-03-03")
    status = look(Asked("d", folder, max_age=timedelta(days=2)), clock.time + timedelta(days=3))
    assert (status.heard or "").startswith("2026-03-03") and status.silent
