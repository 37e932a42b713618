"""The web archive of the sample answers as the Wayback Machine does; its histories are the same for the same seed."""

import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest

from harvester.sample import Archive, Request
from harvester.sample.past import is_page, shoot_documents
from harvester.sample.running import serving
from harvester.sample.visits import FAILURES, HOST, Failing, draw_history, open_history
from harvester.sample.wayback import Shot, Wayback, make_urlkey, shoot

LISTING = f"https://{HOST}/search"
SHOTS = [shoot(Archive(), f"2025031600000{page}", f"{LISTING}?page={page}") for page in range(5)]


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        return None


OPENER = urllib.request.build_opener(NoRedirect, urllib.request.ProxyHandler({}))


def get(url: str) -> tuple[int, dict[str, str], bytes]:
    try:
        with OPENER.open(url, timeout=10) as response:
            return response.status, dict(response.headers), response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


@pytest.fixture
def wayback() -> Iterator[Wayback]:
    lost, moved = replace(SHOTS[0], timestamp="20250401000000", lost=True), replace(SHOTS[1], moved=True)
    other = replace(SHOTS[1], timestamp="20250402000000", revisit=True)
    with serving(Wayback([*SHOTS[:1], moved, *SHOTS[2:], lost, other])) as server:
        yield server


def ask(server: Wayback, **query: str) -> list[str]:
    status, _, body = get(f"{server.url}/cdx/search/cdx?{urllib.parse.urlencode(query)}")
    assert status == 200
    return body.decode().split("\n")


def test_the_index_lists_captures_by_key_and_time(wayback: Wayback) -> None:
    lines = ask(wayback, url=f"www.{HOST.upper()}/search", matchType="prefix")
    assert lines.pop() == "" and len(lines) == 7
    fields = [line.split(" ") for line in lines]
    assert all(len(line) == 7 for line in fields)
    assert [line[:2] for line in fields] == sorted(line[:2] for line in fields)
    assert fields[0][0] == "org,wilsoncenter,digitalarchive)/search?page=0"
    assert [line[3:5] for line in fields if line[1] == "20250402000000"] == [["warc/revisit", "-"]]


def test_the_index_goes_on_from_its_key_until_there_is_none(wayback: Wayback) -> None:
    query = {"url": f"{HOST}/search", "matchType": "prefix", "limit": "3", "showResumeKey": "true", "fl": "timestamp"}
    seen, key, pages = [], "", 0
    while pages == 0 or key:
        lines = ask(wayback, **query, **({"resumeKey": key} if key else {}))
        assert lines.pop() == ""
        key = lines.pop() if "" in lines else ""
        seen += [line for line in lines if line]
        pages += 1
    assert pages == 3 and len(seen) == 7 and len(set(seen)) == 7


def test_the_index_of_what_was_never_captured_is_empty(wayback: Wayback) -> None:
    assert ask(wayback, url="example.org/", matchType="prefix") == [""]
    assert ask(wayback, url=f"{HOST}/search") == [""]  # without a query, as nobody captured it


def test_a_capture_is_played_with_its_own_status_and_told_by_its_header() -> None:
    shot = Shot("20250316000000", f"{LISTING}?page=9", b"gone", status=404)
    with serving(Wayback([shot])) as server:
        status, headers, body = get(f"{server.url}/web/20250316000000id_/{shot.url}")
    assert (status, body) == (404, b"gone")
    assert headers["Memento-Datetime"] == "Sun, 16 Mar 2025 00:00:00 GMT"
    assert headers["X-Archive-Orig-Content-Length"] == "4"
    assert f'<{shot.url}>; rel="original"' in headers["Link"]


def test_what_is_not_there_leads_to_the_nearest_or_is_missing(wayback: Wayback) -> None:
    status, headers, _ = get(f"{wayback.url}/web/20250316000001id_/{LISTING}?page=1")
    assert status == 302 and headers["Location"] == f"/web/20250402000000id_/{LISTING}?page=1"
    assert "Memento-Datetime" not in headers
    for address in (f"20250401000000id_/{LISTING}?page=0", f"20250316000000id_/{LISTING}?page=77"):
        status, headers, _ = get(f"{wayback.url}/web/{address}")
        assert status == 404 and "Memento-Datetime" not in headers


def test_a_site_that_is_excluded_is_refused_everywhere() -> None:
    with serving(Wayback(SHOTS, excluded=True)) as server:
        for path in (f"cdx/search/cdx?url={HOST}", f"web/{SHOTS[0].timestamp}id_/{SHOTS[0].url}"):
            status, headers, _ = get(f"{server.url}/{path}")
            assert (
                status == 403 and "AdministrativeAccessControlException" in headers["X-Archive-Wayback-Runtime-Error"]
            )


@pytest.mark.parametrize(
    "url", [f"http://www.{HOST}:80/search?page=1&a=B", f"https://{HOST.upper()}/search?a=b&page=1"]
)
def test_spellings_of_one_address_have_one_key(url: str) -> None:
    assert make_urlkey(url) == "org,wilsoncenter,digitalarchive)/search?a=b&page=1"


def test_a_seed_gives_one_history_and_seeds_give_all_that_can_happen() -> None:
    assert draw_history(7).shots == draw_history(7).shots != draw_history(8).shots
    histories = [draw_history(seed) for seed in range(200)]
    assert {fault.kind for history in histories for fault in history.faults} == set(FAILURES)
    shots = [shot for history in histories for shot in history.shots]
    for name in ("lost", "moved", "revisit"):
        assert any(getattr(shot, name) for shot in shots)
    assert {200, 301, 403, 404, 503} <= {shot.status for shot in shots}
    pairs = [(a, b) for h in histories for a, b in pairwise(h.stays)]
    assert any(a.total == b.total and a.paths != b.paths for a, b in pairs)  # what hides behind one total
    assert any(a.total != b.total for a, b in pairs) and any(a.paths == b.paths for a, b in pairs)


def test_failures_meet_requests_by_their_number_and_never_robots() -> None:
    history = next(h for h in map(draw_history, range(500)) if any(f.kind == "503" for f in h.faults))
    server = open_history(history)
    failing = server.intercept
    assert isinstance(failing, Failing)
    assert failing(Request("GET", "/robots.txt", {})) is None
    for _ in range(40):
        failing(Request("GET", f"/cdx/search/cdx?url={HOST}/search&matchType=prefix", {}))
    assert len(failing.met) + len(failing.sound) == 40 and "503" in failing.met


def test_documents_have_captures_of_every_kind_and_one_of_each_that_is_a_page() -> None:
    archive = Archive(40)
    shots = shoot_documents(archive, 5)
    assert shots == shoot_documents(archive, 5) != shoot_documents(archive, 6)
    for record in archive.records:
        assert any(is_page(shot) and urllib.parse.urlsplit(shot.url).path == record.path for shot in shots)
    assert {200, 301, 403, 404, 503} <= {shot.status for shot in shots}
    assert {"text/html", "application/pdf", "application/x-research-info-systems"} <= {shot.mimetype for shot in shots}
    assert any(b"triggerInterstitialChallenge" in shot.body and shot.status == 200 for shot in shots)
    assert any(is_page(shot) and b"doc-title" in shot.body and shot.timestamp < "2022" for shot in shots)
    for name in ("lost", "moved", "revisit"):
        assert any(getattr(shot, name) for shot in shots)
    node = archive.records[3].node
    lacking = shoot_documents(archive, 5, never=[node], bad=[archive.records[4].node])
    pages = {urllib.parse.urlsplit(shot.url).path for shot in lacking if is_page(shot)}
    assert not {record.path for record in archive.records[3:5]} & pages


def test_a_captured_redirect_leads_to_where_the_site_had_moved_the_page() -> None:
    archive = Archive(3)
    record = archive.records[0]
    shot = shoot(archive, "20230101000000", f"https://{HOST}/node/{record.node}")
    with serving(Wayback([shot])) as server:
        status, headers, _ = get(f"{server.url}/web/{shot.timestamp}id_/{shot.url}")
    assert status == 301 and headers["Location"] == f"/web/{shot.timestamp}id_/https://{HOST}{record.path}"
