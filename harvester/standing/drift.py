"""Finds that an archive's pages are no longer what they were: fields that got lost, parts and layouts that are new."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from harvester.ledger.afterwards import Aftermath
from harvester.ledger.shares import Looks
from harvester.standing.findings import Finding

FIELDS = {"date_text": "a date line", "date": "a date that can be read", "summary": "a summary", "url": "a link"}
MOST_FALL = Fraction(2, 100)
LEAST_ROWS = 3
# A page that broke off says nothing of how pages are made: its run is incomplete, and that is told.
_NO_DRIFT = frozenset({"cut-off"})
_MOST_LINES = 6
_MOST_FACTS = 50


@dataclass(frozen=True, slots=True)
class Fall:
    """A field that fewer rows of a listing have: how many of how many, by the last two whole walks."""

    listing: str
    field: str
    before: int
    rows_before: int
    after: int
    rows_after: int

    @property
    def is_drift(self) -> bool:
        """Return whether the share fell by more than two points, and by three rows' worth.

        In a short listing one or two records that come or go move a share by more than two points.
        """
        fall = Fraction(self.before, self.rows_before) - Fraction(self.after, self.rows_after)
        return fall > MOST_FALL and fall * self.rows_after >= LEAST_ROWS

    def said(self) -> str:
        """Return the fall for people."""
        return (
            f"{self.listing}: {_percent(self.after, self.rows_after)} of {self.rows_after:,} rows have"
            f" {FIELDS[self.field]}; by the walk before it was {_percent(self.before, self.rows_before)} of"
            f" {self.rows_before:,}"
        )


def find_drift(aftermath: Aftermath | None) -> Finding | None:
    """Return how the pages of a run differ from those before them; None if they don't, or nothing is known."""
    if aftermath is None:
        return None
    falls = [fall for looks in aftermath.looks for fall in _falls(looks)]
    layouts = [told for looks in aftermath.looks for told in _new_layouts(looks)]
    rejects = [told for looks in aftermath.looks for told in _new_rejects(looks)]
    labels = list(aftermath.labels)
    said = [
        *(fall.said() for fall in falls),
        *(f"{told['listing']}: pages of a layout that was not seen before: {told['layout']}" for told in layouts),
        *(
            f"{told['listing']}: {told['count']:,} rejected as {told['reason']}, of which there were none"
            for told in rejects
        ),
        *(f"documents: a part {_named(label)}, which was not seen before" for label in labels),
    ]
    if not said:
        return None
    more = [f"... and {len(said) - _MOST_LINES} things more"] if len(said) > _MOST_LINES else []
    lines = (*said[:_MOST_LINES], *more, _next(bool(labels), bool(rejects)))
    facts: dict[str, Any] = {
        "fields": [asdict(fall) for fall in falls[:_MOST_FACTS]],
        "layouts": layouts[:_MOST_FACTS],
        "rejects": rejects[:_MOST_FACTS],
        "labels": labels[:_MOST_FACTS],
    }
    return Finding("drift", "the archive's pages have changed", lines, facts)


def _falls(looks: Looks) -> Iterator[Fall]:
    """Yield the fields that fell between the last two whole walks, if the run brought the later one."""
    if looks.whole is None or not looks.now.whole:
        return
    before, now = looks.whole.shares, looks.now.shares
    if before["rows"] and now["rows"]:
        falls = (Fall(looks.now.listing, f, before[f], before["rows"], now[f], now["rows"]) for f in FIELDS)
        yield from (fall for fall in falls if fall.is_drift)


def _new_layouts(looks: Looks) -> Iterator[dict[str, Any]]:
    known = {layout for shares in _before(looks) for layout in shares["layouts"]}
    if known:
        yield from (
            {"listing": looks.now.listing, "layout": layout}
            for layout in looks.now.shares["layouts"]
            if layout not in known
        )


def _new_rejects(looks: Looks) -> Iterator[dict[str, Any]]:
    before = _before(looks)
    known = {reason for shares in before for reason in shares["rejects"]}
    if before:
        yield from (
            {"listing": looks.now.listing, "reason": reason, "count": count}
            for reason, count in looks.now.shares["rejects"].items()
            if reason not in known | _NO_DRIFT
        )


def _before(looks: Looks) -> Sequence[dict[str, Any]]:
    return [look.shares for look in (*((looks.whole,) if looks.whole else ()), *looks.since)]


def _named(label: str) -> str:
    return f'named "{label}"' if label else "without a name"


def _next(labels: bool, rejects: bool) -> str:
    where = [*(["documents.jsonl (`unknown`)"] if labels else []), *(["rejects.jsonl"] if rejects else [])]
    look = f" What could not be read lies in {' and '.join(where)}." if where else ""
    return f"Next: open a page of the listing in a browser.{look} docs/adding-a-site.md says how pages are read anew."


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %"
