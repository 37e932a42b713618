"""Pages with something odd about them, each beside the golden file of what it yields.

`python tests/test_pages_odd.py` writes goldens for pages that have none; a person reads them before they count.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from harvester.captures import Capture
from harvester.items import Entry
from harvester.sites import find_site

PAGES = Path(__file__).resolve().parent.parent / "fixtures" / "pages"
ODD = sorted([*(PAGES / "odd").glob("*.html"), *(PAGES / "text").glob("*.txt")])


def told(path: Path) -> dict[str, Any]:
    """Return what a page yields, as its golden file has it."""
    reading = find_site("wilson").read(Capture(path.read_bytes()))
    counter = reading.counter and f"{reading.counter.first} - {reading.counter.last} of {reading.counter.total}"
    rows = [
        {"date_text": row.date_text, "title": row.title, "summary": row.summary, "url": row.url}
        if isinstance(row, Entry)
        else {"reason": row.reason, "message": row.message}
        for row in reading.rows
    ]
    return {"layout": reading.layout, "counter": counter, "remarks": list(reading.remarks), "rows": rows}


@pytest.mark.parametrize("path", ODD, ids=lambda path: path.stem)
def test_yields_what_its_golden_says(path: Path) -> None:
    assert told(path) == json.loads(path.with_suffix(".json").read_text("utf-8"))


def test_no_golden_without_a_page() -> None:
    goldens = {path.stem for folder in ("odd", "text") for path in (PAGES / folder).glob("*.json")}
    assert goldens == {path.stem for path in ODD} and len(goldens) > 50


def write_missing() -> None:
    """Write the goldens that are missing."""
    for path in ODD:
        golden = path.with_suffix(".json")
        if not golden.exists():
            golden.write_text(json.dumps(told(path), ensure_ascii=False, indent=1) + "\n", "utf-8", newline="\n")


if __name__ == "__main__":
    write_missing()
