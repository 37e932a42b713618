"""After a kill anywhere, or on a disk that fails, snapshots are whole again with the next run, and lack nothing."""

import errno
import random
from datetime import UTC, datetime, timedelta
from io import BufferedWriter, BytesIO, FileIO
from pathlib import Path

import pytest
from conftest import FIXTURES, Harvest
from snapshots import answers_of, pages_of, records_of, replayed, waczs, warc_of
from soak import snapshot_disk, snapshot_kills
from soak.figures import Figure, table
from warcio.archiveiterator import ArchiveIterator

from harvester.archives.snapshot.contents import read_contents
from harvester.archives.snapshot.exchange import Exchange
from harvester.archives.snapshot.writer import SnapshotWriter
from harvester.dataset.verify import verify
from harvester.errors import DatasetError
from harvester.sample import Answer, Request, Server
from tests.soak.engine import Clock, crawl, run


@pytest.mark.parametrize(
    ("measure", "seed"), [(snapshot_kills.measure, 0), (snapshot_disk.measure, 12)], ids=["killed", "failed"]
)
def test_twelve_points_lose_nothing(measure, seed: int) -> None:
    figures: list[Figure] = measure(12, first_seed=seed, workers=1)
    assert all(figure.holds for figure in figures), "\n".join(table(figures))


def again(server: Server, folder: Path, clock: Clock, **arguments: object):
    return run(crawl([f"{server.url}/search"], folder, clock, **{"snapshot": True, "page_size": 10, **arguments}))


def numbered(request: Request) -> int:
    return int(request.path_qs.partition("&page=")[2] or 0) if request.path == "/search" else -1


@pytest.fixture
def killed(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Return a dataset whose crawl ended before its snapshot was packed, after six pages, and that leftover."""
    folder = tmp_path / "d"
    server.intercept = lambda request: Answer(404, {}, "Page not found") if numbered(request) == 6 else None
    with monkeypatch.context() as patched:
        patched.setattr("harvester.dataset.run.publish", lambda *_: 1 / 0)
        patched.setattr("harvester.dataset.snapshots.Snapshots.pack", lambda self, ledgers: None)
        with pytest.raises(ZeroDivisionError):
            again(server, folder, Clock())
    server.intercept = None
    (leftover,) = (folder / "snapshot").iterdir()
    assert leftover.name.endswith(".warc.gz")
    return folder, leftover


def test_a_leftover_is_a_warc_that_anyone_can_read(killed: tuple[Path, Path]) -> None:
    _, leftover = killed
    assert [record.kind for record in records_of(leftover.read_bytes())] == ["warcinfo", *["response", "request"] * 10]


@pytest.mark.parametrize(
    "tail", [b"", b"\x1f\x8b\x08\x00", b"\x00" * 5000, b"no gzip at all"], ids=["whole", "torn", "zeros", "rubbish"]
)
def test_the_next_crawl_mends_and_packs_it(server: Server, killed: tuple[Path, Path], tail: bytes) -> None:
    folder, leftover = killed
    with leftover.open("ab") as file:
        file.write(tail)
    clock = Clock()
    clock.now()
    assert again(server, folder, clock).code == 0
    assert [len(pages_of(wacz)[1]) for wacz in waczs(folder)] == [6, 5]
    assert not leftover.exists()
    assert len(answers_of(folder)) == 10 + 6
    assert verify(folder)[0].faults == []
    assert replayed(waczs(folder), folder.with_name("replayed")) == (folder / "records.jsonl").read_bytes()


def test_any_run_into_the_dataset_packs_it(harvest: Harvest, killed: tuple[Path, Path]) -> None:
    folder, _ = killed
    assert harvest("replay", FIXTURES / "results-page-8.txt", "-o", folder).code == 3
    (wacz,) = (folder / "snapshot").iterdir()
    assert len(pages_of(wacz)[1]) == 6


def test_a_kill_between_the_rename_and_the_removal_leaves_nothing_double(
    server: Server, killed: tuple[Path, Path]
) -> None:
    folder, leftover = killed
    copy = leftover.read_bytes()
    clock = Clock()
    clock.now()
    assert again(server, folder, clock).code == 0
    before = {wacz.name: wacz.read_bytes() for wacz in waczs(folder)}
    leftover.write_bytes(copy)
    (folder / "snapshot" / f".{waczs(folder)[0].name}.part").write_bytes(b"half")
    clock.time += timedelta(hours=1)
    assert again(server, folder, clock).code == 0
    assert not leftover.exists() and len(waczs(folder)) == 3
    assert {wacz.name: wacz.read_bytes() for wacz in waczs(folder)[:2]} == before


def test_a_leftover_of_a_fresh_build_waits_for_it(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, folder = Clock(), tmp_path / "d"
    assert again(server, folder, clock, snapshot=False).code == 0
    server.intercept = lambda request: Answer(404, {}, "Page not found") if numbered(request) == 6 else None
    with monkeypatch.context() as patched:
        patched.setattr("harvester.dataset.snapshots.Snapshots.pack", lambda self, ledgers: None)
        again(server, folder, clock, anew=True)
    server.intercept = None
    (leftover,) = (folder / "snapshot").iterdir()
    assert again(server, folder, clock, snapshot=False).code == 0
    assert list((folder / "snapshot").iterdir()) == [leftover]
    assert again(server, folder, clock, anew=True).code == 0
    assert [len(pages_of(wacz)[1]) for wacz in waczs(folder)] == [6, 5] and not leftover.exists()
    assert replayed(waczs(folder), folder.with_name("replayed")) == (folder / "records.jsonl").read_bytes()


def test_a_leftover_that_has_lost_a_page_which_was_taken_is_left_for_people(
    server: Server, killed: tuple[Path, Path]
) -> None:
    folder, leftover = killed
    whole = leftover.read_bytes()
    leftover.write_bytes(whole[:20_000] + b"\x00" * 100 + whole[20_100:])
    clock = Clock()
    clock.now()
    assert again(server, folder, clock).code == 0
    assert leftover.exists() and len(waczs(folder)) == 1


def test_cut_anywhere_all_whole_records_are_found(killed: tuple[Path, Path], tmp_path: Path) -> None:
    whole = killed[1].read_bytes()
    records = records_of(whole)
    ends = [*(record.offset for record in records), len(whole)]
    chance = random.Random(3)
    for cut in [0, 1, *ends, *(chance.randrange(len(whole)) for _ in range(60))]:
        (tmp_path / "cut.warc.gz").write_bytes(whole[:cut])
        contents = read_contents(tmp_path / "cut.warc.gz", "data.warc.gz")
        assert contents.end == max(end for end in ends if end <= cut)
        found = {r.offset: r.url for r in records if r.kind == "response" and r.offset < contents.end}
        assert contents.asked == found, cut
        assert len(contents.lines) == len(found)


def test_bytes_that_follow_the_last_whole_record_are_not_packed(server: Server, killed: tuple[Path, Path]) -> None:
    folder, leftover = killed
    size = leftover.stat().st_size
    with leftover.open("ab") as file:
        file.write(b"torn" * 100)
    clock = Clock()
    clock.now()
    again(server, folder, clock)
    assert len(warc_of(waczs(folder)[0])) == size
    list(ArchiveIterator(BytesIO(warc_of(waczs(folder)[0])), check_digests="raise"))


def test_what_failed_once_fails_from_then_on_and_is_closed_in_peace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(FileIO):
        def write(self, data: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "open", lambda self, mode: BufferedWriter(Full(str(self), mode)))
    exchange = Exchange("http://127.0.0.1/", datetime.now(UTC), b"GET / HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n")
    writer = SnapshotWriter(tmp_path / "snapshot" / "a.warc.gz", "a crawl")
    for _ in range(2):
        with pytest.raises(OSError, match="No space"):
            writer.keep(exchange)
    writer.close()


def test_a_first_crawl_without_room_leaves_no_folder(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("harvester.archives.snapshot.writer.os.fsync", full)
    with pytest.raises(DatasetError, match="the disk is full") as raised:
        again(server, tmp_path / "d", Clock())
    assert raised.value.code == 7
    assert not (tmp_path / "d").exists()
    assert len(server.log) == 1  # it ends at once: with robots.txt, which could not be kept


def test_without_room_in_the_middle_nothing_held_is_harmed(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, folder = Clock(), tmp_path / "d"
    assert again(server, folder, clock).code == 0
    before = {file.name: file.read_bytes() for file in folder.glob("*.json*")}
    with monkeypatch.context() as patched:
        synced: list[int] = []

        def fill_up(handle: int) -> None:
            synced.append(handle)
            if len(synced) > 5:
                raise OSError(errno.ENOSPC, "No space left on device")

        patched.setattr("harvester.archives.snapshot.writer.os.fsync", fill_up)
        with pytest.raises(DatasetError, match="the disk is full"):
            again(server, folder, clock)
    assert len(server.pages()) == 11 + 5  # the fifth could not be kept, and was not asked for again
    assert {file.name: file.read_bytes() for file in folder.glob("*.json*")} == before
    server.log.clear()
    assert again(server, folder, clock).code == 0
    assert len(server.pages()) == 7
    assert [len(pages_of(wacz)[1]) for wacz in waczs(folder)] == [11, 4, 7]
