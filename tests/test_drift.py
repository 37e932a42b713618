"""A listing that changes while it is read is read again, until a walk proves itself; else it is said to drift."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import Harvest, read_json, read_lines

from harvester.harvest.passes import MOST_PASSES
from harvester.sample import Answer, Archive, Request, Server, running
from tests.soak.engine import Clock, crawl, run

UNPROVEN = """
from harvester.sites.wilson import Wilson

class Unproven(Wilson):
    proof = None
"""


def numbered(request: Request) -> int:
    return int(request.path_qs.partition("&page=")[2] or 0) if request.path == "/search" else -1


def harvest(server: Server, folder: Path):
    """Harvest the sample, ten rows a page."""
    return run(crawl([f"{server.url}/search"], folder, Clock(), page_size=10))


def before_request(server: Server, number: int, change: Callable[[Archive], object], *, often: bool = False) -> None:
    """Change the archive right before the n-th page request is answered, or before each n-th."""

    def intercept(request: Request) -> Answer | None:
        asked = len(server.pages())
        if request.path == "/search" and (asked == number or (often and asked % number == 0)):
            change(server.archive)
        return None

    server.intercept = intercept


def listing_of(folder: Path) -> dict:
    (listing,) = read_json(folder / "coverage.json")["listings"]
    return listing


def titles(folder: Path) -> set[tuple[str, str]]:
    return {(record["title"], record["date_text"] or "") for record in read_lines(folder / "records.jsonl")}


def add(archive: Archive) -> None:
    archive.add(f"A note that came late, {len(archive.records)}", "June 1, 1960")


def remove_newest(archive: Archive) -> None:
    archive.remove(archive.records[-1].node)


def replace_newest(archive: Archive) -> None:
    remove_newest(archive)
    add(archive)


@pytest.mark.parametrize(
    ("change", "total"),
    [
        (add, 104),
        (remove_newest, 102),
        (lambda archive: [remove_newest(archive) for _ in range(4)], 99),
        (lambda archive: [remove_newest(archive) for _ in range(60)], 43),
    ],
    ids=["one-comes", "one-goes", "the-last-page-goes", "most-go"],
)
def test_what_comes_or_goes_meanwhile_makes_another_pass(
    harvest_command: Harvest, server: Server, tmp_path: Path, change: Callable[[Archive], object], total: int
) -> None:
    before_request(server, 6, change)
    result = harvest(server, tmp_path / "d")
    assert result.code == 0, result.lines
    listing = listing_of(tmp_path / "d")
    assert (listing["verdict"], listing["total"], listing["passes"]) == ("complete", total, 2)
    assert {(record.title, record.date) for record in server.archive.records} <= titles(tmp_path / "d")
    assert harvest_command("verify", tmp_path / "d").code == 0


@pytest.fixture
def harvest_command(request: pytest.FixtureRequest) -> Harvest:
    return request.getfixturevalue("harvest")


def test_a_swap_at_the_top_between_two_pages_is_harmless(server: Server, tmp_path: Path) -> None:
    before_request(server, 6, replace_newest)
    assert harvest(server, tmp_path / "d").code == 0
    listing = listing_of(tmp_path / "d")
    assert (listing["verdict"], listing["passes"]) == ("complete", 1)
    assert {(record.title, record.date) for record in server.archive.records[:-1]} <= titles(tmp_path / "d")


def test_a_listing_that_never_rests_is_drifted_and_says_what_is_unsure(
    harvest_command: Harvest, server: Server, tmp_path: Path
) -> None:
    stood = {(record.title, record.date) for record in server.archive.records}
    before_request(server, 4, add, often=True)
    result = harvest(server, tmp_path / "d")
    assert result.code == 3
    listing = listing_of(tmp_path / "d")
    assert (listing["verdict"], listing["passes"]) == ("drifted", MOST_PASSES)
    assert listing["unsure"]
    assert any("seen in one of the last two passes only" in line for line in result.lines)
    assert stood <= titles(tmp_path / "d")
    assert harvest_command("verify", tmp_path / "d").code == 3


def test_an_unproven_order_is_walked_until_two_passes_agree(harvest: Harvest, tmp_path: Path) -> None:
    (tmp_path / "unproven.py").write_text(UNPROVEN)
    with running(Archive()) as server:
        before_request(server, 6, add)
        ran = harvest(
            "crawl", f"{server.url}/search", "--site", tmp_path / "unproven.py", "--page-size", 10, "-o", tmp_path / "d"
        )
        assert ran.code == 0, ran.out + ran.err
        assert len(server.pages()) == 3 * 11
    listing = listing_of(tmp_path / "d")
    assert (listing["verdict"], listing["passes"], listing["total"]) == ("complete", 3, 104)
    assert harvest("verify", tmp_path / "d").code == 0


def test_an_unproven_order_that_shows_no_change_is_walked_once(harvest: Harvest, tmp_path: Path) -> None:
    (tmp_path / "unproven.py").write_text(UNPROVEN)
    with running(Archive()) as server:
        ran = harvest("crawl", f"{server.url}/search", "--site", tmp_path / "unproven.py", "-o", tmp_path / "d")
        assert (ran.code, len(server.pages())) == (0, 2)
    assert listing_of(tmp_path / "d")["verdict"] == "complete as captured, order unproven"


def test_a_listing_that_is_empty_when_walked_again_is_not_believed(server: Server, tmp_path: Path) -> None:
    before_request(server, 6, lambda archive: [archive.remove(record.node) for record in archive.records])
    result = harvest(server, tmp_path / "d")
    assert result.code == 3
    assert listing_of(tmp_path / "d")["verdict"] == "unverifiable"
    assert len(titles(tmp_path / "d")) == 50


def test_a_stale_page_in_the_place_of_a_small_listing_is_found_out(server: Server, tmp_path: Path) -> None:
    facets = sorted({f for record in server.archive.records for f in record.facets})
    mine, other = (f"/search?f%5B0%5D={facet}" for facet in facets[:2])
    stale = server.answer(Request("GET", other, {}))
    server.intercept = lambda request: stale if len(server.pages()) == 1 else None
    assert run(crawl([f"{server.url}{mine}"], tmp_path / "d", Clock())).code == 0
    here = {(record.title, record.date) for record in server.archive.records if facets[0] in record.facets}
    assert here <= titles(tmp_path / "d")
    assert listing_of(tmp_path / "d")["total"] == len(here)


def test_a_page_with_the_pager_of_another_listing_is_asked_for_again(server: Server, tmp_path: Path) -> None:
    def intercept(request: Request) -> Answer | None:
        if numbered(request) != 4 or len(server.pages()) > 5:
            return None
        text = server.answer(request).data.decode()
        return Answer(200, {}, text.replace("page=", "f%5B0%5D=topics:1&amp;page="))

    server.intercept = intercept
    assert harvest(server, tmp_path / "d").code == 0
    assert [numbered(request) for request in server.pages()].count(4) == 2
    assert listing_of(tmp_path / "d")["remarks"] == []


def test_a_stale_page_of_another_listing_is_asked_for_again(server: Server, tmp_path: Path) -> None:
    facet = next(f for record in server.archive.records for f in record.facets)
    other = server.answer(Request("GET", f"/search?f%5B0%5D={facet}", {}))
    server.intercept = lambda request: other if len(server.pages()) == 1 else None
    assert harvest(server, tmp_path / "d").code == 0
    listing = listing_of(tmp_path / "d")
    assert (listing["verdict"], listing["total"]) == ("complete", 103)


def test_nights_do_not_add_up(server: Server, tmp_path: Path) -> None:
    clock = Clock()
    sizes = []
    for night in range(8):
        add(server.archive)
        clock.time += timedelta(days=1)
        assert run(crawl([f"{server.url}/search"], tmp_path / "d", clock)).code == 0
        sizes.append((tmp_path / "d" / "ledger.sqlite").stat().st_size)
        provenance = read_lines(tmp_path / "d" / "provenance.jsonl")
        assert max(len(line["captures"]) for line in provenance) <= 2, night
    assert sizes[-1] <= sizes[2] * 1.1
    first = [line["captures"][0]["captured_at"] for line in read_lines(tmp_path / "d" / "provenance.jsonl")]
    assert min(first) < max(first)


def test_an_archive_of_nothing_at_all_is_not_believed(server: Server, tmp_path: Path) -> None:
    none = server.answer(Request("GET", "/search?search_api_fulltext=nosuchword", {}))
    server.intercept = lambda request: none if request.path == "/search" else None
    result = harvest(server, tmp_path / "d")
    assert result.code == 3
    assert listing_of(tmp_path / "d")["verdict"] == "unverifiable"
    assert any("where some are to be expected" in line for line in result.lines)


def late_draft(archive: Archive) -> None:
    """Take a record out of what was read, and put one among the old ones: no total tells, and one is skipped."""
    archive.remove(archive.records[-1].node)
    archive.add("A draft that lay long", "June 1, 1960", created=archive.records[3].created)


def test_walked_twice_even_a_late_draft_is_found_out(harvest_command: Harvest, server: Server, tmp_path: Path) -> None:
    stood = {(record.title, record.date) for record in server.archive.records[:-1]}
    before_request(server, 6, late_draft)
    command = ("crawl", f"{server.url}/search", "--site", "wilson", "--page-size", 10, "-o", tmp_path / "d", "--twice")
    ran = harvest_command(*command)
    assert ran.code == 0, ran.err
    listing = listing_of(tmp_path / "d")
    assert (listing["verdict"], listing["passes"]) == ("complete", 3)
    assert stood <= titles(tmp_path / "d")
    assert harvest_command("verify", tmp_path / "d").code == 0


def test_a_killed_second_pass_is_gone_on_with(server: Server, tmp_path: Path) -> None:
    before_request(server, 6, add)
    outer = server.intercept
    assert outer is not None
    server.intercept = lambda request: (
        Answer(500, {}, "down") if len(server.pages()) > 15 and request.path == "/search" else outer(request)
    )
    assert harvest(server, tmp_path / "d").code == 5
    assert listing_of(tmp_path / "d")["passes"] == 2
    server.intercept = None
    server.log.clear()
    assert harvest(server, tmp_path / "d").code == 0
    assert [numbered(request) for request in server.pages()] == list(range(4, 11))
    listing = listing_of(tmp_path / "d")
    assert (listing["verdict"], listing["passes"]) == ("complete", 2)


CHAINED = """
from harvester.sites.wilson import Wilson

class Chained(Wilson):
    paging = "chained"
"""


def test_a_pager_without_end_or_counter_stops_when_nothing_new_comes(harvest: Harvest, tmp_path: Path) -> None:
    (tmp_path / "chained.py").write_text(CHAINED)

    def intercept(request: Request) -> Answer | None:
        if request.path != "/search":
            return None
        page = int(request.query.rpartition("page=")[2] or 0)
        text = server.answer(Request("GET", f"/search?page={min(page, 3)}", {})).data.decode()
        text = re.sub(r'<div class="counter">.*?</div>', "", text)
        return Answer(200, {}, text.replace("</table>", f"</table><a rel='next' href='?page={page + 1}'>Next</a>"))

    with running(Archive()) as server:
        server.intercept = intercept
        ran = harvest("crawl", f"{server.url}/search", "--site", tmp_path / "chained.py", "-o", tmp_path / "d")
        assert len(server.pages()) == 5, ran.err
    assert ran.code == 3
    assert len(read_lines(tmp_path / "d" / "records.jsonl")) == 40
    assert "shows nothing new" in listing_of(tmp_path / "d")["remarks"][0]


def died_tidily(server: Server, request: Request) -> Answer:
    """Return a page whose script died in the title of its last row, and whose ends a filter tied up."""
    text = server.answer(request).data.decode()
    at = text.rindex('field--name-title">') + len('field--name-title">') + 6
    return Answer(200, {}, f"{text[:at]}</article></td></tr></tbody></table></main></body></html>")


@pytest.mark.parametrize("page", [0, 4])
def test_a_page_that_died_in_its_last_row_gives_no_half_of_a_title(server: Server, tmp_path: Path, page: int) -> None:
    left = [1, 1]

    def intercept(request: Request) -> Answer | None:
        return died_tidily(server, request) if numbered(request) == page and left and left.pop() else None

    server.intercept = intercept
    assert harvest(server, tmp_path / "d").code == 0
    assert titles(tmp_path / "d") == {(record.title, record.date) for record in server.archive.records}
    assert listing_of(tmp_path / "d")["passes"] == (1 if page else 2)


def test_a_page_that_always_dies_in_its_last_row_is_counted_short_of_it(server: Server, tmp_path: Path) -> None:
    server.intercept = lambda request: died_tidily(server, request) if numbered(request) == 4 else None
    assert harvest(server, tmp_path / "d").code == 3
    listing = listing_of(tmp_path / "d")
    assert (listing["verdict"], listing["rejects"], listing["rows"]) == ("incomplete", 1, 102)
    (reject,) = read_lines(tmp_path / "d" / "rejects.jsonl")
    assert reject["reason"] == "cut-off"
