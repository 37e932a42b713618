"""Lists of dates: "X or Y" is one of a set, "X and Y" is all of it."""

import itertools

from harvester.dates.reading import Unclear, join_notes
from harvester.dates.result import Result, result_of
from harvester.dates.units import Unit, span

LISTED = frozenset({"day", "month", "season", "year", "decade", "century"})
Member = tuple[Unit, ...]  # one unit, or the two ends of a range


def list_of(members: list[Member], joint: str, note: str | None) -> Result:
    """Return the set of the members, sorted: [one, of] for "|", {all, of} for "&".

    Its precision is "day-set" for days, else "interval", so that nobody takes a set of years for a year. Raises
    Unclear where the members are of several kinds ("5 June or July 1958" may leave out a day or a year).
    """
    kinds = {unit.precision for member in members for unit in member}
    if len(kinds) > 1 or not kinds <= LISTED:
        raise Unclear("a list of dates of several kinds")
    ordered = sorted(members, key=lambda member: (member[0].earliest, member[-1].latest))
    kind = kinds.pop()
    if kind in {"decade", "century"} and _is_unbroken(ordered) and joint == "&":
        return result_of(span(ordered[0][0], ordered[-1][-1]))
    texts = list(dict.fromkeys(map(_text, ordered)))
    if len(texts) == 1 and len(ordered[0]) == 1:
        return result_of(ordered[0][0])
    opening, closing = ("[", "]") if joint == "|" else ("{", "}")
    return Result(
        date=opening + ",".join(texts) + closing,
        earliest=ordered[0][0].earliest.isoformat(),
        latest=max(member[-1].latest for member in ordered).isoformat(),
        precision="day-set" if kind == "day" else "interval",
        note=join_notes(note, *(unit.note for member in ordered for unit in member)),
    )


def _is_unbroken(ordered: list[Member]) -> bool:
    """Return whether each member starts in the year after the one before ends ("1950s and 1960s")."""
    pairs = itertools.pairwise(ordered)
    return all(after[0].earliest.year - before[-1].latest.year == 1 for before, after in pairs)


def _text(member: Member) -> str:
    if len(member) == 1:
        return member[0].edtf
    if any(unit.marked or unit.whole != unit.first for unit in member):
        raise Unclear("a list with a range that cannot be qualified there")
    span(*member)  # refuses a range that runs backwards
    return f"{member[0].first}..{member[1].last}"
