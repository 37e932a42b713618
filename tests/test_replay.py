"""Saved pages through the same core, with no socket opened."""

from pathlib import Path

import pytest
from conftest import Harvest, read_json, read_lines

from harvester.sample import Archive, render_listing, render_text

ARCHIVE = Archive()


def save(folder: Path, pages: range = range(11), *, html: bool = True, form: str = "A") -> Path:
    """Save pages of the sample as a person would, without a word of where they came from."""
    folder.mkdir(parents=True, exist_ok=True)
    for page in pages:
        if html:
            (folder / f"page-{page}.html").write_text(render_listing(ARCHIVE, f"page={page}"), encoding="utf-8")
        else:
            (folder / f"page-{page}.txt").write_text(render_text(ARCHIVE, f"page={page}", form), encoding="utf-8")
    return folder


def listing_of(folder: Path) -> dict:
    (listing,) = read_json(folder / "coverage.json")["listings"]
    return listing


def test_a_folder_of_saved_pages_is_complete_as_captured(harvest: Harvest, tmp_path: Path) -> None:
    ran = harvest("replay", save(tmp_path / "pages"), "-o", tmp_path / "d")
    assert ran.code == 0, ran.err
    assert listing_of(tmp_path / "d")["verdict"] == "complete as captured, order unproven"
    records = read_lines(tmp_path / "d" / "records.jsonl")
    assert len(records) == 103
    assert all(record["listings"] == [] and record["url"] for record in records)
    assert harvest("verify", tmp_path / "d").code == 0


def test_the_order_of_names_and_of_replays_changes_no_byte(harvest: Harvest, tmp_path: Path) -> None:
    harvest("replay", save(tmp_path / "pages"), "-o", tmp_path / "whole")
    (tmp_path / "b").mkdir()
    for i, page in enumerate(sorted((tmp_path / "pages").iterdir(), reverse=True)):
        page.rename(tmp_path / "pages" / f"{i}.html")
    harvest("replay", tmp_path / "pages", "-o", tmp_path / "again", env={"PYTHONHASHSEED": "9", "TZ": "Asia/Tokyo"})
    assert (tmp_path / "whole" / "records.jsonl").read_bytes() == (tmp_path / "again" / "records.jsonl").read_bytes()


def test_pages_brought_later_fill_the_gap(harvest: Harvest, tmp_path: Path) -> None:
    save(tmp_path / "pages", range(5))
    ran = harvest("replay", tmp_path / "pages", "-o", tmp_path / "d")
    assert (ran.code, listing_of(tmp_path / "d")["missing"]) == (3, [[51, 103]])
    save(tmp_path / "pages", range(5, 11))
    ran = harvest("replay", tmp_path / "pages", "-o", tmp_path / "d")
    assert (ran.code, len(read_lines(tmp_path / "d" / "records.jsonl"))) == (0, 103)


def test_the_same_pages_again_change_nothing(harvest: Harvest, tmp_path: Path) -> None:
    save(tmp_path / "pages")
    harvest("replay", tmp_path / "pages", "-o", tmp_path / "d")
    before = {name: (tmp_path / "d" / name).read_bytes() for name in ("records.jsonl", "provenance.jsonl")}
    harvest("replay", tmp_path / "pages", "-o", tmp_path / "d")
    assert {name: (tmp_path / "d" / name).read_bytes() for name in before} == before


def test_two_different_pages_at_one_range_are_a_conflict(harvest: Harvest, tmp_path: Path) -> None:
    save(tmp_path / "pages")
    other = render_listing(ARCHIVE, "page=2").replace("21 - 30 of 103", "31 - 40 of 103")
    (tmp_path / "pages" / "other.html").write_text(other, encoding="utf-8")
    ran = harvest("replay", tmp_path / "pages", "-o", tmp_path / "d")
    assert ran.code == 3
    assert listing_of(tmp_path / "d")["conflicts"] == [[31, 40]]
    assert "two different pages at 31-40" in ran.out


def test_pages_under_two_paths_are_two_listings_even_with_one_total(harvest: Harvest, tmp_path: Path) -> None:
    ran = harvest(
        "replay", save(tmp_path / "a" / "pages", range(6)), save(tmp_path / "b", range(6, 11)), "-o", tmp_path / "d"
    )
    assert ran.code == 3
    assert len(read_json(tmp_path / "d" / "coverage.json")["listings"]) == 2


@pytest.mark.parametrize("form", ["A", "B"])
def test_text_extracts_join_their_pages_by_date_and_title(harvest: Harvest, tmp_path: Path, form: str) -> None:
    save(tmp_path / "pages", range(7, 8))
    save(tmp_path / "pages", range(7, 8), html=False, form=form)
    harvest("replay", tmp_path / "pages", "-o", tmp_path / "d")
    records = read_lines(tmp_path / "d" / "records.jsonl")
    assert len(records) == 10 and all(record["url"] for record in records)
    for line in read_lines(tmp_path / "d" / "provenance.jsonl"):
        media = {(capture["medium"], capture["matched_by"]) for capture in line["captures"]}
        assert media == {("html", "link"), ("text", "date and title")}


def test_what_a_poorer_medium_lacks_erases_nothing(harvest: Harvest, tmp_path: Path) -> None:
    harvest("replay", save(tmp_path / "html", range(7, 8)), "-o", tmp_path / "d")
    before = (tmp_path / "d" / "records.jsonl").read_bytes()
    harvest("replay", save(tmp_path / "text", range(7, 8), html=False), "-o", tmp_path / "d")
    assert (tmp_path / "d" / "records.jsonl").read_bytes() == before


def test_a_page_saved_by_a_browser_says_where_it_came_from(harvest: Harvest, tmp_path: Path) -> None:
    url = "https://digitalarchive.wilsoncenter.org/search?f%5B0%5D=topics%3A7&page=7"
    page = render_listing(ARCHIVE, "page=7").replace("<html", f"<!-- saved from url=({len(url):04}){url} -->\n<html", 1)
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    assert harvest("replay", tmp_path / "page.html", "-o", tmp_path / "d").code == 3
    records = read_lines(tmp_path / "d" / "records.jsonl")
    assert {tuple(record["listings"]) for record in records} == {("/search?f=topics:7",)}


def test_equal_entries_without_links_both_stay_and_nothing_is_certified(harvest: Harvest, tmp_path: Path) -> None:
    blocks = ["June 5, 1958", "Letter", "One.", "June 5, 1958", "Letter", "Two."]
    (tmp_path / "page.txt").write_text("\n\n".join(["Results:", "1 - 2 of 2", "Documents", *blocks]))
    ran = harvest("replay", tmp_path / "page.txt", "-o", tmp_path / "d")
    assert len(read_lines(tmp_path / "d" / "records.jsonl")) == 2
    assert ran.code == 3, ran.out


def test_bad_pages_among_good_ones_are_rejects_and_the_rest_is_read(harvest: Harvest, tmp_path: Path) -> None:
    save(tmp_path / "pages")
    (tmp_path / "pages" / "challenge.html").write_text("<html><title>Just a moment...</title><body>wait</body></html>")
    ran = harvest("replay", tmp_path / "pages", "-o", tmp_path / "d")
    assert ran.code == 4
    assert len(read_lines(tmp_path / "d" / "records.jsonl")) == 103
    (reject,) = read_lines(tmp_path / "d" / "rejects.jsonl")
    assert (reject["reason"], reject["file"]) == ("challenge", "pages/challenge.html")


def test_a_page_that_no_site_recognises_names_the_sites(harvest: Harvest, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<html><body><main><p>A recipe for soup.</p></main></body></html>")
    ran = harvest("replay", tmp_path / "page.html", "-o", tmp_path / "d")
    assert ran.code == 2
    assert "wilson" in ran.err
    assert not (tmp_path / "d").exists()


def test_a_path_that_is_not_there(harvest: Harvest, tmp_path: Path) -> None:
    assert harvest("replay", tmp_path / "none", "-o", tmp_path / "d").code == 2


def test_no_socket_is_opened(harvest: Harvest, tmp_path: Path) -> None:
    import subprocess
    import sys

    guard = (
        "import sys\n"
        "def deny(event, args):\n"
        "    if event.startswith('socket.'): raise SystemExit(f'socket: {event}')\n"
        "sys.addaudithook(deny)\n"
        "from harvester.cli import main\n"
        f"main(['replay', {str(save(tmp_path / 'pages'))!r}, '-o', {str(tmp_path / 'd')!r}])\n"
    )
    done = subprocess.run([sys.executable, "-c", guard], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


SITE = """
import re
from harvester.sites import Site

class Harbour(Site):
    name = "harbour"
    hosts = ("records.harbour.example",)
    document_path = re.compile(r"/item/[0-9]+")
"""

PAGE = (
    "<html><body><main><p>1 - 2 of 2</p><ul><li><b>1950</b> <a href='/item/1'>Log</a></li>"
    "<li><b>1951</b> <a href='/item/2'>Chart</a></li></ul></main></body></html>"
)


def test_a_site_file_of_the_users_own(harvest: Harvest, tmp_path: Path) -> None:
    (tmp_path / "harbour.py").write_text(SITE)
    (tmp_path / "page.html").write_text(PAGE)
    ran = harvest("replay", tmp_path / "page.html", "--site", tmp_path / "harbour.py", "-o", tmp_path / "d")
    assert ran.code == 0, ran.err
    records = read_lines(tmp_path / "d" / "records.jsonl")
    assert {(r["site"], r["date"], r["title"], r["url"]) for r in records} == {
        ("harbour", "1950", "Log", "https://records.harbour.example/item/1"),
        ("harbour", "1951", "Chart", "https://records.harbour.example/item/2"),
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1", "0 sites"),
        ("import nothing_like_it", "cannot be loaded"),
        ("SITE = 3", "no Site"),
        (None, "no site file"),
    ],
    ids=["no-site", "broken", "wrong-type", "missing"],
)
def test_a_site_file_that_will_not_do(harvest: Harvest, tmp_path: Path, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / "site.py").write_text(text)
    (tmp_path / "page.html").write_text(PAGE)
    ran = harvest("replay", tmp_path / "page.html", "--site", tmp_path / "site.py")
    assert ran.code == 2
    assert said in ran.err


def test_the_same_captures_again_are_no_advice(harvest: Harvest, tmp_path: Path) -> None:
    (tmp_path / "8.txt").write_text(render_text(Archive(), "page=7"))
    replayed = harvest("replay", "8.txt", "-o", "d")
    assert (replayed.code, replayed.out.splitlines()[-1]) == (
        3,
        "Next: replay captures of what is missing into this folder.",
    )
    verified = harvest("verify", "d").out.splitlines()[-1]
    assert verified == "Next: crawl it again, or replay captures of what is missing into this folder."


def test_where_nothing_can_be_read_the_file_is_named(harvest: Harvest, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"")
    assert "a.txt: the body is empty" in harvest("replay", "a.txt", "-o", "d").err
