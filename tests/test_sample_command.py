"""`python -m harvester.sample serve` and `... run`: addresses, logs, exit codes; no server outlives its need."""

import ast
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from contextlib import contextmanager

import pytest

SAMPLE = [sys.executable, "-W", "error", "-m", "harvester.sample"]
PATIENCE = 10.0


def is_serving(url: str) -> bool:
    parts = urllib.parse.urlsplit(url)
    try:
        with socket.create_connection((parts.hostname, parts.port), timeout=1):
            return True
    except OSError:
        return False


def wait_until(condition, what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"waited in vain until {what}"
        time.sleep(0.02)


def fetch(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as response:
        return response.read().decode()


@contextmanager
def start(*arguments: str, **options):
    process = subprocess.Popen([*SAMPLE, *arguments], stdout=subprocess.PIPE, text=True, **options)
    try:
        yield process
    finally:
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            process.wait(PATIENCE)
        finally:
            process.kill()


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*SAMPLE, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False
    )


# serve


def test_serve_prints_its_url_and_ends_with_its_stdin(tmp_path):
    log, url_file = tmp_path / "log", tmp_path / "url"
    arguments = ["--records", "12", "--seed", "5", "--log", str(log), "--url-file", str(url_file)]
    with start("serve", *arguments, stdin=subprocess.PIPE) as process:
        url = process.stdout.readline().strip()
        assert url_file.read_text("utf-8") == url + "\n"
        assert "11 - 12 of 12" in fetch(f"{url}/search?page=1")
        fetch(f"{url}/robots.txt")
        assert log.read_text("utf-8") == "GET /search?page=1\nGET /robots.txt\n"
        process.stdin.close()
        assert process.wait(PATIENCE) == 0
        assert not is_serving(url)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_ends_in_order_on_a_signal(number):
    with start("serve", stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline().startswith("http://127.0.0.1:")
        process.send_signal(number)
        assert process.wait(PATIENCE) == 0
        assert process.stderr.read() == ""
        process.stderr.close()


def test_serve_on_a_port_of_choice_says_when_it_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run("serve", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("sample: cannot serve: ")
    assert "Traceback" not in done.stderr


# run


def test_run_gives_the_command_the_address_and_returns_its_exit_code(tmp_path):
    log = tmp_path / "log"
    script = "import sys, urllib.request as u; print(sys.argv[1:]); u.urlopen(sys.argv[1]).close(); sys.exit(7)"
    command = [sys.executable, "-c", script, "{url}/search?page=3", "--log", "a{url}b{url}"]
    done = run("run", "--records", "3", "--log", str(log), "--", *command)
    assert (done.returncode, done.stderr) == (7, "")
    target, option, twice = ast.literal_eval(done.stdout)
    url = target.removesuffix("/search?page=3")
    assert (option, twice) == ("--log", f"a{url}b{url}")
    assert log.read_text("utf-8") == "GET /search?page=3\n"
    assert not is_serving(url)


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        (["/nothing/here"], 127, "sample: cannot run /nothing/here: No such file or directory\n"),
        (["/"], 126, "sample: cannot run /: Permission denied\n"),
        ([sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"], 137, ""),
    ],
)
def test_run_says_how_a_command_failed(command, code, said):
    done = run("run", "--records", "1", "--", *command)
    assert (done.returncode, done.stderr) == (code, said)


@pytest.mark.parametrize(
    "arguments", [[], ["run"], ["run", "--"], ["serve", "--", "x"], ["serve", "--records", "-1"], ["run", "true"]]
)
def test_a_command_line_that_makes_no_sense(arguments):
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: python -m harvester.sample")


WAITER = """
import signal, sys, time
got = []
def note(number, frame):
    got.append(number)
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, note)
print(sys.argv[1], flush=True)
while not got:
    time.sleep(0.02)
time.sleep(0.3)
import urllib.request
urllib.request.urlopen(sys.argv[1]).close()  # the server is still there for what the command has left to do
print(got, flush=True)
sys.exit(5)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_passes_a_signal_on_once_and_waits_for_the_command(number):
    with start("run", "--", sys.executable, "-c", WAITER, "{url}", stdin=subprocess.DEVNULL, **apart()) as process:
        url = process.stdout.readline().strip()
        process.send_signal(number)
        assert process.stdout.read() == f"[{int(number)}]\n"
        assert process.wait(PATIENCE) == 5
        assert not is_serving(url)


def apart() -> dict[str, bool]:
    """Without a terminal, whoever runs the tests: else Ctrl-C is left to the terminal."""
    return {"start_new_session": True}


@pytest.mark.skipif(shutil.which("setsid") is None, reason="setsid, which gives a process a terminal, is not here")
def test_ctrl_c_at_a_terminal_reaches_the_command_once(tmp_path):
    leader, follower = os.openpty()
    out = tmp_path / "out"
    with out.open("w", encoding="utf-8") as stream:
        process = subprocess.Popen(
            ["setsid", "--ctty", *SAMPLE, "run", "--", sys.executable, "-c", WAITER, "{url}"],
            stdin=follower,
            stdout=stream,
            stderr=stream,
        )
    os.close(follower)
    try:
        wait_until(lambda: out.read_text("utf-8").count("\n") == 1, "the command runs")
        os.write(leader, b"\x03")
        assert process.wait(PATIENCE) == 5
    finally:
        os.close(leader)
        process.kill()
        process.wait()
    url, got = out.read_text("utf-8").splitlines()
    assert got == f"[{int(signal.SIGINT)}]"
    assert not is_serving(url)


def test_the_server_is_gone_after_the_runner_was_killed():
    script = "import sys; print(sys.argv[1], flush=True); sys.stdin.read()"
    with start("run", "--", sys.executable, "-c", script, "{url}", stdin=subprocess.PIPE) as process:
        url = process.stdout.readline().strip()
        assert is_serving(url)
        process.kill()
        process.wait(PATIENCE)
        wait_until(lambda: not is_serving(url), "the server is gone")


def test_the_server_is_gone_after_its_parent_was_killed():
    script = (
        "import subprocess, sys, time\n"
        "p = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)\n"
        "print(p.stdout.readline().strip(), flush=True)\n"
        "time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, *SAMPLE, "serve"], stdout=subprocess.PIPE, text=True)
    try:
        assert select.select([parent.stdout], [], [], PATIENCE)[0]
        url = parent.stdout.readline().strip()
        assert is_serving(url)
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()
    wait_until(lambda: not is_serving(url), "the server is gone")


def test_two_runs_with_one_log_append(tmp_path):
    log = tmp_path / "log"
    for page in (1, 2):
        script = "import sys, urllib.request as u; u.urlopen(sys.argv[1]).close()"
        command = [sys.executable, "-c", script, f"{{url}}/search?page={page}"]
        assert run("run", "--records", "1", "--log", str(log), "--", *command).returncode == 0
    assert log.read_text("utf-8") == "GET /search?page=1\nGET /search?page=2\n"
