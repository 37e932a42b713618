"""One harvest at a time holds a dataset: the second is told who does, and leaves; a lost terminal is no accident."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Harvest, read_lines

from harvester.sample import Server


def command(server: Server, folder: Path, *more: str) -> list[str]:
    crawl = [sys.executable, "-m", "harvester", "crawl", f"{server.url}/search", "--site", "wilson"]
    return [*crawl, "--page-size", "10", "-o", str(folder), *more]


@contextmanager
def under_way(server: Server, folder: Path, *more: str, pages: int = 2) -> Iterator[subprocess.Popen[bytes]]:
    """Have a slow harvest under way, so many page requests into it; it is ended with the context."""
    begun = len(server.pages())
    server.intercept = lambda request: replace(server.answer(request), delay=1.5) if request.path == "/search" else None
    with subprocess.Popen(command(server, folder, *more), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as crawler:
        try:
            while len(server.pages()) < begun + pages:
                time.sleep(0.02)
            yield crawler
        finally:
            if crawler.poll() is None:
                crawler.kill()
            crawler.communicate()
            server.intercept = None


def test_the_second_harvest_is_told_who_holds_it_and_leaves(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    with under_way(server, tmp_path / "d") as crawler:
        asked = len(server.log)
        ran = harvest(*command(server, tmp_path / "d")[3:])
        assert ran.code == 7
        told = re.search(r"in use by another harvest \(process (\d+) on (\S+), since (\S+Z)\)", ran.err)
        assert told and int(told[1]) == crawler.pid
        assert all("harvester/" in request.headers["User-Agent"] for request in server.log[asked:])
    assert harvest(*command(server, tmp_path / "d")[3:]).code == 0
    assert len(read_lines(tmp_path / "d" / "records.jsonl")) == 103


def test_a_fresh_build_holds_the_dataset_that_stands(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    harvest(*command(server, tmp_path / "d")[3:])
    with under_way(server, tmp_path / "d", "--fresh"):
        for more in ((), ("--fresh",)):
            ran = harvest(*command(server, tmp_path / "d", *more)[3:])
            assert ran.code == 7
            assert "in use by another harvest (process" in ran.err
        assert harvest("verify", tmp_path / "d").code == 0


@pytest.mark.parametrize("sent", ["SIGHUP", "SIGTERM"])
def test_a_crawl_that_is_told_to_end_keeps_what_it_read(server: Server, tmp_path: Path, sent: str) -> None:
    with under_way(server, tmp_path / "d", pages=3) as crawler:
        crawler.send_signal(getattr(signal, sent))
        crawler.communicate(timeout=30)
        assert crawler.returncode == 130
    assert 20 <= len(read_lines(tmp_path / "d" / "records.jsonl")) < 103
    assert not (tmp_path / "d" / ".ledger.sqlite.holder").exists()


def test_ctrl_c_need_not_wait_for_a_pause_to_end(server: Server, tmp_path: Path) -> None:
    from harvester.sample import Answer

    server.intercept = lambda request: (
        Answer(503, {"Retry-After": "200"}, "") if request.path_qs.endswith("page=2") else None
    )
    with subprocess.Popen(command(server, tmp_path / "d"), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as crawler:
        while not server.pages() or not server.pages()[-1].path_qs.endswith("page=2"):
            time.sleep(0.02)
        time.sleep(0.5)
        crawler.send_signal(signal.SIGINT)
        out, err = crawler.communicate(timeout=20)
    assert crawler.returncode == 130, err
    assert b"20 of 103" in out
