"""A status as data: the keys are promises, and docs/status.md says what they mean."""

from datetime import datetime
from typing import Any

from harvester.ledger.runs import ToldRun
from harvester.standing.asked import shown_name
from harvester.standing.status import Status


def status_data(status: Status, *, runs: bool = False) -> dict[str, Any]:
    """Return a status as plain data, with all its runs if wanted."""
    shown, age = status.shown, status.asked.max_age
    told: dict[str, Any] = {
        "name": status.asked.name,
        "dataset": shown_name(str(status.asked.folder)),
        "site": shown and shown.site,
        "code": int(status.code),
        "verdict": shown and shown.verdict,
        "lacking": list(shown.lacking) if shown else [],
        "records": shown and shown.records,
        "withdrawn": shown and shown.withdrawn,
        "listings": list(shown.listings) if shown else [],
        "documents": shown and shown.documents,
        "walked": shown and shown.walked,
        "heard": status.heard,
        "max_age": None if age is None else int(age.total_seconds()),
        "silent": status.silent,
        "running": None if status.running is None else _holder(status),
        "last_run": None if status.last_run is None else run_data(status.last_run),
        "trouble": status.trouble,
        "next": status.next,
    }
    return told | ({"runs": [run_data(run) for run in status.runs]} if runs else {})


def _holder(status: Status) -> dict[str, Any]:
    assert status.running is not None
    return {"pid": status.running.pid, "host": status.running.host, "since": status.running.since}


def run_data(run: ToldRun) -> dict[str, Any]:
    """Return a run as plain data."""
    return {
        "run": run.number,
        "command": run.command or run.kind,
        "started": run.started,
        "ended": run.ended or (run.finished if run.is_old else None),
        "took": took(run),
        "how": how(run),
        "code": run.code,
        "requests": run.requests,
        "bytes": run.bytes,
        "changes": run.changes,
        "troubles": list(run.troubles),
    }


_HOW = {
    0: "complete",
    1: "failed",
    2: "refused to begin",
    3: "incomplete",
    4: "refused",
    5: "unreachable",
    6: "unreadable",
    7: "dataset failed",
    130: "interrupted",
}


def how(run: ToldRun) -> str:
    """Return how a run ended, in a word or two; "killed" of one that did not, "not known" of an older program's."""
    if run.code is not None:
        return _HOW.get(run.code, f"code {run.code}")
    return "not known" if run.is_old else "killed"


def took(run: ToldRun) -> int | None:
    """Return how long a run took, in seconds; None of one that did not end."""
    ended = run.ended or (run.finished if run.is_old else None)
    if ended is None:
        return None
    return max(0, int((datetime.fromisoformat(ended) - datetime.fromisoformat(run.started)).total_seconds()))
