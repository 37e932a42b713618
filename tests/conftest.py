"""What the tests share: the command as a person runs it, and the sample archive on loopback."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harvester.sample import Archive, Server, running

pytest_plugins = ["postgres_fixtures"]
ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        """Return the JSON lines that it printed."""
        return [json.loads(line) for line in self.out.encode().splitlines()]


Harvest = Callable[..., Ran]


@pytest.fixture
def harvest(tmp_path: Path) -> Harvest:
    """Return a function that runs `harvest` in a process and folder of its own, with nothing inherited but the path."""

    def run(*args: object, stdin: str | bytes = b"", env: dict[str, str] | None = None, cwd: Path | None = None) -> Ran:
        clean = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONWARNINGS": "error", **(env or {})}
        done = subprocess.run(
            [sys.executable, "-m", "harvester", *map(str, args)],
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            cwd=cwd or tmp_path,
            env=clean,
            timeout=120,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture
def server() -> Iterator[Server]:
    """Serve the sample archive of 103 records."""
    with running(Archive()) as running_server:
        yield running_server


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSON Lines file."""
    return [json.loads(line) for line in path.read_bytes().splitlines()]  # of a text, it splits at U+2028 too


def read_json(path: Path) -> Any:
    """Return a JSON document."""
    return json.loads(path.read_text(encoding="utf-8"))
