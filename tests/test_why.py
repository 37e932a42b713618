"""Every field leads back to the capture, and to the element in it, that it was read from."""

import gzip
import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest
from conftest import FIXTURES, Harvest, read_lines
from lxml import html
from page_markups import HOST, MARKUPS, PAGES

from harvester.captures import Capture
from harvester.dataset.field import CHANGED, LOST, NOT_KEPT, OTHERWISE
from harvester.dataset.sources import Record, find_record
from harvester.dataset.why import explain_field
from harvester.items import Entry
from harvester.pages.blocks import text_of, visible_text
from harvester.sample import Archive, Server, render_listing
from harvester.sample.running import serving
from harvester.sample.wayback import Wayback, shoot
from harvester.sites import find_site
from harvester.text import join_paragraphs, split_paragraphs, squash

WILSON = find_site("wilson")
READ = [name for name, markup in MARKUPS.items() if not markup.reason]


def rows_of(body: bytes, url: str | None = f"{HOST}/search?page=7") -> tuple[Capture, list[Entry]]:
    capture = Capture(body, url=url)
    rows = WILSON.read(capture).rows
    assert all(isinstance(row, Entry) for row in rows)
    return capture, [row for row in rows if isinstance(row, Entry)]


@pytest.mark.parametrize("name", READ)
def test_the_origins_of_every_row_hold_what_was_read(name: str) -> None:
    body = (PAGES / "markups" / f"{name}.html").read_bytes()
    capture, rows = rows_of(body)
    tree = html.document_fromstring(body.decode())
    for number, entry in enumerate(rows):
        origins = WILSON.origins(capture, number)
        assert set(origins) == {name for name in ("date_text", "title", "summary", "url") if getattr(entry, name)}
        assert {origin.text for origin in origins["title"]} == {entry.title}
        assert all(entry.date_text in origin.text for origin in origins.get("date_text", ()) if entry.date_text)
        told = " ".join(origin.text for origin in origins.get("summary", ()))
        assert squash(entry.summary or "") in squash(told)
        assert WILSON.document_url(origins["url"][0].text) == entry.url
        for origin in (origin for of in origins.values() for origin in of):
            check_place(origin, tree)


def check_place(origin: Any, tree: Any) -> None:
    """Find an origin's element by its path in a tree of this test's own, and its text in it."""
    if origin.path is None:
        return
    (element,) = tree.getroottree().xpath(origin.path.removesuffix("/text()"))
    shown = squash(visible_text(element))
    assert html.tostring(element, encoding="unicode", with_tail=False) == origin.markup
    assert squash(origin.text) in shown or element.get("href") == origin.text or shown.endswith(origin.text)


def test_only_bare_text_between_records_has_no_place_of_its_own() -> None:
    without = set()
    for name in READ:
        capture, rows = rows_of((PAGES / "markups" / f"{name}.html").read_bytes())
        found = [WILSON.origins(capture, number) for number in range(len(rows))]
        if any(origin.path is None for row in found for of in row.values() for origin in of):
            without.add(name)
            assert all(o.markup == o.text for row in found for of in row.values() for o in of if o.path is None)
    assert without == {"flat-text-between-breaks-and-rules"}


def test_the_link_is_the_one_of_the_title() -> None:
    capture, rows = rows_of((PAGES / "markups" / "cards-with-image-link-first.html").read_bytes())
    for number, entry in enumerate(rows):
        (origin,) = WILSON.origins(capture, number)["url"]
        assert text_of(html.fragment_fromstring(origin.markup)) == entry.title


def test_of_neighbours_of_the_same_markup_none_is_taken_for_the_place() -> None:
    body = (PAGES / "markups" / "flat-headings-and-paragraphs-date-first.html").read_text(encoding="utf-8")
    _, rows = rows_of(body.encode())
    capture, same = rows_of(body.replace(f">{rows[1].date_text}<", f">{rows[0].date_text}<").encode())
    assert same[1].date_text == rows[0].date_text
    paths = [WILSON.origins(capture, number)["date_text"][0].path for number in range(3)]
    assert paths[:2] == [None, None] and paths[2] is not None


def test_the_smallest_element_gives_the_field_and_not_the_row() -> None:
    capture, rows = rows_of((PAGES / "markups" / "known-table-fields-with-classes.html").read_bytes())
    for number, entry in enumerate(rows):
        origins = WILSON.origins(capture, number)
        for field in ("title", "summary"):
            (origin,) = origins[field]
            assert text_of(html.fragment_fromstring(origin.markup)) == squash(getattr(entry, field))


# Whole datasets.


def save(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    archive = Archive(25)
    for page in range(3):
        save(tmp_path / "pages" / f"{page}.html", render_listing(archive, f"page={page}"))
    return tmp_path / "pages"


def why(harvest: Harvest, *args: object) -> dict[str, Any]:
    ran = harvest("why", *args, "--json")
    assert ran.code == 0, ran.err
    (told,) = ran.lines
    return told


def test_every_field_of_every_record_of_the_sample_is_led_back(harvest: Harvest, pages: Path, tmp_path: Path) -> None:
    harvest("replay", pages, "-o", tmp_path / "d")

    def find(file: str, offset: int | None, *, digest: str | None = None) -> Capture | None:
        capture = Capture((tmp_path / file).read_bytes())
        return capture if digest in {None, capture.digest} else None

    for record in read_lines(tmp_path / "d" / "records.jsonl"):
        found = find_record(tmp_path / "d", record["id"], WILSON)
        for name in ("title", "summary", "date_text", "url"):
            field = explain_field(found, name, WILSON, find)
            assert field.trouble is None
            assert bool(field.origins) == (record[name] is not None)
        markups = [origin.markup for origin in explain_field(found, "summary", WILSON, find).origins]
        shown = [
            text for markup in markups for text in split_paragraphs(visible_text(html.fragment_fromstring(markup)))
        ]
        assert join_paragraphs(shown) == record["summary"]


def test_a_record_is_found_by_its_id_and_by_its_address(harvest: Harvest, pages: Path, tmp_path: Path) -> None:
    harvest("replay", pages, "-o", tmp_path / "d")
    record = read_lines(tmp_path / "d" / "records.jsonl")[3]
    for wanted in (record["id"], record["url"], record["url"] + "?page=1"):
        assert why(harvest, "d", wanted)["id"] == record["id"]
    ran = harvest("why", "d", "wilson-0000000000000000")
    assert ran.code == 2 and "has no record" in ran.err
    ran = harvest("why", "d", record["id"], "colour")
    assert ran.code == 2 and "has no field colour" in ran.err and "date_text" in ran.err
    assert harvest("why", "pages", record["id"]).code == 7


def test_a_person_sees_the_element_as_it_stands_in_the_capture(harvest: Harvest, pages: Path, tmp_path: Path) -> None:
    harvest("replay", pages, "-o", tmp_path / "d")
    record = next(r for r in read_lines(tmp_path / "d" / "records.jsonl") if r["date_text"] and r["summary"])
    ran = harvest("why", "d", record["id"], "date")
    assert f"date: {record['date']}\n  the printed date '{record['date_text']}' read as EDTF" in ran.out
    assert f">{record['date_text']}</" in ran.out and "/html/body/" in ran.out
    assert "file pages/" in ran.out and "position" in ran.out
    told = harvest("why", "d", record["id"], "id").out
    assert (
        "the site's name and the path of its link" in told
        and f'href="/document/{record["url"].rsplit("/", 1)[1]}"' in told
    )
    whole = harvest("why", "d", record["id"]).out
    assert "One capture:" in whole and "sha256:" in whole


def test_a_title_with_a_hard_break_shows_the_break(harvest: Harvest, pages: Path, tmp_path: Path) -> None:
    page = (pages / "0.html").read_text(encoding="utf-8")
    record = next(r for r in Archive(25).records if f">{r.title}<" in page and " " in r.title)
    head, _, tail = record.title.partition(" ")
    broken = page.replace(f">{record.title}<", f">{head}<br>{tail}<", 1)
    assert broken != page
    save(tmp_path / "one" / "0.html", broken)
    harvest("replay", tmp_path / "one", "-o", tmp_path / "d")
    told = why(harvest, "d", f"https://digitalarchive.wilsoncenter.org{record.path}", "title")
    assert told["field"]["value"] == record.title
    assert f"{head}<br>{tail}" in told["field"]["origins"][0]["markup"]


def test_a_terminal_gets_no_control_characters_of_a_page(harvest: Harvest, pages: Path, tmp_path: Path) -> None:
    page = (pages / "0.html").read_text(encoding="utf-8")
    record = next(r for r in Archive(25).records if f">{r.title}<" in page)
    hostile = page.replace(f">{record.title}<", f"><i title='\x1b[2J\x9b'>{record.title}</i>\x1b[31m<", 1)
    save(tmp_path / "one" / "0.html", hostile)
    harvest("replay", tmp_path / "one", "-o", tmp_path / "d")
    url = f"https://digitalarchive.wilsoncenter.org{record.path}"
    assert "\x1b" in why(harvest, "d", url, "title")["field"]["origins"][0]["markup"]
    shown = harvest("why", "d", url, "title").out
    assert record.title in shown and all(c.isprintable() or c == "\n" for c in shown)


def test_a_long_summary_is_cut_for_people_only(harvest: Harvest, pages: Path, tmp_path: Path) -> None:
    archive = Archive(7)
    archive.change(archive.records[0].node, summary=["Word after word. " * 100])
    save(tmp_path / "one" / "0.html", render_listing(archive, ""))
    harvest("replay", tmp_path / "one", "-o", tmp_path / "d")
    url = f"https://digitalarchive.wilsoncenter.org{archive.records[0].path}"
    assert " characters more)" in harvest("why", "d", url, "summary").out
    assert len(why(harvest, "d", url, "summary")["field"]["origins"][0]["markup"]) > 1600


def test_a_field_of_a_text_extract_leads_to_its_blocks(harvest: Harvest, tmp_path: Path) -> None:
    harvest("replay", FIXTURES / "results-page-8.txt", "-o", tmp_path / "d")
    capture = Capture((FIXTURES / "results-page-8.txt").read_bytes())

    def find(file: str, offset: int | None, *, digest: str | None = None) -> Capture:
        return capture

    for record in read_lines(tmp_path / "d" / "records.jsonl"):
        found = find_record(tmp_path / "d", record["id"], WILSON)
        for name in ("date_text", "title", "summary"):
            origins = explain_field(found, name, WILSON, find).origins
            assert "\n\n".join(origin.text for origin in origins) == record[name]
            assert all((origin.path or "").startswith("block ") for origin in origins)
    told = why(harvest, "d", record["id"], "id", "--captures", FIXTURES)["field"]
    assert [origin["text"] for origin in told["origins"]] == [record["date_text"], record["title"]]
    assert "date line and whole title" in told["rule"]


def test_a_record_joined_from_text_and_html_is_given_by_the_html(harvest: Harvest, tmp_path: Path) -> None:
    archive = Archive(7)
    save(tmp_path / "p" / "0.html", render_listing(archive, ""))
    newest = sorted(archive.records, key=lambda record: record.node, reverse=True)
    blocks = [text for row in newest for text in (row.date, row.title, *row.summary) if text]
    save(tmp_path / "t" / "0.txt", "\n\n".join(["Results:", "1 - 7 of 7", "Documents", *blocks]) + "\n")
    harvest("replay", tmp_path / "t", tmp_path / "p", "-o", tmp_path / "d")
    joined = [line["id"] for line in read_lines(tmp_path / "d" / "provenance.jsonl") if len(line["captures"]) == 2]
    assert joined
    told = why(harvest, "d", joined[0])
    assert [capture["medium"] for capture in told["captures"]] == ["html", "text"]
    assert told["reason"] == "html is a better medium than text"
    assert [capture["matched_by"] for capture in told["captures"]] == ["link", "date and title"]
    assert why(harvest, "d", joined[0], "title")["field"]["capture"]["medium"] == "html"


def test_the_newest_capture_gives_the_record(tmp_path: Path) -> None:
    from harvester.dataset.sources import _ordered
    from harvester.identity import content_digest

    said = content_digest("u", None, "New", None)
    record = {"url": "u", "date_text": None, "title": "New", "summary": None}
    base = {"listing": "/search", "position": 1, "digest": "d", "medium": "html"}
    old = {**base, "captured_at": "2025-01-01T00:00:00Z", "content": "other"}
    new = {**base, "captured_at": "2025-10-01T00:00:00Z", "content": said}
    found = _ordered(record, [old, new])
    assert found.captures == (new, old)
    same, poorer = {**old, "content": said}, {**new, "medium": "text"}
    assert _ordered(record, [poorer, same, new]).captures == (new, same, poorer)
    assert _ordered(record, [poorer, same]).reason == "html is a better medium than text"
    assert found.reason == "it is the newest of 2 in html; others say something else"


@pytest.mark.parametrize("kind", ["tar.gz", "warc.gz"])
def test_a_page_is_found_again_in_an_archive(harvest: Harvest, pages: Path, tmp_path: Path, kind: str) -> None:
    archive = tmp_path / f"kept.{kind}"
    if kind == "tar.gz":
        with tarfile.open(archive, "w:gz") as tar:
            tar.add(pages, "pages")
    else:
        records = (warc_record(page, f"{HOST}/search?page={page.stem}") for page in sorted(pages.iterdir()))
        archive.write_bytes(b"".join(map(gzip.compress, records)))
    shutil.rmtree(pages)
    assert harvest("replay", archive, "-o", tmp_path / "d").code == 0
    record = read_lines(tmp_path / "d" / "records.jsonl")[0]
    told = why(harvest, "d", record["id"], "title")
    assert record["title"] in text_of(html.fragment_fromstring(told["field"]["origins"][0]["markup"]))
    assert told["captures"][0]["file"].startswith(archive.name)


def warc_record(page: Path, url: str) -> bytes:
    body = page.read_bytes()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body)
    fields = [
        "WARC/1.1", "WARC-Type: response", f"WARC-Target-URI: {url}", "WARC-Date: 2025-03-16T10:00:00Z",
        f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{int(page.stem):012}>",
        "Content-Type: application/http; msgtype=response", f"Content-Length: {len(head) + len(body)}",
    ]  # fmt: skip
    return "\r\n".join(fields).encode() + b"\r\n\r\n" + head + body + b"\r\n\r\n"


def test_what_changed_on_disk_is_not_shown(harvest: Harvest, pages: Path, tmp_path: Path) -> None:
    harvest("replay", pages, "-o", tmp_path / "d")
    line = read_lines(tmp_path / "d" / "provenance.jsonl")[0]
    path = tmp_path / line["captures"][0]["file"]
    path.write_bytes(path.read_bytes() + b"<!-- later -->")
    field = why(harvest, "d", line["id"], "title")["field"]
    assert (field["trouble"], field["origins"]) == (CHANGED, [])
    path.unlink()
    field = why(harvest, "d", line["id"], "title")["field"]
    assert (field["trouble"], field["origins"]) == (LOST, [])
    assert "--captures" in field["advice"]
    assert harvest("why", "d", line["id"], "title").code == 0


def test_captures_are_looked_for_where_one_says(harvest: Harvest, pages: Path, tmp_path: Path) -> None:
    harvest("replay", pages, "-o", tmp_path / "d")
    record = read_lines(tmp_path / "d" / "records.jsonl")[0]
    pages.rename(tmp_path / "x")
    save(tmp_path / "far" / "away" / "note", "")
    (tmp_path / "x").rename(tmp_path / "far" / "away" / "pages")
    (tmp_path / "else").mkdir()
    near = harvest("why", tmp_path / "d", record["id"], "title", cwd=tmp_path / "else")
    assert LOST in near.out
    found = harvest("why", tmp_path / "d", record["id"], "title", "--captures", "../far", cwd=tmp_path / "else")
    assert "<a href=" in found.out


def test_a_page_that_was_read_live_says_what_to_do_next_time(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    harvest("crawl", f"{server.url}/search", "--site", "wilson", "-o", tmp_path / "d")
    record = read_lines(tmp_path / "d" / "records.jsonl")[0]
    told = why(harvest, "d", record["id"], "title")
    assert told["field"]["trouble"] == NOT_KEPT and "--snapshot" in told["field"]["advice"]
    assert told["captures"][0]["file"] is None


def test_a_row_that_is_read_in_another_way_now_is_not_shown() -> None:
    body = (PAGES / "markups" / "list-with-date-class.html").read_bytes()
    capture, (entry, *_) = rows_of(body)
    provenance = {"file": "f", "offset": None, "digest": capture.digest, "row": 0, "content": "what it said once",
                  "url": None, "matched_by": "link"}  # fmt: skip
    found = Record({"id": "i", "url": None, "title": entry.title, "date_text": entry.date_text}, (provenance,), "")
    field = explain_field(found, "title", WILSON, lambda file, offset, *, digest=None: capture)
    assert (field.trouble, field.origins) == (OTHERWISE, ())


def test_fields_that_are_made_of_nothing_printed_say_so(harvest: Harvest, pages: Path, tmp_path: Path) -> None:
    harvest("replay", pages, "-o", tmp_path / "d")
    record = read_lines(tmp_path / "d" / "records.jsonl")[0]
    for name, rule in (("site", "page objects"), ("withdrawn", "no longer show"), ("listings", "the captures show it")):
        told = why(harvest, "d", record["id"], name)["field"]
        assert rule in told["rule"] and told["origins"] == [] and told["trouble"] is None


def test_a_field_from_a_web_archive_leads_to_its_memento(harvest: Harvest, tmp_path: Path) -> None:
    original = f"{HOST}/search?page=0"
    shot = shoot(Archive(7), "20250316000000", original)
    with serving(Wayback([shot])) as web:
        wayback = {"WAYBACK_URL": web.url}
        assert harvest("crawl", original, "--via", "wayback", "-o", tmp_path / "d", env=wayback).code == 0
    record = read_lines(tmp_path / "d" / "records.jsonl")[0]
    memento = f"https://web.archive.org/web/20250316000000id_/{original}"
    ran = harvest("why", tmp_path / "d", record["id"], "title")
    assert f"Save {memento} as it is: --captures FILE." in ran.out and f"memento {memento}" in ran.out
    assert f"{web.url}/web/2025" in harvest("why", tmp_path / "d", record["id"], env=wayback).out
    (tmp_path / "saved.html").write_bytes(shot.body)
    ran = harvest("why", tmp_path / "d", record["id"], "title", "--captures", tmp_path / "saved.html")
    assert record["title"] in ran.out.partition("title: ")[2].partition("\n")[2]
    (tmp_path / "saved.html").write_bytes(shot.body + b" ")
    ran = harvest("why", tmp_path / "d", record["id"], "title", "--captures", tmp_path / "saved.html")
    assert "--captures FILE" in ran.out
