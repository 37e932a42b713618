"""The answer both doors give, and the one way in which reading a date fails."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DateReading:
    """One date, read.

    `date` is EDTF (None if unknown); `date_text` is the print in NFC with white space squashed (None if blank);
    `date_earliest` and `date_latest` are ISO days YYYY-MM-DD of the expression without its qualifiers (None where it
    is open or unknown); `date_precision` is one of PRECISIONS; `date_note` says why the date is None or what was
    unclear (else None).
    """

    date: str | None
    date_text: str | None
    date_earliest: str | None
    date_latest: str | None
    date_precision: str
    date_note: str | None


PRECISIONS = ("day", "day-set", "month", "season", "year", "decade", "century", "interval", "unknown")


class Unclear(Exception):
    """The print gives no date: `note` says why; `dated` whether it is a date expression all the same."""

    def __init__(self, note: str, *, dated: bool = True) -> None:
        super().__init__(note)
        self.note = note
        self.dated = dated


def unknown(date_text: str | None, note: str) -> DateReading:
    """Return the reading of what gives no date."""
    return DateReading(None, date_text, None, None, "unknown", note)


def join_notes(*notes: str | None) -> str | None:
    """Return the notes as one, each once, in their order; None if there is none."""
    return "; ".join(dict.fromkeys(note for note in notes if note)) or None


def quote(text: str) -> str:
    """Return the text for a note: quoted, short, and without what cannot be encoded (lone surrogates, controls)."""
    shown = text if len(text) <= 40 else text[:39] + "…"
    plain = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in shown)
    return f'"{plain}"'
