"""Sheets of an Excel workbook that hold any text as it is, and refuse what Excel would not show."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from warnings import filterwarnings

from xlsxwriter import Workbook  # type: ignore[import-untyped]  # it ships no types
from xlsxwriter.exceptions import FileCreateError, FileSizeError  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from harvester.errors import DestinationError

# https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3: Excel specifications and limits.
ROWS = 1_048_576
LINKS = 65_530
INSTEAD = "Nothing was written. Name a .csv or .parquet file, or a database."
CHARACTERS = 32_767  # as UTF-16 counts
FIRST_DAY = date(1900, 3, 1)  # Excel takes 1900 for a leap year: its days before that are off by one
# As Office Open XML has them (ECMA-376, 22.9.2.19 ST_Xstring): what XML cannot hold, and text that looks as if it were
# so escaped. xlsxwriter's own pattern misses the second of two that share an underscore, as in _x0041_x0042_.
_ESCAPED = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
# An address of which xlsxwriter and Excel change nothing; Excel's limit is 2,079 characters.
_LINK = re.compile(r"https?://(?:[A-Za-z0-9\-._~:/?#@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+")
_LINK_CHARACTERS = 2_079


class Sheet(Worksheet):  # type: ignore[misc]  # it ships no types
    """A worksheet in which text is text: xlsxwriter would write what begins with <r> and ends with </r> as markup."""

    def _xml_rich_inline_string(self, string: str, attributes: Any) -> None:
        self._xml_inline_string(string, preserve=True, attributes=attributes)

    @staticmethod
    def _escape_control_characters(data: Any) -> Any:
        return _ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", data) if isinstance(data, str) else data


@contextmanager
def workbook(path: Path) -> Iterator[Any]:
    """Give a workbook to fill, which is written at the end; nothing but it is left, whatever happens.

    Rows lie in a file until then, beside the workbook: so memory does not grow, and one disk has to have room.
    """
    with TemporaryDirectory(prefix=path.name, dir=path.parent) as rows:
        book = Workbook(str(path), {"constant_memory": True, "tmpdir": rows})
        try:
            yield book
            book.close()
        except BaseException as error:
            # xlsxwriter then leaves files of that folder open, some of them in objects that only it knows: they are
            # closed when they are collected, of which Python may warn.
            filterwarnings("ignore", f"unclosed file .*{re.escape(rows)}", ResourceWarning)
            _translate(error)
            raise


def _translate(error: BaseException) -> None:
    """Raise what an error of xlsxwriter stands for, if it is one."""
    if isinstance(error, FileCreateError):
        raise error.args[0] from error
    if isinstance(error, FileSizeError):
        raise DestinationError("the workbook would be larger than 4 GB", advice=INSTEAD) from error


def fit(text: str) -> str:
    """Return a text as far as a cell holds it, with an ellipsis where it was cut."""
    if len(text) * 2 <= CHARACTERS or len(text.encode("utf-16-le")) // 2 <= CHARACTERS:
        return text
    return text.encode("utf-16-le")[: (CHARACTERS - 1) * 2].decode("utf-16-le", "ignore") + "…"


def is_link(text: str) -> bool:
    """Return whether an address can be a link of which nothing changes."""
    return len(text) <= _LINK_CHARACTERS and _LINK.fullmatch(text) is not None
