"""What a look at a harvest found that someone must act on, before it is known who is told of it."""

from dataclasses import dataclass, field
from typing import Any

from harvester.standing.notice import Notice


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of trouble: a line for people, more lines, facts for machines.

    `marks` are what makes it another trouble than the day before, where it lasts: told again when one is new.
    """

    kind: str
    title: str
    lines: tuple[str, ...]
    facts: dict[str, Any] = field(default_factory=dict)
    marks: frozenset[str] = frozenset()

    def notice(self, harvest: str, dataset: str, run: int | None, code: int | None) -> Notice:
        """Return the finding as a notice of a harvest."""
        title = f"{harvest}: {self.title}"
        return Notice(harvest, self.kind, title, "\n".join(self.lines), dataset, run, code, self.facts)
