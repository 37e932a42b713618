"""A crawl's own WACZ: exactly the pages that it took are read, in the order of its list, as what they were."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from archive_samples import PAGES, SITE, rewrite_zip, write_wacz
from conftest import Harvest, read_json, read_lines

from harvester.archives.finds import Damaged, PassedOver
from harvester.archives.reading import read_archive
from harvester.archives.warc import Payloads
from harvester.captures import Capture, Taken
from harvester.sample import Archive, render_listing

ORDER = "sort_bef_combine=created_DESC"
LOCAL = "http://127.0.0.1:45000"
CRAWL = "2026-11-23T15:38:12.123456Z"


def write_snapshot(path: Path, change: Callable[[dict[str, Any]], None] = lambda _line: None) -> Path:
    """Write a WACZ with the list of pages that a crawl took, the last one first, among other exchanges."""
    pages = [
        (f"{LOCAL}/search?{ORDER}&page={n}", render_listing(Archive(), f"{ORDER}&page={n}").encode()) for n in PAGES
    ]
    robots = [
        (f"{LOCAL}/robots.txt", b"User-agent: *\nDisallow:\n"),
        (f"{LOCAL}/search?{ORDER}&page=3", b"<html>wait</html>"),
    ]
    write_wacz(path, [*robots, *pages])
    found: dict[str, int] = {}

    def index(name: str, body: bytes) -> bytes:
        if name.endswith("cdx.gz"):
            lines = [json.loads(line[line.index("{") :]) for line in gzip.decompress(body).decode().splitlines()]
            found.update(sorted((line["url"], int(line["offset"])) for line in lines))
        return body

    rewrite_zip(path, index)
    header = {"format": "json-pages-1.0", "id": "pages", "harvest": {"version": "1", "site": "wilson", "crawl": CRAWL}}
    lines: list[dict[str, Any]] = [header]
    for n, (url, body) in enumerate(pages):
        told = {
            "url": url.replace(LOCAL, SITE),
            "listing": "/search",
            "order": "created_DESC",
            "begun": CRAWL,
            "pass": 1,
        }
        told |= {"proving": True, "cut_off": False, "file": "data.warc.gz", "offset": found[url]}
        told["digest"] = Capture(body).digest
        lines.append({"id": str(n), "url": url, "ts": f"2026-11-23T15:38:{n:02}Z", "harvest": told})
        change(lines[-1])
    text = "\n".join(map(json.dumps, lines)).encode() + b"\n"
    return rewrite_zip(path, lambda _name, body: body, [("pages/pages.jsonl", text)])


def finds(path: Path) -> list[Any]:
    with Payloads() as payloads:
        return list(read_archive(path, lambda _url: "other-site", payloads))


def test_what_the_crawl_took_is_read_in_its_order_and_the_rest_counted(tmp_path: Path) -> None:
    found = finds(write_snapshot(tmp_path / "x.wacz"))
    captures = [find for find in found if isinstance(find, Capture)]
    assert [find.url for find in captures] == [f"{SITE}/search?{ORDER}&page={n}" for n in PAGES]
    assert {find.taken for find in captures} == {Taken(CRAWL, CRAWL, "/search", "created_DESC", 1, True, False)}
    assert captures[3].captured_at == "2026-11-23T15:38:03Z"
    assert captures[3].file == "x.wacz#archive/data.warc.gz" and captures[3].offset
    assert [find.kind for find in found if isinstance(find, PassedOver)] == ["not-taken"] * 2
    assert len(found) == 13


def test_a_walk_that_proved_itself_is_complete_again(harvest: Harvest, tmp_path: Path) -> None:
    ran = harvest("replay", write_snapshot(tmp_path / "x.wacz"), "-o", tmp_path / "d")
    assert ran.code == 0, ran.err + ran.out
    (listing,) = read_json(tmp_path / "d" / "coverage.json")["listings"]
    assert (listing["verdict"], len(read_lines(tmp_path / "d" / "records.jsonl"))) == ("complete", 103)
    assert "2 captures passed over: 2 not-taken" in ran.out


def test_a_line_that_leads_to_another_body_is_told_of(tmp_path: Path) -> None:
    def change(line: dict[str, Any]) -> None:
        if line["id"] == "4":
            line["harvest"]["digest"] = Capture(b"another").digest
        if line["id"] == "5":
            line["harvest"]["offset"] = 7
        if line["id"] == "6":
            del line["harvest"]["listing"]
        if line["id"] == "7":
            line["harvest"]["file"] = "none.warc.gz"

    found = finds(write_snapshot(tmp_path / "x.wacz", change))
    assert sum(isinstance(find, Capture) for find in found) == 7
    kinds = [find.error.kind for find in found if isinstance(find, Damaged)]
    assert len(kinds) == 4 and kinds.count("misled-index") == 3


def test_a_list_of_pages_that_no_crawl_of_ours_wrote_is_left_alone(tmp_path: Path) -> None:
    lines = b'{"format": "json-pages-1.0", "id": "pages"}\n{"id": "1", "url": "https://example.org/"}\n'
    path = rewrite_zip(write_wacz(tmp_path / "x.wacz"), lambda _n, body: body, [("pages/pages.jsonl", lines)])
    with Payloads() as payloads:
        found = list(read_archive(path, lambda _url: None, payloads))
    assert sum(isinstance(find, Capture) for find in found) == 11
