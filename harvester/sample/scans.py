"""Makes the files that documents lead to: their bytes, drawn from document and address, and what HTTP says of them."""

import hashlib
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache

from harvester.sample.paper import Paper
from harvester.sample.pdf import WIDTH, write_pdf, write_png

SMALLEST, LARGEST = 1_024, 300_000  # bytes of the image in a file; there are some hundred bytes around it
FIRST_DAY, DAYS = datetime(2012, 1, 1, 9, tzinfo=UTC), 3_650


@dataclass(frozen=True, slots=True)
class Stored:
    """A file as it lies on the server."""

    type: str
    body: bytes
    modified: str

    @property
    def etag(self) -> str:
        """Return the file's strong validator."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'


def find_file(paper: Paper, path: str, seed: int, revision: int) -> Stored | None:
    """Return the file at a path (without a query) of a document; None if its page leads to none there.

    The document's PDF lies at the address to load it down, at that of its scan, and at that of the old layout: if it
    is offered at all, all of them give it, but for the scans of every third document, which are another file.
    """
    if not paper.files:
        return None
    offered = {file.path: file.type for file in paper.files}
    offered[f"{paper.old_path}.pdf"] = "application/pdf"
    if path not in offered:
        return None
    name = path if offered[path] == "image/png" or _is_apart(paper, path) else "document"
    return _make_file(paper.node, paper.line, name, offered[path], seed, revision)


def _is_apart(paper: Paper, path: str) -> bool:
    return paper.node % 3 == 0 and path.startswith("/sites/")


@lru_cache(maxsize=64)
def _make_file(node: int, title: str, name: str, kind: str, seed: int, revision: int) -> Stored:
    rng = random.Random(f"file {seed} {node} {name} {revision}")
    size = int(SMALLEST * (LARGEST / SMALLEST) ** rng.random())  # as many between 1 and 10 KB as between 10 and 100
    modified = FIRST_DAY + timedelta(days=int(rng.random() * DAYS), seconds=int(rng.random() * 86_400))
    modified += timedelta(days=DAYS * revision)
    pixels = rng.randbytes(max(size, WIDTH))
    body = write_png(pixels) if kind == "image/png" else write_pdf(_write_lines(node, title, name, revision), pixels)
    return Stored(kind, body, format_datetime(modified, usegmt=True))


def _write_lines(node: int, title: str, name: str, revision: int) -> list[str]:
    return [f"{title[start : start + 70]}" for start in range(0, len(title), 70)] + [f"{node} {name} {revision}"]
