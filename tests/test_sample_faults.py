"""Each fault of the sample archive does on the wire what its name says, whatever the dose."""

import gzip
import re
import socket
import time
import urllib.parse
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest
from parsel import Selector

from harvester.sample import Archive, Request, Schedule, Server, play, running
from harvester.sample.events import Event
from harvester.sample.faults import FAULTS, transfers
from harvester.sample.schedule import Fault

NOW = datetime(2021, 3, 4, 5, 6, 7, tzinfo=UTC)
DOSES = (0.0, 0.3, 0.6, 0.999)
TARGET = "/search?sort_bef_combine=created_DESC&page=2"
EARLIER = [Event(1, False, kind, kind, 0.999) for kind in ("delete", "insert", "delete", "insert")]


@dataclass
class Met:
    """What came for a page that met a fault; `sound` is what should have come."""

    raw: bytes
    reset: bool
    dose: float
    sound: str
    server: Server

    @property
    def status(self) -> int:
        return int(self.raw.split(b" ", 2)[1])

    @property
    def headers(self) -> dict[str, str]:
        lines = self.raw.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
        return dict(line.split(": ", 1) for line in lines)

    @property
    def body(self) -> bytes:
        return self.raw.partition(b"\r\n\r\n")[2]

    @property
    def length(self) -> int:
        return int(self.headers["Content-Length"])

    @property
    def page(self) -> str:
        """Return the page of an answer that is whole."""
        assert self.length == len(self.body)
        packed = self.headers.get("Content-Encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode()

    def sound_page(self, number: int) -> str:
        return self.server.answer(Request("GET", TARGET.replace("=2", f"={number}"), {})).data.decode()


def meet(kind: str, dose: float, accept: str = "gzip", target: str = TARGET, records: int = 103) -> Met:
    with running(Archive(records)) as server:
        play(server, Schedule(0, tuple(EARLIER), (Fault(1, kind, dose),)), now=lambda: NOW)
        host = urllib.parse.urlsplit(server.url)
        raw, reset = b"", False
        with socket.create_connection((host.hostname, host.port), timeout=10) as connection:
            head = f"GET {target} HTTP/1.1\r\nHost: sample\r\nConnection: close\r\nAccept-Encoding: {accept}\r\n\r\n"
            connection.sendall(head.encode())
            try:
                while piece := connection.recv(65_536):
                    raw += piece
            except ConnectionResetError:
                reset = True
        return Met(raw, reset, dose, server.answer(Request("GET", target, {})).data.decode(), server)


def links(page: str) -> list[str]:
    return Selector(page).css("main article h3 a::attr(href)").getall()


def counter(page: str) -> str | None:
    return Selector(page).css("main .counter::text").get()


def numbers(page: str) -> list[int]:
    return [int(number) for number in re.findall("[0-9]+", counter(page) or "")]


# What each fault must look like


def is_status(status: int) -> Callable[[Met], None]:
    def check(met: Met) -> None:
        assert met.status == status
        assert "Retry-After" not in met.headers
        assert f"<h1>{status} " in met.page

    return check


def is_retry_later(status: int, form: str) -> Callable[[Met], None]:
    def check(met: Met) -> None:
        assert met.status == status
        told = met.headers["Retry-After"]
        if form == "date":
            assert (parsedate_to_datetime(told) - NOW).total_seconds() == int(met.dose * 4) - 1
            assert told.endswith(" GMT")
        else:
            assert int(told) == (86_400 if form == "day" else int(met.dose * 3))
        assert links(met.page) == []

    return check


def is_missed(status: int) -> Callable[[Met], None]:
    def check(met: Met) -> None:
        assert met.status == status
        assert Selector(met.page).css("main h1::text").get() == "Page not found"

    return check


def is_empty(met: Met) -> None:
    assert (met.status, met.body, met.length) == (200, b"", 0)


def is_login(met: Met) -> None:
    assert met.status == (200 if met.dose < 0.5 else 403)
    assert Selector(met.page).css("main form input[type=password]")


def is_challenge(met: Met) -> None:
    assert met.status == 200
    assert "triggerInterstitialChallenge" in met.page
    assert Selector(met.page).css("meta[http-equiv=refresh]")


def is_block(met: Met) -> None:
    assert (met.status, met.headers["cf-mitigated"]) == (403, "challenge")
    assert "you have been blocked" in met.page


def is_reset(met: Met) -> None:
    assert met.reset
    assert met.dose >= 0.5 or met.raw == b""


def is_closed(met: Met) -> None:
    assert (met.raw, met.reset) == (b"", False)


def is_whole(met: Met) -> None:
    assert (met.status, met.page) == (200, met.sound)


def is_cut(met: Met) -> None:
    assert met.status == 200
    assert len(met.body) == int(met.dose * 4_000) < met.length


def is_announced_short(met: Met) -> None:
    assert "Content-Encoding" not in met.headers
    assert met.body.decode() == met.sound
    assert met.length == len(met.body) - 1 - int(met.dose * len(met.body))


def is_announced_long(met: Met) -> None:
    assert gzip.decompress(met.body).decode() == met.sound
    assert met.length == len(met.body) + 1 + int(met.dose * 5_000)


def is_cut_gzip(met: Met) -> None:
    assert met.length == len(met.body)
    unpacked = zlib.decompressobj(31).decompress(met.body)
    assert met.sound.encode().startswith(unpacked)
    assert len(unpacked) < len(met.sound.encode()) or met.dose > 0.99  # only the checksum is cut off there
    with pytest.raises(EOFError):
        gzip.decompress(met.body)


def is_flipped(met: Met) -> None:
    assert met.length == len(met.body)
    packed = gzip.compress(met.sound.encode(), 3, mtime=0)
    (place,) = (place for place, (a, b) in enumerate(zip(met.body, packed, strict=True)) if a != b)
    assert 10 <= place < len(packed) - 8
    with pytest.raises((zlib.error, gzip.BadGzipFile, EOFError)):
        gzip.decompress(met.body)


def is_spoilt(met: Met) -> None:
    assert zlib.decompress(met.body[10:-8], wbits=-15).decode() == met.sound
    with pytest.raises(gzip.BadGzipFile, match="CRC"):
        gzip.decompress(met.body)


def is_not_gzip(met: Met) -> None:
    assert met.headers["Content-Encoding"] == "gzip"
    assert met.body.decode() == met.sound


def has_wrong_charset(met: Met) -> None:
    assert met.page == met.sound
    assert met.headers["Content-Type"].startswith("text/html; charset=")
    assert "utf-8" not in met.headers["Content-Type"].lower()


def is_ended_early(rest: str) -> Callable[[Met], None]:
    def check(met: Met) -> None:
        head = met.page.removesuffix(rest)
        assert head != met.page
        assert met.sound.startswith(head)
        assert len(links(met.page)) <= int(met.dose * 10) + 1

    return check


def is_circle(met: Met) -> None:
    assert (met.status, met.headers["Location"]) == (302, TARGET + ("" if met.dose < 0.5 else "&again=1"))


def leads_away(met: Met) -> None:
    assert (met.status, met.headers["Location"]) == (302, "https://example.org/")


def leads_to_page(met: Met) -> None:
    assert met.status == 302
    assert (found := re.fullmatch(re.escape(TARGET[:-1]) + "([0-9]+)", met.headers["Location"]))
    assert int(found[1]) in set(range(11)) - {2}


def leads_to_order(met: Met) -> None:
    assert met.status == 302
    assert re.fullmatch(r"/search\?page=2&sort_bef_combine=(created_A|field_document_date_unix_(DE|A))SC", *at(met))


def at(met: Met) -> list[str]:
    return [met.headers["Location"]]


def is_stale(met: Met) -> None:
    # Of the two pairs of delete and insert before, each event is one state; the newest stands on the first page.
    back = 1 + int(met.dose * 3)
    assert numbers(met.page)[2] == (102 if back % 2 else 103)
    assert numbers(met.sound)[2] == 103
    assert links(met.page)[:9] == links(met.sound)[1 if back % 2 else 0 :][:9]


def is_narrowed(met: Met) -> None:
    first, total = numbers(met.page)[0], numbers(met.page)[2]
    assert 0 < total < 103
    assert first == 21
    assert Selector(met.page).css("main aside a.is-active")


def is_page_before(met: Met) -> None:
    assert met.page == met.sound_page(1)


def is_nothing_found(met: Met) -> None:
    assert (met.status, counter(met.page), links(met.page)) == (200, None, [])
    assert "There are no results" in met.page


def is_other_site(met: Met) -> None:
    assert numbers(met.page)[2] == 347
    assert len(links(met.page)) == 10
    assert all(link.startswith("https://archive.example/document/") for link in links(met.page))
    assert "Sample Digital Archive" not in met.page


def is_parked(met: Met) -> None:
    assert (met.status, counter(met.page), links(met.page)) == (200, None, [])


def lacks_row(met: Met) -> None:
    rows = links(met.sound)
    del rows[int(met.dose * 10)]
    assert (counter(met.page), links(met.page)) == (counter(met.sound), rows)


def has_swapped_tie(met: Met) -> None:
    assert counter(met.page) == counter(met.sound)
    assert links(met.page) == links(met.sound)[:-1] + links(met.sound_page(3))[:1]


def has_rows_before(met: Met) -> None:
    assert counter(met.page) == counter(met.sound)
    assert links(met.page) == links(met.sound_page(1))


def is_miscounted(met: Met) -> None:
    assert links(met.page) == links(met.sound)
    differ = [a != b for a, b in zip(numbers(met.page), numbers(met.sound), strict=True)]
    assert differ in ([False, True, False], [True, True, False], [False, False, True])


def is_uncounted(met: Met) -> None:
    assert (counter(met.page), links(met.page)) == (None, links(met.sound))


CHECKS: dict[str, Callable[[Met], None]] = {
    **{
        f"{status}-{form}": is_retry_later(status, form) for status in (429, 503) for form in ("seconds", "date", "day")
    },
    **{str(status): is_status(status) for status in (429, 500, 502, 503, 504, 520)},
    "404": is_missed(404),
    "soft-404": is_missed(200),
    "empty": is_empty,
    "login": is_login,
    "challenge": is_challenge,
    "block": is_block,
    "reset": is_reset,
    "close": is_closed,
    "stall": is_closed,
    "drip": is_whole,
    "cut": is_cut,
    "length-short": is_announced_short,
    "length-long": is_announced_long,
    "gzip-cut": is_cut_gzip,
    "gzip-flipped": is_flipped,
    "gzip-crc": is_spoilt,
    "gzip-not": is_not_gzip,
    "charset": has_wrong_charset,
    "script-died": is_ended_early("<br />\n<b>Fatal error</b>: Maximum execution time of 30 seconds exceeded"),
    "script-died-tidy": is_ended_early("</article></td></tr></tbody></table></main></body></html>"),
    "redirect-circle": is_circle,
    "redirect-elsewhere": leads_away,
    "redirect-page": leads_to_page,
    "redirect-order": leads_to_order,
    "stale": is_stale,
    "facet": is_narrowed,
    "page-before": is_page_before,
    "nothing-found": is_nothing_found,
    "other-site": is_other_site,
    "parked": is_parked,
    "row-lost": lacks_row,
    "ties-swapped": has_swapped_tie,
    "rows-before": has_rows_before,
    "miscounted": is_miscounted,
    "uncounted": is_uncounted,
}


@pytest.mark.parametrize("dose", DOSES)
@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_is_what_it_is_called(kind, dose, monkeypatch):
    monkeypatch.setattr(transfers, "STALL", 0.1)
    CHECKS[kind](meet(kind, dose))


def test_a_stall_is_silent_for_as_long_as_it_says(monkeypatch):
    monkeypatch.setattr(transfers, "STALL", 0.3)
    start = time.monotonic()
    meet("stall", 0.5)
    assert time.monotonic() - start >= 0.3


def test_a_drip_takes_its_time(monkeypatch):
    monkeypatch.setattr(transfers, "DRIP", 0.05)
    start = time.monotonic()
    met = meet("drip", 0.5)
    assert time.monotonic() - start >= 0.05 * (len(met.body) // 1024)


@pytest.mark.parametrize("kind", ["gzip-cut", "gzip-flipped", "gzip-crc", "gzip-not"])
def test_a_broken_packer_packs_for_who_did_not_ask_too(kind):
    CHECKS[kind](meet(kind, 0.5, "identity"))


def test_a_circle_of_new_addresses_goes_on():
    again = meet("redirect-circle", 0.9, target=TARGET + "&again=7").headers["Location"]
    assert again == TARGET + "&again=8"


@pytest.mark.parametrize("records", [0, 1, 10, 11])
@pytest.mark.parametrize("kind", sorted(set(FAULTS) - {"stall", "reset"}))
def test_small_listings_and_their_ends_can_meet_every_fault(kind, records):
    for target in ("/search", "/search?page=1", "/search?page=99", "/search?f[0]=no:such&page=,x"):
        server = Server(Archive(records))
        play(server, Schedule(0, faults=(Fault(1, kind, 0.999),)), now=lambda: NOW)
        assert server.take(Request("GET", target, {"Accept-Encoding": "gzip"})).headers["Date"].endswith("05:06:07 GMT")
