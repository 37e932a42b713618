"""Opens what a person names as one side of a comparison: DATASET, DATASET@RUN, DATASET@DAY."""

import re
from contextlib import suppress
from datetime import date
from pathlib import Path

from harvester.dataset.publish import open_dataset
from harvester.dataset.states import PastState, PublishedState, State
from harvester.errors import UsageProblem
from harvester.ledger import PastLedger, folded_run, last_seen
from harvester.ledger.past import PastRun
from harvester.sites import Site, find_site

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def open_state(named: str, site: Site | None = None) -> State:
    """Open one side of a comparison; `site` where its site is not an installed one.

    Raises DatasetError if there is no dataset, UsageProblem if it has no such state.
    """
    folder, at, when = named.rpartition("@")
    if not at or Path(named).exists():
        return PublishedState(Path(named))
    open_dataset(Path(folder))
    past = PastLedger(Path(folder))
    try:
        run = _run_named(past, folder, when)
        site = site or find_site(past.site)
        now = last_seen(past, site)
        past.rewind(run.number)
        return PastState(f"{named} (after run {run.number}, {run.finished or run.started})", past, site, now)
    except BaseException:
        past.close()
        raise


def _is_day(when: str) -> bool:
    with suppress(ValueError):
        return _DAY.fullmatch(when) is not None and bool(date.fromisoformat(when))
    return False


def _run_named(past: PastLedger, folder: str, when: str) -> PastRun:
    """Return the run of that number, or the last one that had ended at the end of that day (UTC)."""
    if when.isdecimal():
        runs = [run for run in past.runs if run.number == int(when)]
    elif _is_day(when):
        runs = [run for run in past.runs if run.finished is not None and run.finished[:10] <= when]
    else:
        raise UsageProblem(
            f"{f'@{when}' if when else 'nothing after the @'} names no state of {folder}",
            advice="Name a run (@3), or a day in UTC (@2026-11-01).",
        )
    if not runs:
        known = ", ".join(f"@{run.number} ended {(run.finished or 'never')[:10]}" for run in past.runs[-5:])
        raise UsageProblem(f"{folder} has no state {when}", advice=f"Its last runs: {known}.")
    if (folded := folded_run(past.db)) is not None and runs[-1].number < folded:
        raise UsageProblem(
            f"of {folder} after run {runs[-1].number} nothing is known any more: its old versions were folded into one",
            advice=f"The earliest state is @{folded}.",
        )
    return runs[-1]
