"""Excel: one sheet of records that reads well as it is, and one that says what they are."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson

from harvester.errors import DestinationError
from harvester.exports.destination import Options
from harvester.exports.exported import Exported
from harvester.exports.origin import Origin, origin_of
from harvester.exports.placing import placing
from harvester.exports.source import Source
from harvester.exports.tables.about import write_about
from harvester.exports.tables.columns import COLUMNS, Column, day, values
from harvester.exports.tables.counted import Counted
from harvester.exports.tables.formulas import is_like_formula
from harvester.exports.tables.sheets import FIRST_DAY, INSTEAD, LINKS, ROWS, Sheet, fit, is_link, workbook

_WIDTHS = {
    "id": 25, "site": 9, "url": 45, "title": 60, "date": 16, "date_text": 24, "date_earliest": 12, "date_latest": 12,
    "date_precision": 10, "date_note": 24, "summary": 80, "listings": 30, "withdrawn": 11,
}  # fmt: skip
_WRAPPED = {"title", "summary"}
_THREE_LINES = 45  # points; else each row would be as high as its summary is long
_BEFORE_ANY = datetime(1980, 1, 1, tzinfo=UTC)  # of a dataset without a run that ended; a ZIP file knows no earlier day


def export(source: Source, target: str, options: Options) -> Exported:
    """Write the records as a workbook; raises DestinationError if there are more than a sheet holds."""
    count = sum(1 for _ in source.records())
    if count >= ROWS:
        raise DestinationError(
            f"{count} records are more than the {ROWS - 1} that a sheet of Excel holds below its header",
            advice=INSTEAD,
        )
    origin = origin_of(source)
    with placing(target) as path, workbook(path) as book:
        book.set_properties(_properties(origin))
        records = Records(book, linked=count <= LINKS)
        for said in values(source):
            records.add(said)
        notes = records.end()
        write_about(book, origin, count, notes)
    return Exported(count, notes=notes)


def _properties(origin: Origin) -> dict[str, Any]:
    return {
        "title": origin.title,
        "subject": f"{origin.dataset}, {origin.digest}",
        "comments": origin.attribution,
        "created": origin.as_of or _BEFORE_ANY,
    }


class Records:
    """The sheet of records, written row by row."""

    def __init__(self, book: Any, *, linked: bool) -> None:
        self.linked = linked
        self.row = 0
        self.cut = Counted()
        self.sheet = book.add_worksheet("records", Sheet)
        top = {"valign": "top"}
        self.plain = {column.name: book.add_format(top | _wrap(column)) for column in COLUMNS}
        # Text that was typed so: it stays text if somebody edits the cell.
        self.quoted = {column.name: book.add_format(top | _wrap(column) | {"quote_prefix": True}) for column in COLUMNS}
        self.link = book.add_format(top | {"font_color": "#0563C1", "underline": 1})
        self.day = book.add_format(top | {"num_format": "yyyy-mm-dd", "align": "left"})
        self.writers: dict[str, Callable[[int, Column, Any, str], int]] = {
            "text": self._write_text,
            "date": self._write_day,
            "list": self._write_list,
            "boolean": self._write_boolean,
        }
        self._begin(book.add_format({"bold": True, "bottom": 1}))

    def _begin(self, head: Any) -> None:
        self.sheet.set_default_row(_THREE_LINES)
        self.sheet.freeze_panes(1, 0)
        self.sheet.set_row(0, 18)
        for number, column in enumerate(COLUMNS):
            self.sheet.set_column(number, number, _WIDTHS.get(column.name, 20), self.plain[column.name])
            self.sheet.write_string(0, number, column.name, head)

    def add(self, said: tuple[Any, ...]) -> None:
        """Write the row of a record; of null there is no cell."""
        self.row += 1
        for number, (column, value) in enumerate(zip(COLUMNS, said, strict=True)):
            if value is not None and self.writers[column.kind](number, column, value, said[0]) != 0:
                raise DestinationError(f"Excel has no place for {column.name} of {said[0]}")

    def end(self) -> tuple[str, ...]:
        """Let the columns be filtered; return what did not go in as it is."""
        last = len(COLUMNS) - 1
        self.sheet.autofilter(0, 0, self.row, last)
        self.sheet.ignore_errors({"number_stored_as_text": f"A1:{chr(ord('A') + last)}{self.row + 1}"})
        notes = []
        if self.cut.number:
            notes.append(f"cut to the 32,767 characters that a cell holds, an ellipsis at the end: {self.cut}")
        if not self.linked:
            notes.append(f"the addresses are text, not links, of which a sheet holds {LINKS:,}")
        return tuple(notes)

    def _write_text(self, number: int, column: Column, text: str, of: str) -> int:
        if column.name == "url" and self.linked and is_link(text):
            return int(self.sheet.write_url(self.row, number, text, self.link, text))
        held = fit(text)
        self.cut.add(of, held != text)
        form = (self.quoted if is_like_formula(held) else self.plain)[column.name]
        return int(self.sheet.write_string(self.row, number, held, form))

    def _write_day(self, number: int, column: Column, told: str, of: str) -> int:
        known = day(told, of)
        if known is None or known < FIRST_DAY:
            return self._write_text(number, column, told, of)
        return int(self.sheet.write_datetime(self.row, number, known, self.day))

    def _write_list(self, number: int, column: Column, told: list[str], of: str) -> int:
        return self._write_text(number, column, orjson.dumps(told).decode(), of)

    def _write_boolean(self, number: int, column: Column, told: bool, of: str) -> int:
        return int(self.sheet.write_boolean(self.row, number, told, self.plain[column.name]))


def _wrap(column: Column) -> dict[str, bool]:
    return {"text_wrap": True} if column.name in _WRAPPED else {}
