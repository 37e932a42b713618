"""Shows two sides of one thing beside each other in a terminal, so that the eye finds the difference."""

import re
import shutil
import sys
from collections.abc import Iterator
from difflib import SequenceMatcher
from io import StringIO
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from harvester.dataset.difference import Difference
from harvester.dataset.saying import say_since

# Where the date itself differs these follow from it.
_OF_DATE = frozenset({"date_earliest", "date_latest", "date_precision"})
_AROUND = 20  # words shown before and after what differs
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


def render(difference: Difference) -> Iterator[str]:
    """Yield the lines for one difference."""
    record = difference.held.record
    yield f"  {record['date_text'] or 'no date'}  {record['title']}"
    yield f"    {record['url'] or record['id']}"
    if difference.a is None or difference.b is None or difference.absence is not None:
        yield f"    {say_since(difference)}"
        return
    fields = [name for name in difference.fields if not ("date" in difference.fields and name in _OF_DATE)]
    if fields:
        yield from _table(fields, difference.a.record, difference.b.record)


def _table(fields: list[str], a: dict[str, Any], b: dict[str, Any]) -> Iterator[str]:
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(width=max(map(len, fields)))
    for _ in "AB":
        table.add_column(ratio=1, overflow="fold")  # the end of an address may be what differs
    for name in fields:
        table.add_row(Text(name), *_sides(_text(a[name]), _text(b[name])))
    is_terminal = sys.stdout.isatty()
    page = StringIO()
    width = shutil.get_terminal_size().columns - 4
    console = Console(file=page, width=max(width, 40), force_terminal=is_terminal, highlight=False)
    console.print(table)
    for line in page.getvalue().splitlines():
        yield f"    {line.rstrip()}"


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "none"
    return "none" if value is None else str(value)


def _sides(a: str, b: str) -> tuple[Text, Text]:
    """Return two texts with what differs between them marked, and long stretches that are the same left out."""
    words_a, words_b = _WORDS.findall(a), _WORDS.findall(b)
    side_a, side_b = Text("A "), Text("B ")
    steps = SequenceMatcher(None, words_a, words_b, autojunk=False).get_opcodes()
    for number, (step, a1, a2, b1, b2) in enumerate(steps):
        if step == "equal":
            same = _shortened(words_a[a1:a2], first=number == 0, last=number == len(steps) - 1)
            side_a.append(same)
            side_b.append(same)
        else:
            side_a.append("".join(words_a[a1:a2]), "bold red")
            side_b.append("".join(words_b[b1:b2]), "bold green")
    return side_a, side_b


def _shortened(words: list[str], *, first: bool, last: bool) -> str:
    """Return words that both sides have, the middle of many left out, or the far end."""
    before = 0 if first else _AROUND
    after = 0 if last else _AROUND
    if len(words) <= before + after + 4:
        return "".join(words)
    return "".join(words[:before]) + " ... " + "".join(words[len(words) - after :])
