"""What keeps a dataset from going into another tool: the extra that is not installed, the destination that refuses."""

from harvester.errors.root import Exit, HarvestError, UsageProblem


class MissingExtra(UsageProblem):
    """A library that this export needs is not installed."""

    kind = "missing-extra"

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(
            f"{what} needs a library that is not installed",
            advice=f"Install it with: pip install 'archive-harvester[{extra}]'",
        )


class DestinationError(HarvestError):
    """The destination cannot be reached or written to, or holds what this program did not put there."""

    kind = "destination"
    code = Exit.DESTINATION
    advice = "Nothing was changed there."
