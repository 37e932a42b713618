"""Text extracts of one page in many forms all give the ten records, without links."""

import json
from pathlib import Path

import pytest

from harvester.captures import Capture
from harvester.items import Counter
from harvester.sites import find_site

PAGES = Path(__file__).resolve().parent.parent / "fixtures" / "pages"
TEN = json.loads((PAGES / "ten-records.json").read_text("utf-8"))
FORMS = sorted((PAGES / "text").glob("ten-records-*.txt"))


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_every_form_gives_the_ten_records(path: Path) -> None:
    reading = find_site("wilson").read(Capture(path.read_bytes(), content_type="text/plain"))
    expected = [(r["date_text"], r["title"], r["summary"], None) for r in TEN]
    assert [(e.date_text, e.title, e.summary, e.url) for e in reading.entries] == expected
    assert reading.counter == Counter(71, 80, 103) and not reading.rejects


def test_forms_are_many() -> None:
    assert len(FORMS) >= 12


def test_no_title_gets_the_summary_of_another_when_any_one_block_is_lost() -> None:
    """Whatever single block an extractor drops, what is read is of one record, or a record that lacks that block."""
    text = (PAGES / "text" / "ten-records-form-b.txt").read_text("utf-8")
    blocks = text.strip().split("\n\n")
    whole = {r["title"]: r for r in TEN}
    for lost in range(1, len(blocks)):
        kept = "\n\n".join(blocks[:lost] + blocks[lost + 1 :])
        for entry in find_site("wilson").read(Capture(kept.encode())).entries:
            record = whole[entry.title]
            assert entry.summary in {record["summary"], None}
            assert entry.date_text in {record["date_text"], None}
