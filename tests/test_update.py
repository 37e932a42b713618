"""An update asks again for what a dataset was made from."""

import json
import re
import shutil
import sqlite3
from pathlib import Path

import pytest
from conftest import FIXTURES, Harvest, read_lines
from old_ledgers import FORMATS, lay_out

from harvester.dataset.made_from import MadeFrom, made_from
from harvester.errors import DatasetError, UsageProblem
from harvester.sample import Archive, Server
from harvester.sample.running import serving
from harvester.sample.visits import HOST
from harvester.sample.wayback import Wayback, shoot


def made(folder: Path) -> MadeFrom:
    return made_from(folder)


def forget_made(folder: Path) -> None:
    """Make a ledger one of an earlier version, which did not keep what it was made from."""
    with sqlite3.connect(folder / "ledger.sqlite") as db:
        assert db.execute("DELETE FROM meta WHERE name = 'made_from'").rowcount == 1
    db.close()


def crawled(harvest: Harvest, server: Server, folder: Path, *options: object, query: str = "") -> None:
    ran = harvest("crawl", f"{server.url}/search{query}", "--site", "wilson", "-o", folder, *options)
    assert ran.code == 0, ran.err


def test_an_update_asks_for_what_the_crawl_asked_for(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    folder = tmp_path / "d"
    crawled(harvest, server, folder, "--page-size", 25)
    asked = [request.path_qs for request in server.pages()]
    server.archive.add("Came last night", "June 1, 1960")
    ran = harvest("update", folder, "--origin", server.url)
    assert ran.code == 0, ran.err
    assert [request.path_qs for request in server.pages()][len(asked) :][:1] == asked[:1]
    assert "Came last night" in {record["title"] for record in read_lines(folder / "records.jsonl")}
    with sqlite3.connect(folder / "ledger.sqlite") as db:
        assert [command for (command,) in db.execute("SELECT command FROM run ORDER BY id")] == ["crawl", "update"]
    db.close()


def test_what_is_kept_names_no_host_and_nobody(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    folder = tmp_path / "d"
    crawled(harvest, server, folder, "--contact", "me@example.org", "--documents", "--max-file-size", "1MB")
    with sqlite3.connect(folder / "ledger.sqlite") as db:
        (text,) = db.execute("SELECT value FROM meta WHERE name = 'made_from'").fetchone()
    db.close()
    assert json.loads(text) == {
        "listings": [{"listing": "/search", "order": "created_DESC"}], "site": "wilson", "page_size": None,
        "twice": False, "wanted": "documents", "snapshot": False, "via": None, "max_file_size": 1_000_000,
    }  # fmt: skip


def test_listings_of_several_crawls_are_all_asked_for(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    folder = tmp_path / "d"
    facet = sorted({facet for record in server.archive.records for facet in record.facets})[0]
    crawled(harvest, server, folder)
    crawled(harvest, server, folder, "--page-size", 25, query=f"?f%5B0%5D={facet}")
    assert [listing for listing, _ in made(folder).listings] == ["/search", f"/search?f={facet}"]
    assert made(folder).page_size == 25


def test_a_dataset_of_an_earlier_version_is_updated_from_its_walks(
    harvest: Harvest, server: Server, tmp_path: Path
) -> None:
    folder = tmp_path / "d"
    crawled(harvest, server, folder, "--documents", "--twice")
    kept = made(folder)
    forget_made(folder)
    assert made(folder) == kept
    assert harvest("update", folder, "--origin", server.url).code == 0


def test_a_dataset_of_captures_cannot_be_updated(harvest: Harvest, tmp_path: Path) -> None:
    folder = tmp_path / "d"
    page = next(iter(sorted(FIXTURES.rglob("*.html"))))
    harvest("replay", page, "--site", "wilson", "-o", folder)
    assert (folder / "ledger.sqlite").exists()
    ran = harvest("update", folder)
    assert ran.code == 2
    assert "captures only" in ran.err
    assert "harvest crawl URL -o" in ran.err


def test_what_is_no_dataset_is_said_to_be_none(harvest: Harvest, tmp_path: Path) -> None:
    with pytest.raises(DatasetError):
        made(tmp_path)
    (tmp_path / "x").mkdir()
    assert harvest("update", tmp_path / "x").code == 7


def test_a_crawl_needs_a_contact_on_the_sites_own_host(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    folder = tmp_path / "d"
    crawled(harvest, server, folder)
    asked = len(server.pages())
    ran = harvest("update", folder)
    assert ran.code == 2
    assert "contact" in ran.err
    assert len(server.pages()) == asked


def test_a_killed_first_run_knows_what_it_was_asked_for(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    folder = tmp_path / "d"
    crawled(harvest, server, folder)
    for file in folder.iterdir():
        if file.name != "ledger.sqlite":
            file.unlink()
    assert harvest("update", folder, "--origin", server.url).code == 0
    assert len(read_lines(folder / "records.jsonl")) == 103


LIVE = MadeFrom((("/search", "created_DESC"),), "wilson")


@pytest.mark.parametrize(
    ("before", "now", "after"),
    [
        (None, LIVE, LIVE),
        (LIVE, MadeFrom((("/search", None),), "wilson", via="wayback"), LIVE),
        (MadeFrom((("/search", None),), "wilson", via="wayback"), LIVE, LIVE),
        (
            LIVE, MadeFrom((("/search?f=x", "created_DESC"),), "wilson", page_size=25),
            MadeFrom((("/search", "created_DESC"), ("/search?f=x", "created_DESC")), "wilson", page_size=25),
        ),
    ],
)  # fmt: skip
def test_crawls_add_up(before: MadeFrom | None, now: MadeFrom, after: MadeFrom) -> None:
    assert now.after(before) == after


def test_listings_that_nobody_serves_any_more_are_a_problem_of_usage() -> None:
    from harvester.sites import find_site

    old = MadeFrom((("/search-results/{}", None),), "wilson", via="wayback")
    with pytest.raises(UsageProblem):
        old.urls(find_site("wilson"))


def test_a_copied_dataset_is_updated_wherever_it_lies(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    crawled(harvest, server, tmp_path / "d")
    shutil.move(tmp_path / "d", tmp_path / "elsewhere")
    assert harvest("update", "elsewhere", "--origin", server.url, cwd=tmp_path).code == 0


def test_it_says_what_it_found_and_what_it_asked_for(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    crawled(harvest, server, tmp_path / "d")
    ran = harvest("update", "./d", "--origin", server.url, cwd=tmp_path)
    first, found, *_ = ran.out.splitlines()
    assert first == "103 records in d/records.jsonl"
    assert re.fullmatch(r"0 new; 103 held, last fully walked on \d{4}-\d\d-\d\d; 2 requests, 1 not modified", found), (
        ran.out
    )


@pytest.mark.parametrize("form", FORMATS)
def test_a_ledger_of_an_earlier_format_is_asked_what_it_walked(
    harvest: Harvest, server: Server, tmp_path: Path, form: str
) -> None:
    lay_out(tmp_path / "d", form)
    listings, wanted = made(tmp_path / "d").listings, made(tmp_path / "d").wanted
    assert (listings, wanted) == ((("/search", "created_DESC"),), None)
    ran = harvest("update", "./d", "--origin", server.url)
    assert ran.code == 0, ran.err


def test_what_came_from_a_web_archive_is_asked_for_there_again(harvest: Harvest, tmp_path: Path) -> None:
    archive = Archive(23)
    listing = f"https://{HOST}/search"
    first, later = (
        [shoot(archive, f"{day}00000{page}", f"{listing}?page={page}") for page in range(3)]
        for day in ("20250316", "20250601")
    )
    with serving(Wayback(first)) as server:
        ran = harvest("crawl", listing, "--via", "wayback", "--wayback", server.url, "-o", "d")
        assert ran.code == 0, ran.err
    assert made(tmp_path / "d").via == "wayback"
    with serving(Wayback([*first, *later])) as server:
        ran = harvest("update", "./d", env={"WAYBACK_URL": server.url})
        assert ran.code == 0, ran.err
        assert server.log
        refused = harvest("update", "./d", "--origin", server.url)
    assert (refused.code, "--wayback" in refused.err) == (2, True)
    assert ran.out.splitlines()[1].startswith("0 new, 0 withdrawn, 23 unchanged; "), ran.out
