"""A page's encoding: what its bytes are counts for more than what they are called."""

import pytest
from page_markups import HOST, MARKUPS, TEN, write

from harvester.captures import Capture
from harvester.sites import find_site

PAGE = write(MARKUPS["known-table-fields-with-classes"])
SUMMARIES = [record["summary"] for record in TEN]


def declared(charset: str) -> str:
    return PAGE.replace('<meta charset="utf-8">', f'<meta charset="{charset}">')


CASES = {
    "utf-8 without any declaration": (PAGE.replace('<meta charset="utf-8">', "").encode(), None),
    "utf-8 called latin-1 in the header": (PAGE.encode(), "text/html; charset=ISO-8859-1"),
    "utf-8 called windows-1252 in its meta": (declared("windows-1252").encode(), "text/html"),
    "utf-8 with a byte order mark": (b"\xef\xbb\xbf" + PAGE.encode(), "text/html; charset=windows-1252"),
    "windows-1252 called utf-8 in the header": (declared("windows-1252").encode("cp1252"), "text/html; charset=utf-8"),
    "windows-1252 called utf-8 everywhere": (PAGE.encode("cp1252"), "text/html; charset=utf-8"),
    "windows-1252 called latin-1": (declared("iso-8859-1").encode("cp1252"), "text/html; charset=iso-8859-1"),
    "windows-1252 without any declaration": (PAGE.replace('<meta charset="utf-8">', "").encode("cp1252"), None),
    "utf-16 little-endian with a mark": (b"\xff\xfe" + PAGE.encode("utf-16-le"), "text/html"),
    "utf-16 big-endian with a mark": (b"\xfe\xff" + PAGE.encode("utf-16-be"), None),
}


@pytest.mark.parametrize("name", CASES)
def test_letters_are_kept(name: str) -> None:
    body, content_type = CASES[name]
    reading = find_site("wilson").read(Capture(body, url=f"{HOST}/search", content_type=content_type))
    assert [entry.summary for entry in reading.entries] == SUMMARIES


def test_decomposed_letters_are_composed() -> None:
    body = PAGE.replace("café", "cafe\u0301").encode()
    reading = find_site("wilson").read(Capture(body, url=f"{HOST}/search"))
    assert [entry.summary for entry in reading.entries] == SUMMARIES


def test_nul_bytes_do_not_end_the_page() -> None:
    body = PAGE.replace("Report, Peng", "Report\x00, Peng").encode()
    reading = find_site("wilson").read(Capture(body, url=f"{HOST}/search"))
    assert len(reading.entries) == 10 and reading.entries[0].title == TEN[0]["title"]


def test_control_characters_between_flat_records_do_no_harm() -> None:
    flat = write(MARKUPS["flat-text-between-breaks-and-rules"])
    body = flat.replace("The defence", "\x01The \x1fdefence").encode()
    reading = find_site("wilson").read(Capture(body, url=f"{HOST}/search"))
    assert [entry.summary for entry in reading.entries] == SUMMARIES
