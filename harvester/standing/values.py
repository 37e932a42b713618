"""What harvest.toml declares: one harvest, and how it is asked for, told of, kept and scheduled."""

from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path

from harvester.archives.limits import MOST_FILE

KINDS = ("incomplete", "refused", "unreachable", "drift", "withdrawn", "silent", "failed")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Politeness:
    """How the site is asked, in seconds; None leaves the program's own."""

    delay: float | None = None
    timeout: float | None = None


@dataclass(frozen=True, slots=True)
class Notify:
    """Who is told, and of what. `apprise` holds names of environment variables, never addresses."""

    command: tuple[str, ...] = ()
    apprise: tuple[str, ...] = ()
    on: tuple[str, ...] = KINDS
    withdrawn_bound: int | None = None
    max_age: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Keep:
    """What is kept of old snapshots and versions; None keeps all."""

    snapshots: int | None = None
    versions: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """When it runs, in the local time of the machine's scheduler; no days are all of them."""

    at: time
    days: tuple[str, ...] = ()
    random_delay: timedelta = timedelta(minutes=30)
    log: Path | None = None


@dataclass(frozen=True, slots=True)
class Harvest:
    """One harvest as declared, with what is not said filled in; its paths are absolute."""

    name: str
    listings: tuple[str, ...]
    output: Path
    contact: str | None = None
    site: str | None = None
    page_size: int | None = None
    twice: bool = False
    via: str | None = None
    wayback: str | None = None
    documents: bool = False
    files: bool = False
    max_file_size: int = MOST_FILE
    snapshot: bool = False
    full_every: timedelta = timedelta(days=7)
    withdraw_after: int = 2
    exports: tuple[str, ...] = ()
    politeness: Politeness = field(default_factory=Politeness)
    notify: Notify = field(default_factory=Notify)
    keep: Keep = field(default_factory=Keep)
    schedule: Schedule | None = None
