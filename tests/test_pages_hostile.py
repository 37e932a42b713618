"""Pages made to bring the reader down: each is read or refused, in time, in little memory, with nothing misread."""

import json
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import tracemalloc
from pathlib import Path

import orjson
import pytest
from conftest import FIXTURES
from soak.fuzz import limited
from soak.hostile import FOOT, HEAD, PAGES, ROWS, TEXT, attributes, nested, page, row, table

from harvester.captures import Capture
from harvester.dates import read_edtf, read_printed
from harvester.errors import DocumentPage, Exit, PageError
from harvester.harvest.records import record_of
from harvester.items import Entry, Reading
from harvester.pages import limits
from harvester.pages.limits import PageTooLarge
from harvester.sites import find_site
from harvester.text import fold, squash

SITE = find_site("wilson")
OWN = "https://digitalarchive.wilsoncenter.org"
TWO = [("June 5, 1958", "Letter a", "One said."), ("June 6, 1958", "Letter b", "Two said.")]


def read(body: bytes, content_type: str | None = None) -> Reading:
    return SITE.read(Capture(body, url=f"{OWN}/search", content_type=content_type))


def told(reading: Reading) -> list[tuple[str | None, str, str | None]]:
    return [(entry.date_text, entry.title, entry.summary) for entry in reading.entries]


def refusal(body: bytes) -> PageError:
    with pytest.raises(PageTooLarge) as caught:
        read(body)
    return caught.value


@pytest.mark.parametrize("name", PAGES)
def test_is_read_or_refused_within_a_second(name: str) -> None:
    body = PAGES[name]()
    started = time.process_time()
    try:
        with limited():
            reading = read(body)
    except PageError as error:
        assert error.message and error.advice and len(str(error)) < 1000
    else:
        assert len(orjson.dumps(reading)) < 20_000_000
    assert time.process_time() - started < 1.0


def test_all_of_it_in_one_process_takes_little_memory_and_no_recursion() -> None:
    """A crash of libxml2 would end the process; 400 MB are the interpreter, the body of 100 MB and what reads it."""
    code = (
        "import sys; from soak.hostile import PAGES; from harvester.captures import Capture\n"
        "from harvester.errors import PageError; from harvester.sites import find_site\n"
        "site = find_site('wilson'); sys.setrecursionlimit(400)\n"
        "for make in PAGES.values():\n"
        "    try: site.read(Capture(make()))\n"
        "    except PageError: pass\n"
        # The peak of this program alone: getrusage counts what started it.
        "kilobytes = open('/proc/self/status').read().split('VmHWM:')[1].split()[0]\n"
        "print(len(PAGES), int(kilobytes) // 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parent, timeout=300,
    )  # fmt: skip
    count, peak = map(int, done.stdout.split())
    assert count == len(PAGES) > 60
    assert peak < 400, peak


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (page(b"x" * limits.MOST_BYTES), "3,000,000"),
        (page(nested(b"div", 100_000)), "150"),
        (page(b"<b>" * 300), "150"),
        (page(b"<p>x</p>" * 30_000), "20,000"),
        (page(b"<!---->" * 30_000), "20,000"),
        (page(attributes(9_000)), "1,000"),
        (table(1_100), "1,000"),
        (page(b"<a href=/document/x>y</a>" * 6_000), "5,000"),
        (TEXT + b"a\n\n" * 20_000, "10,000"),
        (TEXT + b"1\n" * 60_000, "50,000"),
    ],
    ids=["bytes", "depth", "depth-small", "elements", "comments", "attributes", "rows", "links", "blocks", "lines"],
)
def test_a_refusal_says_the_limit_and_what_to_do(body: bytes, says: str) -> None:
    error = refusal(body)
    assert (error.kind, error.code) == ("too-large", Exit.UNREADABLE)
    assert says in error.message and "listing" in error.advice
    assert error.where == f"{OWN}/search"


def test_pages_far_larger_than_any_seen_are_read() -> None:
    assert len(read(table(900)).entries) == 900
    assert len(read(page(b"<p class='%b'>x</p>" % (b"x" * 1_500_000))).entries) == 2
    assert told(read(page(nested(b"div", 100)))) == TWO
    assert told(read(HEAD + nested(b"div", 100, ROWS) + FOOT)) == TWO


def test_a_page_that_libxml2_would_cut_is_refused() -> None:
    """The second record and half of the first one's summary lie behind the point where it stops reading."""
    body = HEAD + ROWS.replace(b"One ", b"One " + nested(b"b", 3_000)) + FOOT
    assert refusal(body).kind == "too-large"


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        (b"<p>" + b"x " * 30_000 + b"</p>", "summary"),
        (nested(b"div", 40), "one in another"),
        (b"<p>A b.</p>" * 1_100, "stand apart"),
        (b"<time>" + b"9" * 600 + b"</time>", "date"),
    ],
    ids=["summary", "depth", "pieces", "date"],
)
def test_a_row_that_is_no_record_is_rejected_and_the_other_read(inside: bytes, reason: str) -> None:
    first, second = read(row(inside)).rows
    assert reason in getattr(first, "message", "") and len(getattr(first, "text", "")) <= 4000
    assert isinstance(second, Entry) and second.title == "B"


@pytest.mark.parametrize(
    "body", [page(title=b"x" * 2_001), TEXT + b"1958\n\n" + b"x" * 2_001 + b"\n\nS.\n\nPagination"]
)
def test_a_title_of_more_than_2000_letters_is_none(body: bytes) -> None:
    assert "a title of 2,001" in read(body).rejects[0].message


def test_external_entities_open_no_file_and_no_socket(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("opened", "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.3)
        asked = f"http://127.0.0.1:{server.getsockname()[1]}/x.dtd"
        doctype = (
            f'<!DOCTYPE html SYSTEM "{asked}" [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY y SYSTEM "{asked}">]>'
        )
        for start in ("", '<?xml version="1.0"?>'):
            body = (start + doctype).encode() + page(title=b"Letter a &x; &y;")
            reader = threading.Thread(target=read, args=(body,))
            reader.start()
            with pytest.raises(TimeoutError):
                server.accept()
            reader.join()
            assert b"opened" not in orjson.dumps(read(body))


CONTROLS = [
    (b"&#0;\x00&#1;", "�"),
    (b"&#xD800;&#xDFFF;", "��"),
    (b"\x1b[31mred\x1b[0m", "[31mred[0m"),
    (b"\x7f\x08\xc2\x9b", "›"),
    (b"1950&#150;53 \xc2\x96", "1950–53 –"),
    ("\u202eevil\u202c".encode(), "\u202eevil\u202c"),
    ("a\u200bb".encode(), "a\u200bb"),
    (b"&lt;script&gt;alert(1)&lt;/script&gt; &amp;lt;", "<script>alert(1)</script> &lt;"),
    ("\u2028\u0085\ufeff".encode(), "…\ufeff"),
]


@pytest.mark.parametrize(("printed", "held"), CONTROLS, ids=ascii)
def test_a_title_holds_its_print_and_no_control_character(printed: bytes, held: str) -> None:
    (entry, _) = read(page(title=b"Letter " + printed + b" a")).entries
    assert entry.title == squash(f"Letter {held} a")
    line = orjson.dumps(record_of(entry, SITE)).decode()
    assert json.loads(line)["title"] == entry.title and "\\u00" not in line
    assert all(c.isprintable() or c > "\x9f" for c in line)
    assert sqlite3.connect(":memory:").execute("select ?", (entry.title,)).fetchone() == (entry.title,)


def test_a_text_extract_holds_no_control_character_either() -> None:
    body = b"1 - 1 of 1\n\nJune 5, 1958\n\nLetter \x1b]0;x\x07 \x00 \xc2\x9b a\n\nOne\x08 said.%b\n\nPagination"
    more = b" Much was said." * 30
    assert told(read(body % more)) == [("June 5, 1958", "Letter ]0;x › a", f"One said.{more.decode()}")]


@pytest.mark.parametrize(
    "href",
    [
        *(
            "javascript:/document/a",
            " java\nscript:/document/a",
            "data:text/html,/document/a",
            "//evil.example/document/a",
        ),
        *("\\\\evil.example/document/a", "http:/\\evil.example/document/a", "/\\evil.example/document/a"),
        *(
            "http://127.0.0.1/document/a",
            "http://127.1/document/a",
            "http://2130706433/document/a",
            "http://[::1]/document/a",
        ),
        *(f"{OWN}@evil.example/document/a", f"{OWN}%2eevil.example/document/a", f"{OWN}:99999/document/a"),
        *(
            "/document/%2e%2e",
            "/document/..",
            "/document/../admin",
            "/document/" + "a" * 3_000,
            "/document/a/../../x/b",
        ),
        *("http://[x/document/a", "https:////evil.example/document/a", "/document/", "mailto:/document/a"),
    ],
)
def test_a_link_that_leads_elsewhere_is_no_records(href: str) -> None:
    assert SITE.document_url(href) is None
    body = page().replace(b"href=/document/a", f'href="{href}"'.encode())
    assert {entry.url for entry in read(body).entries} <= {f"{OWN}/document/b", None}


@pytest.mark.parametrize(
    "href", ["/docu\nment/a", " /document/a\t", f"{OWN}/document/a#x?y", "https://u:p@" + OWN[8:] + "/document/a"]
)
def test_a_link_is_read_as_browsers_read_it(href: str) -> None:
    assert SITE.document_url(href) == f"{OWN}/document/a"


@pytest.mark.parametrize("href", ["javascript:next()", "data:text/html,x", "JAVA\tSCRIPT:next()", "http://[x"])
def test_a_next_link_that_is_no_address_leads_nowhere(href: str) -> None:
    assert read(page(f'<a rel=next href="{href}">next</a>'.encode())).next_url is None


def test_half_a_surrogate_pair_in_a_link_is_no_address() -> None:
    assert SITE.document_url("/document/\ud800") is None


def test_a_damaged_letter_leaves_the_others_as_they_are() -> None:
    body = page(title="Café à Genève, Đặng Tiểu Bình".encode() + b"\xe2\x80")
    assert read(body).entries[0].title == "Café à Genève, Đặng Tiểu Bình�"


def test_a_page_cut_inside_a_letter_keeps_its_encoding() -> None:
    body = page(b"<p>caf\xc3\xa9</p>", title="Café à Genève".encode())
    cut = body[: body.index(b"<p>caf") + 7]
    assert read(cut).entries[0].title == "Café à Genève"


@pytest.mark.parametrize("charset", ["base64", "rot13", "idna", "punycode", "undefined", "unicode_escape", "utf-16"])
def test_a_charset_that_is_no_pages_is_as_none(charset: str) -> None:
    body = page(title=b"Caf\xe9")
    assert read(b"<meta charset=%b>" % charset.encode() + body).entries[0].title == "Café"
    assert read(body, f"text/html; charset={charset}").entries[0].title == "Café"


def test_two_readings_of_a_huge_class_keep_none_of_it() -> None:
    for i in range(3):
        read(page(b"<p class='%d %b'>x</p>" % (i, b"a " * 400_000)))
    tracemalloc.start()
    try:
        for i in range(10):
            read(page(b"<p class='%d %b'>x</p>" % (i, b"b " * 400_000)))
        assert tracemalloc.get_traced_memory()[0] < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "text",
    [
        "1" * 1_000_000,
        "(" * 1_000_000,
        "[" * 99 + "1958" + "]" * 99,
        "June 5 or " * 19,
        "c. ? " * 39,
        "x" + "\u0301\u0316" * 100_000,
    ],
    ids=["digits", "brackets", "bracketed", "or", "marks", "accents"],
)
def test_no_date_line_takes_long(text: str) -> None:
    started = time.process_time()
    for _ in range(5):
        assert read_printed(text).date_precision in {"unknown", "year"}
    assert time.process_time() - started < 0.5


def test_no_edtf_takes_long() -> None:
    started = time.process_time()
    assert read_edtf("[" + ",".join(["XXXX"] * 390) + "]").date_earliest is None
    read_edtf("XXXX-02-30")
    assert time.process_time() - started < 0.5


def test_more_marks_than_any_language_has_are_left_as_they_are() -> None:
    assert squash("x\u0301\u0316" * 2_000) == "x\u0316\u0301" * 2_000
    assert squash("x" + "\u0301\u0316" * 15) == "x" + "\u0316" * 15 + "\u0301" * 15
    started = time.process_time()
    many = "e" + "\u0301\u0316" * 200_000
    assert squash(many) == many and fold(many)
    assert time.process_time() - started < 0.5


def test_a_text_that_breaks_off_gives_no_half_record() -> None:
    whole = (
        TEXT + b"June 5, 1958\n\nLetter a\n\nOne said so.\n\nJune 6, 1958\n\nLetter b\n\nTwo said so.\n\nPagination\n"
    )
    truth = told(read(whole))
    assert len(truth) == 2
    for end in range(len(whole)):
        try:
            entries = told(read(whole[:end]))
        except PageError:
            continue
        # Where the last summary's own words break off after all records are there, nothing tells.
        assert all(entry in truth or (entry[:2] == truth[1][:2] and entry[2]) for entry in entries), whole[:end]


@pytest.mark.parametrize(
    "name", ["table-with-a-record-over-two-rows", "featured-documents-before-and-after-in-the-same-markup"]
)
def test_a_page_that_breaks_off_gives_no_half_record(name: str) -> None:
    """Rows of two lines are no records without a summary; featured documents don't stand in for missing rows."""
    whole = (FIXTURES / "pages" / "markups" / f"{name}.html").read_bytes()
    truth = told(read(whole))
    assert len(truth) == 10
    for end in range(1_000, len(whole), 41):
        try:
            entries = told(read(whole[:end]))
        except PageError:
            continue
        assert all(entry in truth for entry in entries), end


def test_rows_of_two_lines_fewer_than_announced_are_no_records_without_a_summary() -> None:
    lines = "<tr><td>June {0}, 1958</td><td><a href=/document/x{0}>Letter {0}</a></td></tr><tr><td>He writes.</td></tr>"
    rows = "".join(lines.format(day) for day in range(1, 4))
    reading = read(f"<html><main><p>1 - 10 of 10</p><table>{rows}</table></main></html>".encode())
    assert not reading.entries and "rows without a link" in reading.rejects[0].message


def test_an_error_quotes_little() -> None:
    with pytest.raises(PageError) as caught:
        read(b"words", "application/" + "x" * 100_000)
    assert len(str(caught.value)) < 600


def test_a_document_page_of_any_size_is_called_one() -> None:
    with pytest.raises(DocumentPage):
        SITE.read(Capture(b"x" * 3_000_000, url=f"{OWN}/document/a"))
