"""Runs the commands that a harvest declares for after its runs."""

import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from harvester.cli import complain
from harvester.cli.crawling import Ran
from harvester.errors import Exit, worst

# A dataset that lacks something is published whole, says in coverage.json what it lacks, and only ever has more than
# before. After a refusal or an outage (4, 5), a page that nobody can read (6) or a fault, a person should look first.
_FED_ONWARD = frozenset({Exit.COMPLETE, Exit.INCOMPLETE})


def run_exports(exports: Sequence[str], ran: Ran) -> int:
    """Run each command, in words as a shell splits them; return the exit code of the run with them.

    A command that fails is told of, the next one is run all the same, and the code is 3 at least. Nothing is run after
    a run that published nothing, or that ended with another code than 0 or 3.
    """
    if not ran.published or ran.code not in _FED_ONWARD:
        return ran.code
    faults = [fault for command in exports if (fault := _run(command, ran.folder)) is not None]
    for fault in faults:
        complain(fault, "The dataset is published; run the command by hand once it is put right.")
    return int(worst([Exit(ran.code), Exit.INCOMPLETE])) if faults else ran.code


def _run(command: str, folder: Path) -> str | None:
    """Run a command on a dataset; return what went wrong, as a sentence."""
    words = [word.replace("{dataset}", str(folder)) for word in shlex.split(command)]
    sys.stdout.flush()
    try:
        code = subprocess.run(words, stdin=subprocess.DEVNULL, check=False).returncode
    except OSError as error:
        return f"the export `{command}` could not be run: {error.strerror or error}"
    if code == 0:
        return None
    return f"the export `{command}` " + (f"ended with {code}" if code > 0 else f"was ended by signal {-code}")
