"""Says in plain words what a comparison came to: counts, since when, and what an absence is worth."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from harvester.coverage import AS_CAPTURED
from harvester.dataset.diff import Comparison
from harvester.dataset.difference import DIFFERS, GONE_A, GONE_B, ONLY_A, ONLY_B, UNSURE, Difference
from harvester.dataset.held import Held
from harvester.dataset.listed import Listed
from harvester.dataset.states import State


@dataclass(slots=True)
class Tally:
    """Counts differences as they pass: of each kind, of each field, and what the absences rest on."""

    kinds: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    unlinked: int = 0
    seen: dict[str, list[Held]] = field(default_factory=lambda: {ONLY_A: [], ONLY_B: []})
    namesakes: Counter[str] = field(default_factory=Counter)
    absences: dict[str, Counter[Listed | None]] = field(default_factory=lambda: {ONLY_A: Counter(), ONLY_B: Counter()})

    def counted(self, differences: Iterable[Difference]) -> Iterator[Difference]:
        """Yield the differences on, counted."""
        for difference in differences:
            self.kinds[difference.kind] += 1
            self.fields.update(difference.fields if difference.kind == DIFFERS else ())
            self.unlinked += difference.matched_by == "date and title"
            if difference.kind in self.seen:
                self.seen[difference.kind].append(difference.held)
                if difference.may_be is None:
                    self.absences[difference.kind][difference.absence] += 1
                else:
                    self.namesakes[difference.kind] += 1
            yield difference


def say_summary(comparison: Comparison, tally: Tally) -> list[str]:
    """Return the summary: both sides with what is certified of them, and how many records are where."""
    return [
        *_say_side("A", comparison.a),
        *_say_side("B", comparison.b),
        *_say_both(comparison, tally),
        *_say_only("A", "B", comparison.b, tally, ONLY_A),
        *_say_only("B", "A", comparison.a, tally, ONLY_B),
    ]


def _say_side(letter: str, state: State) -> Iterator[str]:
    yield f"{letter}: {state.name}"
    for listed in state.listings:
        yield f"   {listed.said}; captured {say_days(listed.first, listed.last)}"


def _say_both(comparison: Comparison, tally: Tally) -> Iterator[str]:
    differ = tally.kinds[DIFFERS]
    fields = ", ".join(f"{name} {count}" for name, count in tally.fields.most_common())
    yield f"In both: {comparison.both}, of which {differ} differ" + (f" ({fields})" if fields else "")
    if tally.unlinked:
        yield f"   {tally.unlinked} of these have a link on one side only, and were matched by date and title"
    for kind, letter in ((GONE_A, "A"), (GONE_B, "B")):
        if tally.kinds[kind]:
            count = tally.kinds[kind]
            yield f"   {count} of these {letter} holds from earlier walks; its complete one shows them no more"
    if tally.kinds[UNSURE]:
        yield f"   of {tally.kinds[UNSURE]} more it is not kept for certain what they said then"


def _say_only(here: str, there: str, other: State, tally: Tally, kind: str) -> Iterator[str]:
    held = tally.seen[kind]
    yield f"Only in {here}: {len(held)}" + (f", last seen there {_say_last(held)}" if held else "")
    for walk, count in tally.absences[kind].items():
        number = "" if count == len(held) else f"of {count} of them: "
        yield f"   {number}{_say_absence(walk, there)}"
    if count := tally.namesakes[kind]:
        number = "" if count == len(held) else f"of {count} of them: "
        yield f"   {number}{there} has entries of the same title, and no link tells whether they are the same"
    if not held and not any(listed.is_whole for listed in other.listings):
        yield f"   {there} is not complete; it may lack records all the same"


def _say_absence(walk: Listed | None, there: str) -> str:
    if walk is None:
        return f"{there} has no complete walk that should have shown them: that it lacks them proves nothing"
    when = say_days(walk.first, walk.last)
    if walk.verdict == AS_CAPTURED:
        return f"{there} has all pages of {walk.listing} as captured, {when}, in no proving order: some may be missed"
    return f"absent from the complete walk of {walk.listing} in {there}, {when}"


def _say_last(held: list[Held]) -> str:
    last = [one.last for one in held if one.last is not None]
    later = "" if all(one.last_known for one in held) else " or later"
    return say_days(min(last, default=None), max(last, default=None)) + later


def say_since(difference: Difference) -> str:
    """Return since when one side's record may be absent: "last seen 2025-03-16, absent from the walk of 2025-10-02"."""
    held, walk = difference.held, difference.absence
    other = "B" if difference.kind in {ONLY_A, GONE_B} else "A"
    if difference.kind == GONE_B and difference.b is not None:
        held = difference.b
    seen = f"last seen {(held.last or 'on an unknown day')[: 17 if held.last is None else 10]}"
    if not held.last_known:
        seen += " or later"
    if difference.may_be is not None:
        return f"{seen}; {other} has {difference.may_be} of the same title, which may be it"
    if walk is None or walk.last is None:
        return f"{seen}; no complete walk of {other} should have shown it" if walk is None else seen
    if held.first is not None and held.first > walk.last:
        parts = 10 if held.first[:10] != walk.last[:10] else None  # of one day the times tell
        return f"first seen {held.first[:parts]}, after {other} was walked ({walk.last[:parts]})"
    return f"{seen}, absent from {other}'s {'complete walk' if walk.is_proof else 'pages'} of {walk.last[:10]}"


def say_days(first: str | None, last: str | None) -> str:
    """Return the days between two times: "2025-03-16", "2025-03-14 to 2025-03-16"."""
    if first is None or last is None:
        return "on an unknown day"
    return first[:10] if first[:10] == last[:10] else f"{first[:10]} to {last[:10]}"
