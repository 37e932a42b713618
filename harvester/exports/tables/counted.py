"""Counts what could not go into a format as it is, with an example."""


class Counted:
    """How many texts, and the first record that has one."""

    def __init__(self) -> None:
        self.number = 0
        self.example = ""

    def add(self, of: str, number: int = 1) -> None:
        """Count texts of a record."""
        if number and not self.number:
            self.example = of
        self.number += number

    def __str__(self) -> str:
        return f"{self.number} text{'s' * (self.number != 1)} (for example {self.example})"
