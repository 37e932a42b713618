"""Counts what a format cannot hold as it is, so that an export can tell of it."""

import re

# The controls of ASCII but for tab and line ends, halves of surrogate pairs, and two that are no characters: XML 1.0
# has none of them, TeX stops at some, and tools that read line by line take some for line ends.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
INSTEAD = "�"


class Misfits:
    """What did not fit, by kind: of how many records, and the first of them."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[int, str, str]] = {}

    def add(self, kind: str, record: str) -> None:
        """Note that something of a record did not fit; counted once a record and kind."""
        count, first, last = self._found.get(kind, (0, record, ""))
        self._found[kind] = (count + (record != last), first, record)

    def clean(self, text: str, record: str) -> str:
        """Return a text with U+FFFD in place of each character that is none, or a control."""
        if _CONTROLS.search(text) is None:
            return text
        self.add("control characters, for which U+FFFD stands", record)
        return _CONTROLS.sub(INSTEAD, text)

    def notes(self) -> tuple[str, ...]:
        """Return a sentence for each kind, in the order in which they were met."""
        return tuple(
            f"{count} record{'s' * (count != 1)} with {kind} (for example {first})"
            for kind, (count, first, _) in self._found.items()
        )
