"""docs/notifications.md tells of each kind, key and fact that there is, and of none besides."""

import dataclasses
import os
import re
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from harvester.ledger.afterwards import Aftermath
from harvester.ledger.shares import Look, Looks
from harvester.standing import load
from harvester.standing.bells import apprise, command
from harvester.standing.drift import LEAST_ROWS, MOST_FALL
from harvester.standing.evidence import Evidence
from harvester.standing.health import find_all
from harvester.standing.notice import LASTING, WELL, Notice
from harvester.standing.silence import find_end, find_silence
from harvester.standing.values import KINDS

DOC = (Path(__file__).parents[1] / "docs" / "notifications.md").read_text(encoding="utf-8")
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def table(heading: str) -> dict[str, list[str]]:
    """Return the rows of the first table with that first column, by it."""
    (rows,) = re.findall(rf"^\| {heading} \|.*\n\|[-|]+\n((?:\|.*\n)+)", DOC, re.M)
    cells = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows.splitlines()]
    return {first: rest for first, *rest in cells}


def named(text: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", text))


def test_each_kind_stands_in_the_table_with_whether_it_lasts() -> None:
    told = table("kind \\| when")
    assert set(told) == {*KINDS, WELL}
    assert {kind for kind, rest in told.items() if rest[-1].rstrip(" |") == "yes"} == LASTING


def test_each_key_of_a_notice_stands_in_the_table_in_its_order() -> None:
    assert [key.strip("`") for key in table("key")] == [field.name for field in dataclasses.fields(Notice)]


def look(run: int, **shares: Any) -> Look:
    told = {"rows": 100, "date_text": 90, "date": 90, "summary": 80, "url": 100, "layouts": ["a"], "rejects": {}}
    return Look(run, "/search", None, "live", run, True, {**told, **shares})


def facts() -> dict[str, dict[str, Any]]:
    """Return the facts of a finding of each kind."""
    looks = Looks(look(2, summary=0, layouts=["b"], rejects={"no-title": 1}), look(1), ())
    trouble = {"kind": "time-out", "message": "It did not come.", "listing": "/search"}
    aftermath = Aftermath("2026-03-01T00:00:00Z", [trouble], [looks], ["Stamp"], ["a", "b"])
    listing = dict.fromkeys(("listing", "order", "verdict", "total", "rows", "reasons", "kind", "crawl", "label"))
    listing |= {"verdict": "incomplete", "reasons": [], "missing": [[1, 2]], "last_run": {"run": 2}}
    listing |= {"last_complete": None, "duplicates": {}, "rejects": 0}
    found = []
    for code in (3, 4, 5, 6):
        found += find_all(Evidence(code, 2, aftermath, {"listings": [listing], "documents": None}), 1, {}, NOW)
    found += [find_silence(None, None, timedelta(days=1), NOW), find_end({"failed": NOW})]
    return {finding.kind: finding.facts for finding in found if finding is not None}


def test_each_fact_stands_in_the_table_under_its_kinds() -> None:
    rows = {kind: named(rest[0]) for kinds, rest in table("kind \\| facts").items() for kind in kinds.split(", ")}
    found = facts()
    assert set(rows) == set(found) == {*KINDS, WELL}
    for kind, told in found.items():
        inner = {
            key for value in told.values() if isinstance(value, list) for one in value
            if isinstance(one, dict) for key in one
        }  # fmt: skip
        assert inner or kind in {"withdrawn", "silent"}
        documents = {"verdict", "reasons"} if "documents" in told else set()
        assert rows[kind] == set(told) | inner | documents, kind


def test_the_numbers_in_the_words_are_those_of_the_program() -> None:
    assert (int(MOST_FALL * 100), LEAST_ROWS) == (2, 3)
    assert "more than two points" in DOC and "three rows' worth" in DOC
    assert f"It has {command.LIMIT:g} seconds" in DOC
    assert f"All addresses together have {apprise.LIMIT:g} seconds" in DOC


def test_what_is_to_be_written_into_harvest_toml_can_be_read(tmp_path: Path) -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", DOC, re.S)
    tomllib.loads(block)
    path = tmp_path / "harvest.toml"
    path.write_text(
        f'[harvest.wilson]\ncontact = "a@example.org"\nlistings = ["https://digitalarchive.wilsoncenter.org/search"]\n{block}'
    )
    notify = load(path).named("wilson").notify
    assert (notify.command, notify.apprise, notify.withdrawn_bound) == (("/usr/local/bin/ring",), ("HARVEST_BELL",), 10)


@pytest.mark.parametrize("kind", ["failed", "well"])
def test_the_command_that_is_shown_works(kind: str, tmp_path: Path) -> None:
    (block,) = re.findall(r"```python\n(.*?)```", DOC, re.S)
    ring = tmp_path / "ring"
    ring.write_text(block.replace("/var/spool/attention", str(tmp_path / "attention")))
    ring.chmod(0o755)
    notice = Notice("wilson", kind, "wilson: it failed", "Why: so.", "/data", 1, 1, {})
    assert command.ring([str(ring)], notice, {"PATH": os.environ["PATH"]}) is None
    shown = (tmp_path / "attention").read_text() if (tmp_path / "attention").exists() else ""
    assert shown == ("" if kind == "well" else "wilson: it failed\nWhy: so.\n")
