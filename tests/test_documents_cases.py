"""Document pages with something special about them, each beside the golden file of what it yields.

`python -m tests.test_documents_cases` writes goldens for pages that have none; a person reads them before they count.
"""

import json
from pathlib import Path
from typing import Any

import orjson
import pytest

from harvester.archives.saved import saved_from
from harvester.captures import Capture
from harvester.errors import PageError
from harvester.harvest.documents import document_line, entry_of, said_by
from harvester.harvest.records import entry_id
from harvester.sites import find_site

CASES = Path(__file__).resolve().parent.parent / "fixtures" / "documents"
PAGES = sorted(CASES.glob("*.html"))
SITE = find_site("wilson")


def told(path: Path) -> dict[str, Any]:
    """Return what a page yields, as its golden file has it."""
    body = path.read_bytes()
    try:
        document = SITE.read_document(Capture(body, url=saved_from(body)))
    except PageError as error:
        return {"error": error.kind, "message": error.message}
    record = entry_id(entry_of(document), SITE)
    line = document_line(said_by(document), SITE, record, document.url, aliases=document.addresses)
    texts = [list(text.paragraphs) for text in document.texts]
    return {"line": orjson.loads(orjson.dumps(line)), "texts": texts}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_yields_what_its_golden_says(path: Path) -> None:
    assert told(path) == json.loads(path.with_suffix(".json").read_text("utf-8"))


def test_no_golden_without_a_page() -> None:
    assert {path.stem for path in CASES.glob("*.json")} == {path.stem for path in PAGES} and len(PAGES) > 40


def write_missing() -> None:
    """Write the goldens that are missing."""
    for path in PAGES:
        golden = path.with_suffix(".json")
        if not golden.exists():
            golden.write_text(json.dumps(told(path), ensure_ascii=False, indent=1) + "\n", "utf-8", newline="\n")


if __name__ == "__main__":
    write_missing()
