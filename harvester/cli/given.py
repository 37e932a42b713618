"""The addresses that a command is given: as they are, from files, or from standard input."""

import sys
from collections.abc import Sequence
from pathlib import Path

from harvester.errors import UsageProblem


def read_addresses(urls: Sequence[str]) -> list[str]:
    """Return the URLs given: as they are, from files, or from standard input; a line each, # begins a comment."""
    found: list[str] = []
    for url in urls:
        if url == "-":
            found += sys.stdin.read().splitlines()
        elif "://" not in url and Path(url).is_file():
            found += _lines_of(Path(url))
        else:
            found.append(url)
    clean = [line.strip() for line in found]
    return [line for line in clean if line and not line.startswith("#")]


def _lines_of(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageProblem(f"{path} is no list of addresses: {error}", advice="Save it as UTF-8.") from error
