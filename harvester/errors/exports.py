"""What keeps a dataset from going into another tool: the extra that is not installed, the destination that refuses."""

import shlex
import sys

from harvester.errors.root import Exit, HarvestError, UsageProblem


class MissingExtra(UsageProblem):
    """A library that this export needs is not installed.

    The advice names the Python that runs: the pip of another one knows nothing of this program.
    """

    kind = "missing-extra"

    def __init__(self, what: str, extra: str) -> None:
        command = f"{shlex.quote(sys.executable)} -m pip install 'archive-harvester[{extra}]'"
        super().__init__(f"{what} needs a library that is not installed", advice=f"Install it with: {command}")


class DestinationError(HarvestError):
    """The destination cannot be reached or written to, or holds what this program did not put there."""

    kind = "destination"
    code = Exit.DESTINATION
    advice = "Nothing was changed there."
