"""What an export did, for people."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Exported:
    """How many records the destination holds now.

    `put` and `removed` count what a database was told anew and what was taken out of it; None where the destination was
    written whole. `notes` are sentences on what could not go there as it is (a text too long for a cell).
    """

    records: int
    put: int | None = None
    removed: int | None = None
    notes: tuple[str, ...] = ()

    def told(self, where: str) -> list[str]:
        """Return the lines for people."""
        line = f"{self.records} record{'s' * (self.records != 1)} in {where}"
        if self.put is not None:
            changed = self.put or self.removed
            line += f": {self.put} written, {self.removed} removed" if changed else ": nothing had changed"
        return [line, *(f"Note: {note}" for note in self.notes)]
