"""What someone must act on after a run: by its exit code, by how its pages differ, by what it found withdrawn."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from harvester.coverage import WITH_UNKNOWNS
from harvester.dataset.documents import UNKNOWNS_ADVICE
from harvester.errors import Exit
from harvester.ledger.afterwards import Aftermath
from harvester.standing.drift import find_drift
from harvester.standing.evidence import Evidence
from harvester.standing.findings import Finding
from harvester.standing.times import say_time

_MOST = 5  # listings, reasons or ids in words; the facts hold more
_MOST_FACTS = 50

# What the run could not be asked for (2) is a failure too, which only a person can mend.
_KINDS: dict[int, str] = {
    Exit.INCOMPLETE: "incomplete",
    Exit.REFUSED: "refused",
    Exit.UNREACHABLE: "unreachable",
}
_TITLES = {
    "incomplete": "the harvest is not complete",
    "refused": "the site refuses the harvest",
    "unreachable": "the site is out of reach",
    "failed": "the harvest failed",
}
_NEXT: dict[int, str] = {
    Exit.INCOMPLETE: "the next run asks again for what is missing; if it stays so, coverage.json says what it is.",
    Exit.REFUSED: "write to the archive, or ask more slowly. Nothing is ever done to get around a refusal.",
    Exit.UNREACHABLE: "nothing, if it is back by the next run; else see whether the archive has moved.",
    Exit.USAGE: "correct what harvest.toml asks for.",
    Exit.UNREADABLE: "open the page in a browser. If it is a listing, its layout is new: see docs/adding-a-site.md.",
    Exit.DATASET: "make room, wait for who holds it, or restore it. What was published stays as it was.",
}
_NEXT_ELSE = "run it by hand with --debug and report what it prints."


def find_all(evidence: Evidence, bound: int | None, since: Mapping[str, datetime], now: datetime) -> list[Finding]:
    """Return what someone must act on after a run, one finding a kind.

    `bound` is how many withdrawn records in a run are nothing to ring for (None: any number); `since` tells of each
    kind that lasts since when it has.
    """
    found = [_by_code(evidence, since, now), find_drift(evidence.aftermath), _withdrawn(evidence.aftermath, bound)]
    return [finding for finding in found if finding is not None]


def _by_code(evidence: Evidence, since: Mapping[str, datetime], now: datetime) -> Finding | None:
    if evidence.code == Exit.COMPLETE:
        return None
    kind = _KINDS.get(evidence.code, "failed")
    begun = since.get(kind, now)
    title, following = _words(kind, evidence)
    whole = evidence.last_whole()
    lines = (
        *(_first(evidence.say_lacking(), "lines more in coverage.json") if kind == "incomplete" else ()),
        *_first([f"Why: {message}" for message in _messages(evidence)], "reasons more"),
        f"Exit code {evidence.code}, since {say_time(begun)}.",
        *((f"What was published stands; a listing was last whole on {whole}.",) if whole else ()),
        f"Next: {following}",
    )
    facts = {"since": begun.isoformat(), **evidence.facts()}
    return Finding(kind, title, lines, facts, _marks(kind, evidence))


def _words(kind: str, evidence: Evidence) -> tuple[str, str]:
    """Return the title, and what to do next."""
    title, following = _TITLES[kind], _NEXT.get(evidence.code, _NEXT_ELSE)
    if kind != "incomplete" or evidence.lacking():
        return title, following
    documents = evidence.documents()
    if documents is not None:
        return title, UNKNOWNS_ADVICE if documents["verdict"] == WITH_UNKNOWNS else following
    if evidence.failed_exports():
        return "a command that follows the harvest failed", "put it right; it is run again after the next run."
    return title, following


def _messages(evidence: Evidence) -> list[str]:
    return list(dict.fromkeys(str(trouble["message"]) for trouble in evidence.troubles()))


def _first(lines: Sequence[str], rest: str) -> list[str]:
    more = [f"... and {len(lines) - _MOST} {rest}"] if len(lines) > _MOST else []
    return [*lines[:_MOST], *more]


def _marks(kind: str, evidence: Evidence) -> frozenset[str]:
    """Return what makes a trouble another one than before: which listings lack rows, which kind of refusal it is.

    Out of reach is out of reach: by what error differs from night to night, and changes nothing for who is told.
    """
    if kind == "unreachable":
        return frozenset()
    if kind != "incomplete":
        return frozenset({f"code:{evidence.code}", *(f"kind:{trouble['kind']}" for trouble in evidence.troubles())})
    documents = evidence.documents()
    return frozenset(
        {
            *(f"listing:{listing['listing']}" for listing in evidence.lacking()),
            *([f"documents:{documents['verdict']}"] if documents is not None else []),
            *(["export"] if evidence.failed_exports() else []),
        }
    )


def _withdrawn(aftermath: Aftermath | None, bound: int | None) -> Finding | None:
    if aftermath is None or bound is None or len(aftermath.withdrawn) <= bound:
        return None
    count = len(aftermath.withdrawn)
    lines = (
        f"This run found {count:,} records withdrawn, more than {bound:,}: complete walks no longer show them.",
        f"First of them: {', '.join(aftermath.withdrawn[:_MOST])}. changes.jsonl has them all.",
        "Next: look for some of them on the site. If they are there, its listing has lost them: write to the archive.",
    )
    facts = {"count": count, "bound": bound, "records": list(aftermath.withdrawn[:_MOST_FACTS])}
    return Finding("withdrawn", f"{count:,} records withdrawn", lines, facts)
