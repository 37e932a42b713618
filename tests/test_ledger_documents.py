"""What the ledger keeps of documents: texts, files, what could not be read or had, and earlier states of it all."""

import random
import string
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.captures import Capture
from harvester.dataset.publish import is_published, publish
from harvester.errors import DatasetDamaged
from harvester.identity import linked_id
from harvester.items import Counter, Document, Entry, FileLink, Reading, Reject, Text, Unknown
from harvester.ledger import Forgotten, Ledger, PastLedger, Projection, WalkKey
from harvester.ledger.documented import unknown_parts
from harvester.ledger.files import FetchedFile
from harvester.sites import find_site

WILSON = find_site("wilson")
HOST = "https://digitalarchive.wilsoncenter.org"
SLUG, OLD, PDF = f"{HOST}/document/letter", f"{HOST}/document/116123", f"{HOST}/document/177/download"
TEXT = Text("translation", "English", ("One.", "Two\nlines."))
LETTER = Document(SLUG, "Letter", "June 5, 1958", None, "new", (SLUG,), texts=(TEXT,), files=(FileLink("scan", PDF),))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / "d", "wilson")
    yield ledger
    ledger.close()


def begin(ledger: Ledger, day: int = 1, kind: str = "crawl", wanted: str | None = "documents") -> int:
    return ledger.begin_run(kind, f"2026-01-{day:02}T00:00:00.000000Z", "", wanted)


def add(ledger: Ledger, run: int, document: Document = LETTER, day: int = 1, file: str | None = None) -> None:
    when = f"2026-01-{day:02}T00:00:01Z"
    capture = Capture(
        f"<html>{document!r}".encode(), url=document.url, captured_at=when, file=file, offset=file and day
    )
    ledger.add_document(run, capture, document)


def walk(ledger: Ledger, run: int, *rows: Entry | Reject, day: int = 1, listing: str = "/search") -> None:
    when = f"2026-01-{day:02}T00:00:00Z"
    capture = Capture(repr((rows, day)).encode(), url=f"{HOST}{listing}", captured_at=when, content_type="text/html")
    reading = Reading(Counter(1, len(rows), len(rows)), rows, None, "test")
    ledger.add_page(run, WalkKey("live", listing, "created_DESC", proving=True), None, capture, reading)


def fetch(ledger: Ledger, run: int, digit: str = "a", day: int = 1, media_type: str | None = "application/pdf") -> None:
    when = f"2026-01-{day:02}T00:00:02Z"
    ledger.add_file(run, FetchedFile(PDF, when, f"sha256:{digit * 64}", media_type, 5))


def lines(ledger: Ledger) -> list[dict[str, Any]]:
    return list(Projection(ledger, WILSON).documents())


def reasons(ledger: Ledger) -> list[tuple[str, str | None, str | None]]:
    found = Projection(ledger, WILSON).rejects()
    return [(line["reason"], line["wanted"], line["url"]) for line in found]


def fail(
    ledger: Ledger, run: int, url: str, reason: str = "not-found", wanted: str | None = "document", **where: Any
) -> None:
    ledger.add_failure(run, Capture(b"", url=url, **where), None, reason, "It failed.", "", wanted)


ENTRY = Entry("June 5, 1958", "Letter", None, SLUG, "")


def test_a_text_is_kept_whole_and_once(ledger: Ledger) -> None:
    long = replace(TEXT, paragraphs=tuple(f"{n} ünï \U0001f4dc" for n in range(50_000)))
    run = begin(ledger)
    add(ledger, run, replace(LETTER, texts=(TEXT, long)))
    add(ledger, run, replace(LETTER, url=OLD, addresses=(OLD,), texts=(long,)))
    projection = Projection(ledger, WILSON)
    texts = [text for line in projection.documents() for text in line["texts"]]
    assert sorted(projection.text(text["hash"]).decode() for text in texts) == sorted([long.body, TEXT.body, long.body])
    assert ledger.db.execute("SELECT count(*) FROM text").fetchone() == (2,)


def test_a_text_that_is_not_held_or_broken_is_told(ledger: Ledger) -> None:
    add(ledger, begin(ledger))
    projection = Projection(ledger, WILSON)
    (digest,) = [text["hash"] for line in projection.documents() for text in line["texts"]]
    ledger.db.execute("UPDATE text SET packed = x'00'")
    with pytest.raises(DatasetDamaged, match="cannot be unpacked"):
        projection.text(digest)
    with pytest.raises(DatasetDamaged, match="not held"):
        projection.text("sha256:0")


def test_a_file_is_told_of_once_it_is_fetched(ledger: Ledger) -> None:
    run = begin(ledger)
    add(ledger, run)
    link = {"kind": "scan", "url": PDF}
    assert lines(ledger)[0]["files"] == [{**link, "type": None, "bytes": None, "hash": None, "file": None}]
    fetch(ledger, run)
    digest = "a" * 64
    assert lines(ledger)[0]["files"] == [
        {**link, "type": "application/pdf", "bytes": 5, "hash": f"sha256:{digest}", "file": f"files/{digest}.pdf"}
    ]


@pytest.mark.parametrize("days", [(1, 3, 2), (3, 1, 2), (1, 2, 3)])
def test_of_several_captures_of_a_file_the_newest_counts(ledger: Ledger, days: tuple[int, ...]) -> None:
    run = begin(ledger, kind="replay", wanted=None)
    add(ledger, run)
    for day in days:
        fetch(ledger, run, str(day), day)
    assert lines(ledger)[0]["files"][0]["hash"] == f"sha256:{'3' * 64}"


def test_a_file_that_came_after_the_last_publication_is_not_published(ledger: Ledger) -> None:
    run = begin(ledger)
    add(ledger, run)
    publish(ledger, WILSON)
    assert is_published(ledger)
    fetch(ledger, run)
    assert not is_published(ledger)


def test_a_document_that_came_after_the_last_publication_is_not_published(ledger: Ledger) -> None:
    walk(ledger, begin(ledger), ENTRY)
    publish(ledger, WILSON)
    assert is_published(ledger)
    add(ledger, begin(ledger, 2), day=2)
    assert not is_published(ledger)


def test_unknown_parts_are_those_of_the_page_that_gives_the_document(ledger: Ledger) -> None:
    run = begin(ledger, kind="replay", wanted=None)
    add(ledger, run, replace(LETTER, unknown=(Unknown("Pages", "12", "/html/p"),)), 1)
    newest = replace(LETTER, unknown=(Unknown("", "Ask us.", "/html/div"), Unknown("Series", "B", "/html/b")))
    add(ledger, run, newest, 2, "a.warc")
    projection = Projection(ledger, WILSON)
    record = linked_id("wilson", SLUG)
    told = list(unknown_parts(projection.db))
    assert [(part["id"], part["label"], part["text"], part["place"]) for part in told] == [
        (record, "", "Ask us.", "/html/div"), (record, "Series", "B", "/html/b")
    ]  # fmt: skip
    rejects = list(projection.rejects())
    assert {line["reason"] for line in rejects} == {"unknown-label"} and len(rejects) == 2
    where = {"url": SLUG, "file": "a.warc", "offset": 2, "captured_at": "2026-01-02T00:00:01Z"}
    for line in (*told, *rejects):
        assert {name: line[name] for name in where} == where and line["digest"].startswith("sha256:")
    assert all(
        line[name] is None for line in rejects for name in ("listing", "walk", "page", "row", "wanted", "counter")
    )


def test_all_rejects_have_one_shape_and_one_order(ledger: Ledger) -> None:
    run = begin(ledger)
    walk(ledger, run, ENTRY, Reject("no-title", "It has none.", "x", "/p"))
    for number, label in enumerate("cab"):
        url = f"{HOST}/document/{label}"
        add(ledger, run, replace(LETTER, url=url, addresses=(url,), unknown=(Unknown("L", "t", "/p"),) * (number + 1)))
    for url in (f"{HOST}/document/aa", OLD, f"{HOST}/zz"):
        fail(ledger, run, url)
    fail(ledger, run, f"{HOST}/x", wanted=None)
    found = list(Projection(ledger, WILSON).rejects())
    assert len({tuple(line) for line in found}) == 1
    assert [line["url"] for line in found] == sorted(line["url"] for line in found)
    assert len(found) == 11
    assert found == list(Projection(ledger, WILSON).rejects())


def test_of_what_a_run_wanted_the_last_failure_is_told(ledger: Ledger) -> None:
    first, second = begin(ledger, 1), begin(ledger, 2, "replay")
    fail(ledger, first, SLUG, "timed-out", file="snapshot/a.wacz", offset=3)
    fail(ledger, first, PDF, "too-large", "file")
    assert reasons(ledger) == [("too-large", "file", PDF), ("timed-out", "document", SLUG)]
    fail(ledger, second, SLUG, "missing-memento", file="web/2020id_/x")
    assert reasons(ledger) == [("too-large", "file", PDF), ("missing-memento", "document", SLUG)]


def test_what_is_held_by_now_failed_no_more(ledger: Ledger) -> None:
    run = begin(ledger)
    fail(ledger, run, SLUG)
    fail(ledger, run, PDF, "too-large", "file")
    add(ledger, run)
    assert reasons(ledger) == [("too-large", "file", PDF)]
    fetch(ledger, run)
    assert reasons(ledger) == []


def test_what_could_not_be_read_of_files_is_told_always(ledger: Ledger) -> None:
    run = begin(ledger, kind="replay", wanted=None)
    for file in ("a.html", "b.html"):
        fail(ledger, run, SLUG, "cut-document", file=file)
        fail(ledger, run, SLUG, "cut-document", file=file)
    add(ledger, run)
    assert reasons(ledger) == [("cut-document", "document", SLUG)] * 2


def test_a_failure_of_a_document_outlives_a_night_of_its_listing(ledger: Ledger) -> None:
    for day in (1, 2):
        run = begin(ledger, day)
        walk(ledger, run, ENTRY, day=day)
        if day == 1:
            ledger.add_failure(run, Capture(b"", url=SLUG), "/search", "timed-out", "It failed.", "", "document")
        publish(ledger, WILSON)
    assert reasons(ledger) == [("timed-out", "document", SLUG)]


def test_nights_forget_neither_documents_nor_files(ledger: Ledger) -> None:
    for day in range(1, 6):
        run = begin(ledger, day)
        walk(ledger, run, ENTRY, day=day)
        if day == 1:
            add(ledger, run)
            fetch(ledger, run)
        publish(ledger, WILSON)
    (line,) = lines(ledger)
    assert line["files"][0]["hash"] is not None and line["texts"][0]["file"] is not None
    assert ledger.db.execute("SELECT count(*) FROM walk WHERE kind = 'live'").fetchone() == (5,)
    assert ledger.db.execute(
        "SELECT count(*) FROM page JOIN walk ON walk.id = page.walk WHERE kind = 'live'"
    ).fetchone() == (2,)


def test_nights_forget_no_evidence_against_a_joining(ledger: Ledger) -> None:
    """A listing showed two addresses apart, both of which it went on showing at other times."""
    other = Entry("1979", "1979", None, OLD, "")
    nights = [(ENTRY,), (ENTRY, other), (ENTRY, other), (ENTRY, other), (ENTRY,), (other,), (other,)]
    shown = []
    for day, rows in enumerate(nights, 1):
        run = begin(ledger, day)
        walk(ledger, run, *rows, day=day)
        if day == 2:
            add(ledger, run, replace(LETTER, addresses=(SLUG, OLD), record_id="116123"))
        publish(ledger, WILSON)
        shown.append(sorted(record.url or "" for record, _ in Projection(ledger, WILSON).records()))
    assert shown == [[SLUG]] + [sorted([SLUG, OLD])] * 6


def test_an_earlier_state_has_the_documents_of_its_time(ledger: Ledger) -> None:
    for day, title in enumerate(("Letter", "Letter, revised", "A letter"), 1):
        run = begin(ledger, day)
        walk(ledger, run, ENTRY, day=day)
        add(ledger, run, replace(LETTER, title=title), day)
        fetch(ledger, run, str(day), day)
        publish(ledger, WILSON)
    folder = ledger.folder
    ledger.close()
    for day, title in ((2, "Letter, revised"), (1, "Letter")):
        past = PastLedger(folder)
        past.rewind(day)
        projection = Projection(past, WILSON)
        (line,) = projection.documents()
        assert (line["title"], line["files"][0]["hash"]) == (title, f"sha256:{str(day) * 64}")
        for table in ("address", "document", "file"):
            assert past.db.execute(f"SELECT count(*) FROM {table}").fetchone() == (day,)
        past.close()


def test_a_page_makes_no_earlier_state_of_a_listing_sure(ledger: Ledger) -> None:
    """Two listings showed the record; which was the last to, before the run, is forgotten. The page knows neither."""
    changed = replace(ENTRY, title="Another")
    for day in range(1, 6):
        run = begin(ledger, day)
        walk(ledger, run, ENTRY, day=day)
        walk(ledger, run, changed, day=day, listing="/search?f=places:1")
        if day == 3:
            add(ledger, run, day=day)
        publish(ledger, WILSON)
    ledger.close()
    past = PastLedger(ledger.folder)
    past.rewind(4)
    projection, forgotten = Projection(past, WILSON), Forgotten(past)
    ((record, told),) = projection.records()
    given = next(c["content"] for c in told["captures"] if c["kind"] == "listing" and record.title == "Letter")
    with_page = forgotten.is_sure(given, told["captures"])
    without = forgotten.is_sure(given, [c for c in told["captures"] if c["kind"] == "listing"])
    assert with_page is without
    past.close()


def test_a_capture_is_never_shared_into_a_walk_as_a_documents_page(ledger: Ledger) -> None:
    run = begin(ledger, kind="replay", wanted=None)
    add(ledger, run)
    ledger.share_capture(run, WalkKey("captured", "/search", None), SLUG, "2026-01-01T00:00:01Z")
    assert ledger.db.execute("SELECT count(*) FROM page").fetchone() == (1,)
    assert Projection(ledger, WILSON).walks == []
    assert ledger.held_captures(run, "/search") == []
    assert ledger.held(WalkKey("live", "/search", "created_DESC"), "2020") is None


paragraphs = st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=4).map(tuple)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.lists(paragraphs, max_size=3))
def test_every_text_comes_back_byte_for_byte(
    tmp_path_factory: pytest.TempPathFactory, texts: list[tuple[str, ...]]
) -> None:
    ledger = Ledger(tmp_path_factory.mktemp("d") / "d", "wilson")
    said = tuple(Text("translation", None, paragraphs) for paragraphs in texts)
    add(ledger, begin(ledger), replace(LETTER, texts=said))
    projection = Projection(ledger, WILSON)
    (line,) = projection.documents()
    assert [projection.text(text["hash"]).decode() for text in line["texts"]] == [text.body for text in said]
    assert [text["bytes"] for text in line["texts"]] == [len(text.body.encode()) for text in said]
    ledger.close()


def test_seven_hundred_thousand_characters_are_kept_whole(ledger: Ledger) -> None:
    drawn = "".join(random.Random(7).choices(string.printable, k=700_000))
    add(ledger, begin(ledger), replace(LETTER, texts=(Text("scan", None, (drawn,)),)))
    projection = Projection(ledger, WILSON)
    (line,) = projection.documents()
    assert projection.text(line["texts"][0]["hash"]).decode() == f"{drawn}\n"
