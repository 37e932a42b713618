"""Bells: a command of the user's own, and apprise; each failure is a sentence, and no sentence holds a secret."""

import errno
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest
from bells import SECRET, taking

from harvester.standing.bell import ring
from harvester.standing.bells import apprise, command, posting
from harvester.standing.bells.programs import run_program
from harvester.standing.bells.secrets import conceal
from harvester.standing.notice import Notice
from harvester.standing.values import Notify

NOTICE = Notice(
    "wilson", "unreachable", "wilson: the site is out of reach", "Why: “no answer”.\nNext: wait.", "/data/wilson", 7, 5,
    {"since": "2026-03-01T02:30:00+00:00"},
)  # fmt: skip
ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/nowhere/at/all"}


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def test_a_command_reads_the_notice_as_json_from_standard_input(tmp_path: Path) -> None:
    code = "import sys, os; open(sys.argv[1], 'w').write(sys.stdin.read() + os.environ['HOME'] + sys.argv[2])"
    words = (*python(code), str(tmp_path / "came"), "$(no shell) *")
    assert ring(Notify(command=words), [NOTICE], ENVIRONMENT) == []
    line, rest = (tmp_path / "came").read_text(encoding="utf-8").split("\n")
    assert json.loads(line) == NOTICE.as_data()
    assert rest == "/nowhere/at/all$(no shell) *"


def test_a_command_runs_once_for_each_notice_that_is_wanted(tmp_path: Path) -> None:
    words = python(f"import sys; open({str(tmp_path / 'came')!r}, 'a').write(sys.stdin.read())")
    notices = [replace(NOTICE, kind=kind) for kind in ("drift", "failed", "well")]
    assert ring(Notify(command=words, on=("failed",)), notices, ENVIRONMENT) == []
    kinds = [json.loads(line)["kind"] for line in (tmp_path / "came").read_text().splitlines()]
    assert kinds == ["failed", "well"]  # that all is well again is told of whatever was told


def test_what_a_command_prints_is_not_shown(capfd: pytest.CaptureFixture[str]) -> None:
    words = python("import sys; print('out'); print('err', file=sys.stderr)")
    assert ring(Notify(command=words), [NOTICE], ENVIRONMENT) == []
    assert capfd.readouterr() == ("", "")


def test_a_command_that_fails_is_told_with_its_exit_code_and_last_line() -> None:
    words = python("import sys; sys.stderr.write('first\\n' * 9999 + 'no such\\x00 user\\n\\n'); sys.exit(67)")
    (fault,) = ring(Notify(command=words), [NOTICE], ENVIRONMENT)
    assert fault.endswith("failed with exit code 67: no such\x00 user")


def test_a_command_that_is_killed_is_told_by_its_signal() -> None:
    (fault,) = ring(Notify(command=python("import os; os.kill(os.getpid(), 9)")), [NOTICE], ENVIRONMENT)
    assert "was ended by signal 9 (SIGKILL)" in fault


@pytest.mark.parametrize(
    ("mode", "said"), [(None, "No such file"), (0o644, "Permission denied"), (0o755, "Exec format")]
)
def test_a_command_that_cannot_be_run_is_a_sentence(tmp_path: Path, mode: int | None, said: str) -> None:
    if mode is not None:
        (tmp_path / "ring").write_bytes(b"\x00\x01")
        (tmp_path / "ring").chmod(mode)
    (fault,) = ring(Notify(command=(str(tmp_path / "ring"),)), [NOTICE], ENVIRONMENT)
    assert fault.startswith(f"the bell {tmp_path / 'ring'} cannot be run: {said}")


def test_a_command_that_takes_too_long_is_ended_with_all_that_it_began(tmp_path: Path) -> None:
    began = time.monotonic()
    words = ("sh", "-c", f"(sleep 1.5; touch {tmp_path / 'lived'}) & sleep 60")
    assert (
        command.ring(words, NOTICE, ENVIRONMENT, limit=0.3) == "the bell sh took longer than 0.3 seconds and was ended"
    )
    assert time.monotonic() - began < 5
    time.sleep(2)
    assert not (tmp_path / "lived").exists()


def test_what_a_command_leaves_running_is_not_waited_for() -> None:
    began = time.monotonic()
    assert command.ring(("sh", "-c", "sleep 7 &"), NOTICE, ENVIRONMENT) is None
    assert time.monotonic() - began < 5


def test_however_much_a_command_complains_little_is_kept() -> None:
    began = time.monotonic()
    ended = run_program(("sh", "-c", "head -c 200000000 /dev/zero >&2; echo end >&2"), b"", ENVIRONMENT, 60)
    assert (ended.code, ended.complained[-4:], len(ended.complained)) == (0, "end\n", 4096)
    assert time.monotonic() - began < 30


def test_a_full_disk_keeps_no_bell_from_ringing(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tempfile._get_default_tempdir", full)
    monkeypatch.setattr("tempfile.tempdir", None)
    with pytest.raises(OSError, match="No space"):
        tempfile.gettempdir()
    assert command.ring(("grep", "-q", "out of reach"), NOTICE, ENVIRONMENT) is None


def lowest_free() -> int:
    """Return the lowest number that a file opened now gets."""
    number = os.dup(0)
    os.close(number)
    return number


def test_no_file_stays_open() -> None:
    before = lowest_free()
    for words in (("true",), ("false",), ("sh", "-c", "echo a; echo b >&2"), ("/no/such/program",)):
        command.ring(words, NOTICE, ENVIRONMENT)
    command.ring(("sleep", "9"), NOTICE, ENVIRONMENT, limit=0.1)
    time.sleep(0.5)
    assert lowest_free() <= before


def test_a_command_that_reads_nothing_does_not_fail() -> None:
    assert command.ring(("true",), replace(NOTICE, body="x" * 1_000_000), ENVIRONMENT) is None


def test_what_stands_in_the_environment_is_not_told_of_a_command() -> None:
    environment = {**ENVIRONMENT, "BELL": f"https://hooks.example/{SECRET}?key=s3cr3tkey", "USER": "me"}
    words = python(
        f"import sys; sys.exit('me: 401 of {SECRET}, s3cr3tkey, https://hooks.example/{SECRET}?key=s3cr3tkey')"
    )
    (fault,) = ring(Notify(command=words), [NOTICE], environment)
    assert fault.endswith("failed with exit code 1: me: 401 of $BELL, $BELL, $BELL")


def test_of_several_values_the_longest_is_concealed() -> None:
    assert conceal("see abcdef-ghijkl", {"A": "abcdef", "B": "abcdef-ghijkl"}) == "see $B"
    assert conceal("see abcdef-ghijkl", {}) == "see abcdef-ghijkl"


def test_a_password_is_concealed_as_it_is_and_as_an_address_has_it() -> None:
    environment = {"BELL": "mailtos://me:S%26cret%2F7@example.org"}
    assert conceal("login me, S&cret/7 or S%26cret%2F7", environment) == "login me, $BELL or $BELL"


def test_apprise_posts_title_body_and_type() -> None:
    with taking() as taker:
        assert ring(Notify(apprise=("BELL",)), [NOTICE], {**ENVIRONMENT, "BELL": taker.address}) == []
    (posted,) = taker.posted
    assert (posted["title"], posted["message"], posted["type"]) == (NOTICE.title, NOTICE.body, "failure")
    assert taker.headers[0]["X-Token"] == f"{SECRET}-head"


@pytest.mark.parametrize(("kind", "told"), [("well", "success"), ("drift", "warning"), ("silent", "failure")])
def test_the_type_says_how_bad_it_is(kind: str, told: str) -> None:
    with taking() as taker:
        assert apprise.ring(["BELL"], replace(NOTICE, kind=kind), {**ENVIRONMENT, "BELL": taker.address}) == [None]
    assert taker.posted[0]["type"] == told


def test_a_variable_may_hold_several_addresses_and_several_may_be_named() -> None:
    with taking() as taker:
        one = f"json://127.0.0.1:{taker.port}"
        environment = {**ENVIRONMENT, "A": f"{one}/a, {one}/b", "B": f"{one}/c"}
        assert ring(Notify(apprise=("A", "B")), [NOTICE], environment) == []
    assert sorted(taker.paths) == ["/a", "/b", "/c"]


def closed_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


BROKEN = {
    "unset": (None, "the variable BELL is not set; it is to hold the address of a bell"),
    "blank": ("  ", "the variable BELL is not set; it is to hold the address of a bell"),
    "no-address": (SECRET, "BELL holds an address that apprise cannot read"),
    "unknown-schema": (f"nosuch://{SECRET}", "BELL holds an address that apprise cannot read"),
    "lacks-a-part": (f"slack://{SECRET}", "BELL holds an address that apprise cannot read"),
    "nobody-listens": (f"json://{SECRET}@127.0.0.1:{closed_port()}/{SECRET}", "(no answer, or a refusal)"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_bell_that_apprise_cannot_ring_is_a_sentence_and_the_next_one_rings(name: str) -> None:
    value, said = BROKEN[name]
    with taking() as taker:
        environment = {**ENVIRONMENT, "GOOD": taker.address, **({} if value is None else {"BELL": value})}
        (fault,) = ring(Notify(apprise=("BELL", "GOOD")), [NOTICE], environment)
    assert said in fault
    assert SECRET not in fault
    assert len(taker.posted) == 1


def test_a_server_that_refuses_is_told_with_its_status() -> None:
    with taking(status=401) as taker:
        (fault,) = ring(Notify(apprise=("BELL",)), [NOTICE], {**ENVIRONMENT, "BELL": taker.address})
    assert "(status 401)" in fault


def test_a_service_that_never_answers_holds_nothing_back() -> None:
    began = time.monotonic()
    with taking(wait=8) as taker:
        environment = {**ENVIRONMENT, "BELL": taker.address + "&rto=60&cto=60"}
        (fault,) = apprise.ring(["BELL"], NOTICE, environment, limit=2.0)
        assert fault == "apprise took longer than 2 seconds and was ended"
        assert time.monotonic() - began < 6


def test_without_the_library_it_is_said_how_to_get_it(tmp_path: Path) -> None:
    (tmp_path / "apprise.py").write_text("raise ImportError('none')")
    environment = {**ENVIRONMENT, "BELL": "json://127.0.0.1", "PYTHONPATH": str(tmp_path)}
    (fault,) = ring(Notify(apprise=("BELL",)), [NOTICE], environment)
    assert "apprise is not installed" in fault
    assert "pip install 'archive-harvester[notify]'" in fault


def test_a_library_that_breaks_down_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "apprise.py").write_text(f"raise RuntimeError('{SECRET}')")
    environment = {**ENVIRONMENT, "BELL": f"json://{SECRET}", "PYTHONPATH": str(tmp_path)}
    assert ring(Notify(apprise=("BELL",)), [NOTICE], environment) == ["apprise broke down with exit code 1"]


NOISY = f"""
import os, sys, threading, time
class Apprise:
    def add(self, address):
        print("{SECRET}", flush=True)
        os.write(2, b"{SECRET}")
        threading.Thread(target=time.sleep, args=(9,)).start()
        return True
    def notify(self, **told):
        return os.write(1, b"{SECRET}") > 0
"""


def test_a_library_that_prints_and_leaves_a_thread_behind_is_neither_heard_nor_waited_for(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "apprise.py").write_text(NOISY)
    began = time.monotonic()
    environment = {**ENVIRONMENT, "BELL": "json://127.0.0.1", "PYTHONPATH": str(tmp_path)}
    assert ring(Notify(apprise=("BELL",)), [NOTICE], environment) == []
    assert time.monotonic() - began < 7
    assert capfd.readouterr() == ("", "")


def test_the_library_is_not_loaded_into_this_process() -> None:
    code = (
        "import sys\nfrom harvester.standing.bell import ring\nfrom harvester.standing.values import Notify\n"
        "from test_bells import NOTICE\n"
        "assert ring(Notify(apprise=('BELL',)), [NOTICE], {'BELL': 'json://127.0.0.1:1'})\n"
        "print([name for name in ('apprise', 'requests', 'urllib3') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parent, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("name", ["no-address", "unknown-schema", "lacks-a-part", "nobody-listens", "refused", "sent"])
def test_nothing_secret_is_printed_or_logged_whatever_becomes_of_it(name: str, tmp_path: Path) -> None:
    """With every log open to its lowest level, and warnings as errors, as a run with --debug may have it."""
    code = (
        "import json, logging, sys\nlogging.basicConfig(level=1, stream=sys.stderr)\n"
        "from harvester.standing.bell import ring\nfrom harvester.standing.values import Notify\n"
        "from test_bells import NOTICE\nimport os\n"
        "print(ring(Notify(apprise=('BELL',)), [NOTICE], dict(os.environ)))"
    )
    with taking(status=500 if name == "refused" else 200) as taker:
        value = BROKEN[name][0] if name in BROKEN else taker.address
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", code],
            cwd=Path(__file__).parent,
            env={**ENVIRONMENT, "BELL": str(value), "PYTHONWARNINGS": "error", "TMPDIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )
    assert done.stdout == "[]\n" or "BELL" in done.stdout
    assert (done.stdout == "[]\n") == (name == "sent")
    assert SECRET not in done.stdout + done.stderr
    assert [path for path in tmp_path.rglob("*") if SECRET in path.read_text(errors="replace")] == []


def test_the_program_that_posts_stands_by_itself() -> None:
    source = Path(posting.__file__).read_text(encoding="utf-8")
    assert "harvester" not in "".join(line for line in source.splitlines() if "import" in line)
