"""Reads harvest.toml: the harvests by name, or all that is wrong with the file at once, each fault with its line."""

import re
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from harvester.errors import UsageProblem
from harvester.standing.building import build_harvest
from harvester.standing.checks import find_contradictions
from harvester.standing.faults import Fault, find_faults
from harvester.standing.lines import Keys, find_lines
from harvester.standing.values import Harvest

FILE_NAME = "harvest.toml"
_ADVICE = "docs/harvest-toml.md has every key. Nothing was run."


@dataclass(frozen=True, slots=True)
class Config:
    """The harvests of one file, by name, in their order."""

    path: Path
    harvests: Mapping[str, Harvest]

    def named(self, name: str) -> Harvest:
        """Return the harvest of that name; raises UsageProblem, with what was perhaps meant."""
        if name in self.harvests:
            return self.harvests[name]
        near = get_close_matches(name, self.harvests, n=1)
        meant = f"Did you mean {near[0]}? " if near else ""
        known = ", ".join(self.harvests)
        raise UsageProblem(f"there is no harvest {name} in {self.path}", advice=f"{meant}It declares: {known}.")


def load(path: Path) -> Config:
    """Return what a file declares; raises UsageProblem that tells all its faults."""
    path = _whole(path)
    text = _read(path)
    table = _parse(text, path)
    faults = find_faults(table)
    sound = _without(table, faults)
    declared = sound.get("harvest", {}).items()
    harvests = {name: build_harvest(name, {**_shared(sound), **said}, path.parent) for name, said in declared}
    faults += find_contradictions(harvests)
    if faults:
        raise UsageProblem(_told(faults, text), where=str(path), advice=_ADVICE)
    return Config(path, harvests)


def _whole(path: Path) -> Path:
    """Return the absolute path; links stay, as they may lead elsewhere tomorrow, unless ".." stands in it."""
    path = path.absolute()
    return path.parent.resolve() / path.name if ".." in path.parts else path


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        advice = f"Name the file with --config, or write a {FILE_NAME}: docs/harvest-toml.md has an example."
        raise UsageProblem(f"there is no {path}", advice=advice) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise UsageProblem(f"line {line} is no UTF-8", where=str(path), advice="Save the file as UTF-8.") from error
    except OSError as error:
        advice = "See that it is a file that you may read."
        raise UsageProblem(f"cannot be read: {error.strerror}", where=str(path), advice=advice) from error


def _parse(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise UsageProblem("is nested too deeply", where=str(path), advice=_ADVICE) from error
    except ValueError as error:  # TOMLDecodeError, and what int() says of a number of thousands of digits
        told = re.sub(r"^(.*) \(at (line \d+), column (\d+)\)$", r"\2, column \3: \1", str(error))
        raise UsageProblem(f"is no TOML: {told}", where=str(path), advice=_ADVICE) from error


def _told(faults: list[Fault], text: str) -> str:
    """Return the faults in the order of their lines, a line each."""
    lines = find_lines(text)
    placed = sorted(((_line_of(fault.keys, lines), fault.text) for fault in faults), key=lambda told: told[0])
    said = [f"line {line}: {what}" if line else what for line, what in placed]
    return said[0] if len(said) == 1 else f"{len(said)} faults\n" + "\n".join(f"  {one}" for one in said)


def _line_of(keys: Keys, lines: dict[Keys, int]) -> int:
    """Return where a key stands, or, of one that is missing, the table that lacks it; 0 for the whole file."""
    return next((lines[keys[:depth]] for depth in range(len(keys), 0, -1) if keys[:depth] in lines), 0)


def _without(table: dict[str, Any], faults: list[Fault]) -> dict[str, Any]:
    """Return the table without the keys that are at fault, so that the rest can be looked at all the same."""
    sound = deepcopy(table)
    for fault in faults:
        parent: Any = sound
        for key in fault.keys[:-1]:
            parent = parent.get(key) if isinstance(parent, dict) else None
        if fault.keys and isinstance(parent, dict):
            parent.pop(fault.keys[-1], None)
    return sound


def _shared(table: dict[str, Any]) -> dict[str, Any]:
    """Return what stands at the top for all harvests."""
    return {key: value for key, value in table.items() if key != "harvest"}
