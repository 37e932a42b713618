"""Faults of the sample archive's documents and files: what each does, and how they are drawn and played."""

import http.client
import os
import re
import subprocess
import sys
import urllib.parse
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from lxml import html

from harvester.sample import Answer, Archive, Habits, Request, Schedule, Server, odds, play, running
from harvester.sample.differing import let_differ
from harvester.sample.faults import DOCUMENT_FAULTS, FILE_FAULTS, documents
from harvester.sample.schedule import Fault

NOW = datetime(2021, 3, 4, 5, 6, 7, tzinfo=UTC)
DOSES = (0.0, 0.3, 0.6, 0.999)
ARCHIVE = Archive()
PAPERS = [ARCHIVE.paper(record) for record in ARCHIVE.records]
TEXTUAL = next(paper for paper in PAPERS if len(paper.texts) > 1 and len(paper.files) == 3)
FILE = TEXTUAL.files[0].path


def get(target: str, **headers: str) -> Request:
    return Request("GET", target, {name.replace("_", "-"): value for name, value in headers.items()})


def meet(kind: str, dose: float, target: str, era: str = "new", **headers: str) -> tuple[Answer, Answer, Server]:
    """Return the answer that a fault makes, the sound one, and the server."""
    archive = Archive()
    archive.habits = Habits(era=era)
    server = Server(archive)
    sound = server.take(get(target, **headers))
    fault = (Fault(1, kind, dose),)
    playing = play(server, Schedule(0, documents=fault, files=fault), now=lambda: NOW)
    answer = server.take(get(target, **headers))
    assert [happened.kind for happened in playing.happened] == [kind]
    assert answer.headers["Date"] == "Thu, 04 Mar 2021 05:06:07 GMT"
    return answer, sound, server


def read_main(page: str) -> html.HtmlElement:
    root = html.document_fromstring(page.encode(), parser=html.HTMLParser(encoding="utf-8"))
    return root.xpath("//*[@role='main']")[0]


def targets(era: str) -> str:
    return TEXTUAL.path if era == "new" else TEXTUAL.old_path


# Pages


@pytest.mark.parametrize("era", ["new", "old"])
@pytest.mark.parametrize("dose", DOSES)
@pytest.mark.parametrize("kind", DOCUMENT_FAULTS)
def test_a_fault_of_a_page_is_what_it_is_called(kind, dose, era):
    answer, sound, _ = meet(kind, dose, targets(era), era)
    page, text = answer.data.decode(), sound.data.decode()
    start, end = documents.find_text(text)
    assert page != text or kind in {"text-cut", "reset"}
    if kind == "404":
        assert (answer.status, "Page not found" in page) == (404, True)
    elif kind.startswith("503"):
        assert answer.status == 503
        assert ("Retry-After" in answer.headers) == (kind == "503-seconds")
    elif kind == "challenge":
        assert "triggerInterstitialChallenge" in page
    elif kind == "reset":
        assert answer.reset
    elif kind == "text-cut":
        assert (answer.status, page, answer.plain) == (200, text, True)
        assert start <= len(answer.data[: answer.cut].decode(errors="ignore")) < end
    elif kind == "text-ended":
        kept = page.removesuffix(documents.DIED)
        assert text.startswith(kept)
        assert start <= len(kept) < end
    elif kind == "other-document":
        assert (answer.status, page[-9:]) == (200, "\n</html>\n")
        assert read_main(page).xpath(".//h1")[0].text_content() != read_main(text).xpath(".//h1")[0].text_content()
    else:
        check_added(kind, page, text)


def check_added(kind: str, page: str, text: str) -> None:
    added = {
        "unknown-label": documents.LABEL + documents.SAID,
        "unknown-pills": documents.PILLS + "AuroraPotemkin II",
        "loose-text": documents.LOOSE,
    }[kind]
    shown, before = (re.sub(r"\s+", " ", read_main(p).text_content()) for p in (page, text))
    assert len(shown) > len(before)
    assert re.sub(r"\s", "", added) in re.sub(r"\s", "", shown)
    assert re.sub(r"\s", "", added) not in re.sub(r"\s", "", before)
    assert re.sub(r"\s", "", shown).replace(re.sub(r"\s", "", added), "") == re.sub(r"\s", "", before)


def test_unknown_parts_look_like_known_ones():
    page = Server(ARCHIVE).take(get(TEXTUAL.path)).data.decode()
    blocks = "//article/div[@class='information-block'][h3[@class='sub-title']][div[@class='text']]"
    pills = "//article/div[@class='pill-block'][h3[@class='title']][.//li[@class='pill']]"
    for change, path in ((documents.add_label, blocks), (documents.add_pills, pills)):
        assert len(read_main(change(page)).xpath(path)) == len(read_main(page).xpath(path)) + 1


@pytest.mark.parametrize("kind", ["unknown-label", "text-ended", "other-document", "loose-text", "unknown-pills"])
@pytest.mark.parametrize("target", [f"/node/{TEXTUAL.node}", f"{TEXTUAL.old_path}.ris"])
def test_what_is_no_page_stays_as_it_is(kind, target):
    answer, sound, _ = meet(kind, 0.5, target)
    assert (answer.status, answer.data) == (sound.status, sound.data)
    assert answer.headers.get("Location") == sound.headers.get("Location")


@pytest.mark.parametrize("number", range(3))
def test_another_document_is_never_the_one_that_was_asked_for(number):
    server = Server(Archive(3))
    path = server.archive.records[number].path
    sound = server.take(get(path)).data
    play(server, Schedule(0, documents=tuple(Fault(1 + n, "other-document", n / 3) for n in range(3))))
    assert all(server.take(get(path)).data != sound for _ in range(3))


def test_an_archive_of_one_has_no_other_document():
    server = Server(Archive(1))
    path = server.archive.records[0].path
    sound = server.take(get(path)).data
    play(server, Schedule(0, documents=(Fault(1, "other-document", 0.9),)))
    assert server.take(get(path)).data == sound


# Files


@pytest.mark.parametrize("dose", DOSES)
@pytest.mark.parametrize("kind", FILE_FAULTS)
def test_a_fault_of_a_file_is_what_it_is_called(kind, dose):
    answer, sound, server = meet(kind, dose, FILE, Range="bytes=1000-")
    whole = Server(Archive()).take(get(FILE))
    assert sound.status == 206
    if kind == "404":
        assert answer.status == 404
    elif kind.startswith("503"):
        assert answer.status == 503
    elif kind == "challenge":
        assert answer.headers["Content-Type"].startswith("text/html")
    elif kind == "reset":
        assert answer.reset
    elif kind == "file-cut":
        assert (answer.data, answer.cut) == (sound.data, int(dose * len(sound.data)))
    elif kind == "file-changed":
        assert answer.status == 206
        assert answer.headers["ETag"] not in (sound.headers["ETag"], None)
        assert server.take(get(FILE)).headers["ETag"] == answer.headers["ETag"]
        assert server.take(get(FILE, Range="bytes=1000-", If_Range=sound.headers["ETag"])).status == 200
    elif kind == "file-html":
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=UTF-8")
        assert "<h1" in answer.data.decode()
    elif kind == "file-longer":
        assert (answer.data, answer.status) == (sound.data, 206)
        assert -len(sound.data) <= answer.misstated < 0
    elif kind == "file-whole":
        assert (answer.status, answer.data) == (200, whole.data)
    else:
        first, last, size = map(int, re.findall("[0-9]+", answer.headers["Content-Range"]))
        assert (answer.status, first, size) == (206, 0, len(whole.data))
        assert answer.data == whole.data[: last + 1]
        assert last + 1 < size


def test_other_faults_of_parts_leave_a_whole_file_alone():
    for kind in ("file-whole", "file-other-part"):
        answer, sound, _ = meet(kind, 0.5, FILE)
        assert (answer.status, answer.data) == (200, sound.data)


def test_a_file_by_its_old_address_may_change_too():
    answer, sound, server = meet("file-changed", 0.5, f"{TEXTUAL.old_path}.pdf?v=1", "old")
    assert answer.data != sound.data
    assert server.archive.habits.revisions == {TEXTUAL.node: 1}


def fetch(url: str, target: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=5)
    try:
        connection.request("GET", target)
        response = connection.getresponse()
        return int(response.headers["Content-Length"]), response.read()
    finally:
        connection.close()


def test_on_the_wire_a_file_is_cut_and_another_is_longer_than_promised():
    faults = (Fault(1, "file-cut", 0.5), Fault(2, "file-longer", 0.25))
    with running() as server:
        size = len(server.take(get(FILE)).data)
        play(server, Schedule(0, files=faults), now=lambda: NOW)
        with pytest.raises(http.client.IncompleteRead) as caught:
            fetch(server.url, FILE)
        assert (len(caught.value.partial), caught.value.expected) == (size // 2, size - size // 2)
        promised, body = fetch(server.url, FILE)
        assert promised == len(body) == size - 1 - int(size * 0.25)
        assert fetch(server.url, FILE)[0] == size


# Drawing and playing


@pytest.fixture(scope="module")
def drawn() -> list[Schedule]:
    return [Schedule.draw(seed, documents=50) for seed in range(3_000)]


def test_faults_of_documents_are_drawn_only_if_asked_for_and_change_nothing_else(drawn):
    for schedule in drawn[:500]:
        assert Schedule.draw(schedule.seed) == replace(schedule, documents=(), files=())
    assert any(schedule.documents for schedule in drawn[:10])
    assert drawn[:200] == [Schedule.draw(seed, documents=50) for seed in range(200)]


@pytest.mark.parametrize(("name", "table"), [("documents", odds.DOCUMENT_FAULTS), ("files", odds.FILE_FAULTS)])
def test_kinds_come_as_often_as_the_table_says(drawn, name, table):
    found = [fault for schedule in drawn for fault in getattr(schedule, name)]
    kinds = Counter(fault.kind for fault in found)
    whole = sum(odd.weight for odd in table.values())
    for kind, odd in table.items():
        share = odd.weight / whole
        assert abs(kinds[kind] - len(found) * share) <= 4 * (len(found) * share * (1 - share)) ** 0.5, kind
    assert set(kinds) == set(table)
    assert {fault.at for fault in found} == set(range(1, 51))
    assert all(fault.run <= table[fault.kind].longest for fault in found)
    numbers = Counter(len(getattr(schedule, name)) for schedule in drawn)
    assert set(numbers) == set(odds.DOCUMENT_FAULTS_A_CRAWL)


def test_every_name_in_the_tables_is_one_that_can_be_played():
    assert set(odds.DOCUMENT_FAULTS) == set(DOCUMENT_FAULTS)
    assert set(odds.FILE_FAULTS) == set(FILE_FAULTS)
    assert all(odd.reason for odd in (*odds.DOCUMENT_FAULTS.values(), *odds.FILE_FAULTS.values()))


def test_what_is_left_out_leaves_the_rest(drawn):
    schedule = next(s for s in drawn if len(s.documents) > 1 and len(s.files) > 1)
    kinds = schedule.documents[0].kind, schedule.files[0].kind
    less = schedule.without(*kinds)
    assert less.documents == tuple(fault for fault in schedule.documents if fault.kind not in kinds)
    assert less.files == tuple(fault for fault in schedule.files if fault.kind not in kinds)


def test_pages_documents_and_files_are_counted_apart():
    server = Server(Archive())
    fault = Fault(2, "503", 0.5)
    told: list[str] = []
    schedule = Schedule(0, faults=(fault,), documents=(fault,), files=(fault,))
    playing = play(server, schedule, now=lambda: NOW, tell=told.append)
    asked = ["/search", TEXTUAL.path, FILE, "/robots.txt", "/", "/search?page=1", TEXTUAL.old_path, FILE, TEXTUAL.path]
    statuses = [server.take(get(target)).status for target in asked]
    assert statuses == [200, 200, 200, 200, 200, 503, 503, 503, 200]
    assert [(f.number, f.target, f.fault) for f in playing.documents] == [
        (1, TEXTUAL.path, None),
        (2, TEXTUAL.old_path, "503"),
        (3, TEXTUAL.path, None),
    ]
    assert [(f.number, f.fault) for f in playing.files] == [(1, None), (2, "503")]
    assert told == [
        "page request 2 (/search?page=1): 503, status 503",
        f"document request 2 ({TEXTUAL.old_path}): 503, status 503",
        f"file request 2 ({FILE}): 503, status 503",
    ]


def test_a_sticky_fault_goes_with_its_document():
    server = Server(Archive())
    play(server, Schedule(0, documents=(Fault(1, "503", 0.0, 2, sticky=True),)))
    asked = (TEXTUAL.path, PAPERS[0].path, TEXTUAL.path, TEXTUAL.path)
    assert [server.take(get(target)).status for target in asked] == [503, 200, 503, 200]


def test_without_faults_of_documents_their_requests_are_left_alone():
    server = Server(Archive())
    playing = play(server, Schedule.draw(3))
    assert server.intercept is playing
    assert playing(get(TEXTUAL.path)) is playing(get(FILE)) is None
    assert (playing.documents, playing.files) == ([], [])


PRINT_ALL = """
import hashlib
from harvester.sample import Archive, Request, Schedule, Server, play
digest = hashlib.sha256()
for seed in range(30):
    server = Server(Archive(20))
    playing = play(server, Schedule.draw(seed, 5, documents=20))
    papers = [server.archive.paper(record) for record in server.archive.records]
    for path in [p for paper in papers for p in (paper.path, *(file.path for file in paper.files))]:
        digest.update(repr(server.take(Request("GET", path, {"Accept-Encoding": "gzip"}))).encode())
    digest.update(repr((playing.happened, playing.documents, playing.files)).encode())
print(digest.hexdigest())
"""


def test_neither_hash_seed_nor_locale_nor_time_zone_shows():
    def run(**environment: str) -> str:
        clean = {"PATH": os.environ["PATH"], "PYTHONWARNINGS": "error", **environment}
        return subprocess.run(
            [sys.executable, "-c", PRINT_ALL], env=clean, capture_output=True, text=True, check=True
        ).stdout

    first = run(PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C")
    assert first == run(PYTHONHASHSEED="2", TZ="Pacific/Kiritimati", LC_ALL="C.UTF-8")
    assert re.fullmatch("[0-9a-f]{64}\n", first)


# By hand


ASK = """
import http.client, sys
for target in sys.argv[2:]:
    connection = http.client.HTTPConnection(sys.argv[1].removeprefix("http://"), timeout=5)
    try:
        connection.request("GET", target, headers={"Range": "bytes=0-9"})
        response = connection.getresponse()
        print(response.status, len(response.read()), flush=True)
    except (OSError, http.client.HTTPException):
        print("broken", flush=True)
    finally:
        connection.close()
"""


def run_sample(options: list[str], asked: list[str]) -> tuple[list[str], list[str]]:
    command = [sys.executable, "-W", "error", "-m", "harvester.sample", "run", *options]
    command += ["--", sys.executable, "-c", ASK, "{url}", *asked]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=True)
    return [line.split()[0] for line in done.stdout.splitlines()], done.stderr.splitlines()


@pytest.mark.parametrize(
    ("options", "statuses"),
    [
        ([], ["200", "301", "301", "206", "404"]),
        (["--direct-nodes"], ["200", "200", "301", "206", "404"]),
        (["--no-ranges"], ["200", "301", "301", "200", "404"]),
        (["--era", "old"], ["404", "404", "200", "404", "404"]),
    ],
)
def test_the_ways_of_the_site_can_be_chosen(options, statuses):
    asked = [TEXTUAL.path, f"/node/{TEXTUAL.node}", TEXTUAL.old_path, FILE, "/document/none"]
    assert run_sample(options, asked) == (statuses, [])


def test_a_seed_can_be_replayed_by_hand(drawn):
    schedule = next(s for s in drawn if s.documents and s.files and s.documents[0].at < 9 and s.files[0].at < 9)
    asked = [paper.path for paper in PAPERS[:10]] + [FILE] * 10
    for left_out in ((), (schedule.files[0].kind,)):
        told: list[str] = []
        server = Server(Archive())
        play(server, Schedule.draw(schedule.seed, documents=50).without(*left_out), tell=told.append)
        for target in asked:
            server.take(get(target, Range="bytes=0-9"))
        without = [word for kind in left_out for word in ("--without", kind)]
        _, lines = run_sample(["--schedule", str(schedule.seed), "--documents", "50", *without], asked)
        assert lines == [f"sample: {line}" for line in told], f"seed {schedule.seed}"
        assert told


def test_some_documents_can_differ_from_the_listing():
    archive = Archive()
    let_differ(archive, 7)
    differing = [
        (archive.paper(record).title != record.title, archive.paper(record).date != record.date)
        for record in archive.records[:3]
    ]
    assert differing == [(True, False), (False, True), (True, True)]
    found = Counter()
    for record in archive.records:
        paper = archive.paper(record)
        found[paper.title != record.title, paper.date != record.date] += 1
    assert found == {(True, False): 3, (False, True): 2, (True, True): 2, (False, False): 96}
    fetched = (
        "import sys, urllib.request; print('(as catalogued)' in urllib.request.urlopen(sys.argv[1]).read().decode())"
    )
    for number, told in (("0", "False"), ("1", "True")):
        command = [sys.executable, "-W", "error", "-m", "harvester.sample", "run", "--differing", number, "--"]
        command += [sys.executable, "-c", fetched, "{url}" + archive.records[0].path]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=True)
        assert done.stdout.split() == [told]
