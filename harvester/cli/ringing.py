"""Rings a harvest's bells once its run is over, however it ended."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from harvester.cli import complain
from harvester.cli.crawling import Ran, now
from harvester.errors import Exit, HarvestError
from harvester.standing.values import Harvest
from harvester.standing.watch import code_after, report

_ADVICE = "Put it right: who should have been told of this run was not. docs/notifications.md has how bells ring."


def run_and_ring(harvest: Harvest, carry_out: Callable[[], Ran], go_on: Callable[[Ran], int]) -> int:
    """Carry a harvest out, go on with what is declared for after it, and ring; return the exit code of it all.

    What keeps the run from its end is rung for too, and then raised as it came.
    """
    try:
        ran = carry_out()
        code = go_on(ran)
    except HarvestError as error:
        _ring(harvest, int(error.code), harvest.output, [str(error)])
        raise
    except Exception as error:
        _ring(harvest, int(Exit.UNEXPECTED), harvest.output, [f"{type(error).__name__}: {error}"])
        raise
    return _ring(harvest, code, ran.folder, ran.faults, ran.run)


def _ring(harvest: Harvest, code: int, folder: Path, faults: Sequence[str], run: int | None = None) -> int:
    told = report(harvest, code, folder, now(), os.environ, run=run, faults=faults)
    for fault in told:
        complain(fault, _ADVICE)
    return code_after(code, told)
