"""Makes a harvest of what harvest.toml says of it, which was checked by the schema."""

from datetime import time, timedelta
from pathlib import Path
from typing import Any

from harvester.standing.amounts import read_duration, read_size
from harvester.standing.values import Harvest, Keep, Notify, Politeness, Schedule


def build_harvest(name: str, said: dict[str, Any], base: Path) -> Harvest:
    """Return a harvest; relative paths begin at `base`. What is missing gets the default of its value."""
    read: dict[str, Any] = {
        "listings": tuple,
        "exports": tuple,
        "page_size": int,
        "withdraw_after": int,
        "max_file_size": _size,
        "full_every": _duration,
        "site": lambda site: str(base / site) if site.endswith(".py") or "/" in site else site,
        "politeness": lambda table: Politeness(**{key: float(value) for key, value in table.items()}),
        "notify": _notify,
        "keep": _keep,
        "schedule": lambda table: _schedule(table, base),
    }
    given = {key: read[key](value) if key in read else value for key, value in said.items()}
    output = base / given.pop("output", f"output/{name}")
    return Harvest(name=name, output=output, listings=given.pop("listings", ()), **given)


def _notify(table: dict[str, Any]) -> Notify:
    read: dict[str, Any] = {"withdrawn_bound": int, "max_age": _duration}
    return Notify(**{key: read.get(key, tuple)(value) for key, value in table.items()})


def _keep(table: dict[str, Any]) -> Keep:
    read: dict[str, Any] = {"snapshots": int, "versions": _duration}
    return Keep(**{key: read[key](value) for key, value in table.items()})


def _schedule(table: dict[str, Any], base: Path) -> Schedule | None:
    """Return the schedule; None if its time is missing, which was told."""
    if "at" not in table:
        return None
    read: dict[str, Any] = {"at": time.fromisoformat, "days": tuple, "random_delay": _duration, "log": base.joinpath}
    return Schedule(**{key: read[key](value) for key, value in table.items()})


def _duration(text: str) -> timedelta:
    duration = read_duration(text)
    assert duration is not None, text  # the schema has the same pattern
    return duration


def _size(value: int | float | str) -> int:
    size = read_size(value) if isinstance(value, str) else int(value)
    assert size is not None, value
    return size
