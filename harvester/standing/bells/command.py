"""The user's own command as a bell: it reads the notice as one line of JSON from standard input."""

import signal
from collections.abc import Mapping, Sequence

from harvester.standing.bells.programs import Ended, run_program
from harvester.standing.bells.secrets import conceal
from harvester.standing.notice import Notice

LIMIT = 60.0  # seconds; a run waits for its bells, and the next run for it
_MOST_TOLD = 300  # characters of what it says


def ring(words: Sequence[str], notice: Notice, environment: Mapping[str, str], *, limit: float = LIMIT) -> str | None:
    """Run the command, without a shell; return why it failed, None if it did not.

    What it prints is not shown: harvest's own output is read by other programs. Of what it complains the last line is
    told if it fails, with nothing in it that stands in the environment.
    """
    name = conceal(words[0], environment)
    try:
        ended = run_program(words, notice.as_json(), environment, limit)
    except OSError as error:
        return f"the bell {name} cannot be run: {error.strerror or type(error).__name__}"
    fault = _fault(ended, limit)
    if fault is None:
        return None
    said = [line.strip() for line in ended.complained.splitlines() if line.strip()]
    last = f": {conceal(said[-1], environment)[:_MOST_TOLD]}" if said else ""
    return f"the bell {name} {fault}{last}"


def _fault(ended: Ended, limit: float) -> str | None:
    if ended.code is None:
        return f"took longer than {limit:g} seconds and was ended"
    if ended.code < 0:
        return f"was ended by signal {_name_signal(-ended.code)}"
    return f"failed with exit code {ended.code}" if ended.code else None


def _name_signal(number: int) -> str:
    try:
        return f"{number} ({signal.Signals(number).name})"
    except ValueError:
        return str(number)
