"""Runs the commands that a harvest declares for after its runs."""

import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from harvester.cli import complain
from harvester.cli.crawling import Ran
from harvester.errors import DatasetError, Exit, worst
from harvester.exports.passwords import hide_in_command
from harvester.ledger.afterwards import EXPORT, looking_back

_THIS = "harvest"
# A dataset that lacks something is published whole, says in coverage.json what it lacks, and only ever has more than
# before. After a refusal or an outage (4, 5), a page that nobody can read (6) or a fault, a person should look first.
_FED_ONWARD = frozenset({Exit.COMPLETE, Exit.INCOMPLETE})


def run_exports(exports: Sequence[str], ran: Ran) -> int:
    """Run each command, in words as a shell splits them; return the exit code of the run with them.

    The word `harvest` is this very program: a scheduler's PATH need not lead to it, nor to one of the same version.
    A command that fails is told of, the next one is run all the same, and the code is 3 at least. Nothing is run after
    a run that published nothing, or that ended with another code than 0 or 3.
    """
    if not ran.published or ran.code not in _FED_ONWARD:
        return ran.code
    faults = [(command, fault) for command in exports if (fault := _run(command, ran.folder)) is not None]
    if not faults:
        return ran.code
    for command, fault in faults:
        complain(
            f"the export `{hide_in_command(command)}` {fault}",
            "The dataset is published; run it by hand once it is put right.",
        )
    code = int(worst([Exit(ran.code), Exit.INCOMPLETE]))
    _note([f"the export {_name_of(command)} {fault}" for command, fault in faults], ran, code)
    return code


def _note(faults: Sequence[str], ran: Ran, code: int) -> None:
    """Keep with the run what failed after it: its own end was written before."""
    try:
        with looking_back(ran.folder) as log:
            if log is not None:
                log.add_troubles(ran.run, EXPORT, faults, code)
    except DatasetError as error:
        complain(f"it could not be noted that an export failed: {error}", error.advice)


def _name_of(command: str) -> str:
    """Return a command's program alone: what it is given may be nobody else's business. Of `harvest` all is known."""
    words = shlex.split(command)
    return hide_in_command(command) if words[0] == _THIS else Path(words[0]).name


def _run(command: str, folder: Path) -> str | None:
    """Run a command on a dataset; return what went wrong, in words that follow its name."""
    program, *words = (word.replace("{dataset}", str(folder)) for word in shlex.split(command))
    warning = [f"-W{option}" for option in sys.warnoptions]
    programs = [sys.executable, *warning, "-m", "harvester"] if program == _THIS else [program]
    sys.stdout.flush()
    try:
        code = subprocess.run([*programs, *words], stdin=subprocess.DEVNULL, check=False).returncode
    except OSError as error:
        return f"could not be run: {error.strerror or type(error).__name__}"
    if code == 0:
        return None
    return f"ended with {code}" if code > 0 else f"was ended by signal {-code}"
