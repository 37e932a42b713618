"""Who has been told of what, so that no bell rings the same each night, and none only once.

What lasts is told when it begins, when it becomes something else, again every seven days, and once when all is well.
What happens in one run is told once. What no bell could be rung for is told by the next run.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

from harvester.standing.findings import Finding
from harvester.standing.notice import LASTING, Notice

# A timer starts its runs up to some hours apart from the day before: the seventh night counts, though it came early.
AGAIN = timedelta(days=7) - timedelta(hours=12)
_MOST_UNTOLD = 20


@dataclass(frozen=True, slots=True)
class Trouble:
    """A kind of trouble that lasts: since when, when somebody was told last (None: never), of which marks."""

    since: datetime
    told: datetime | None = None
    marks: frozenset[str] = frozenset()

    def is_due(self, marks: frozenset[str], now: datetime) -> bool:
        """Return whether it is to be told now."""
        return self.told is None or bool(marks - self.marks) or now - self.told >= AGAIN

    def as_data(self) -> dict[str, Any]:
        """Return the trouble as plain data."""
        told = None if self.told is None else self.told.isoformat()
        return {"since": self.since.isoformat(), "told": told, "marks": sorted(self.marks)}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """Return what `as_data` made plain."""
        told = None if data["told"] is None else datetime.fromisoformat(data["told"])
        return cls(datetime.fromisoformat(data["since"]), told, frozenset(data["marks"]))


@dataclass(frozen=True, slots=True)
class Memory:
    """What lasts, by its kind, since all was well the last time; and notices of single runs that nobody heard yet."""

    lasting: Mapping[str, Trouble] = field(default_factory=dict)
    untold: tuple[Notice, ...] = ()

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """Return what `as_data` made plain; of nothing, nothing."""
        lasting = {kind: Trouble.of(told) for kind, told in data.get("lasting", {}).items()}
        return cls(lasting, tuple(Notice(**told) for told in data.get("untold", ())))

    def as_data(self) -> dict[str, Any]:
        """Return the memory as plain data: an empty object if there is nothing to remember."""
        data: dict[str, Any] = {}
        if self.lasting:
            data["lasting"] = {kind: self.lasting[kind].as_data() for kind in sorted(self.lasting)}
        if self.untold:
            data["untold"] = [notice.as_data() for notice in self.untold]
        return data

    def since(self, kind: str, now: datetime) -> datetime:
        """Return since when a kind of trouble has lasted: since now, if it is new."""
        return self.lasting[kind].since if kind in self.lasting else now

    def told_of(self) -> dict[str, Trouble]:
        """Return what somebody was told of, and would want to hear the end of."""
        return {kind: trouble for kind, trouble in self.lasting.items() if trouble.told is not None}

    def due(self, findings: Iterable[Finding], now: datetime) -> list[Finding]:
        """Return the findings that are to be told now."""
        return [
            finding
            for finding in findings
            if finding.kind not in LASTING or self._of(finding.kind, now).is_due(finding.marks, now)
        ]

    def after(
        self,
        findings: Sequence[Finding],
        heard: Collection[str],
        unheard: Sequence[Notice],
        now: datetime,
        *,
        ended: Collection[str],
    ) -> "Memory":
        """Return the memory after the bells rang.

        `heard` are the kinds for which a bell was heard, `unheard` are notices of single runs that
        are to be rung for again; `ended` are the kinds that last no more.
        """
        lasting = {kind: trouble for kind, trouble in self.lasting.items() if kind not in ended}
        for finding in findings:
            if finding.kind in LASTING:
                before = self._of(finding.kind, now)
                if finding.kind in heard:
                    before = Trouble(before.since, now, before.marks | finding.marks)
                lasting[finding.kind] = before
        return Memory(lasting, tuple(unheard)[-_MOST_UNTOLD:])

    def _of(self, kind: str, now: datetime) -> Trouble:
        return self.lasting.get(kind, Trouble(now))
