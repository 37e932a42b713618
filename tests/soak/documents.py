"""Measures a ledger of many documents: what adding one costs, and what reading them all out does.

Not a test: `python -m tests.soak.documents 16756` prints its figures.
"""

import resource
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import TypeVar

from harvester.captures import Capture
from harvester.dataset.publish import publish
from harvester.items import Counter, Document, Entry, FileLink, Reading, Term, Text
from harvester.ledger import FILE, Ledger, Projection, WalkKey
from harvester.sites import find_site

Done = TypeVar("Done")

HOST = "https://digitalarchive.wilsoncenter.org"
ROWS = 100  # a page of the listing
LETTERS = "etaoinshrdlucmfwypvbgkjqxz"


@cache
def stock() -> list[str]:
    """Return a few thousand words, so that texts pack about as well as prose does."""
    chance = Random(0)
    return ["".join(chance.choices(LETTERS, k=chance.randint(2, 9))) for _ in range(4000)]


def drawn(number: int) -> Document:
    """Return a document with a text of about 10,000 characters, and metadata as pages have it."""
    chance = Random(number)
    text = " ".join(chance.choices(stock(), k=1550))
    slug, node, old = (f"{HOST}{path}" for path in (f"/document/x-{number}", f"/node/{number}", f"/document/9{number}"))
    terms = tuple(Term(text[i : i + 20], f"{HOST}/topics/{i}") for i in range(0, 160, 20))
    return Document(
        slug, f"Letter {number}", "June 5, 1958", text[:400], "new", (slug, node, old), people=terms, topics=terms,
        record_id=f"9{number}", node_id=str(number), citation=text[:300], rights=text[:500], languages=("English",),
        texts=(Text("translation", "English", tuple(text[i : i + 500] for i in range(0, len(text), 500))),),
        files=(FileLink("scan", f"{HOST}/document/{number}/download"),),
    )  # fmt: skip


def fill(ledger: Ledger, number: int) -> tuple[float, float]:
    """Add a listing's walk and all its documents; return the milliseconds a document, of the clock and of the CPU."""
    run = ledger.begin_run("crawl", "2026-01-01T00:00:00.000000Z", "", "documents")
    for first in range(0, number, ROWS):
        rows = tuple(
            Entry("June 5, 1958", f"Letter {i}", None, f"{HOST}/document/x-{i}", "")
            for i in range(first, min(first + ROWS, number))
        )
        capture = Capture(f"<html>{first}".encode(), url=f"{HOST}/search", captured_at="2026-01-01T00:00:00Z")
        reading = Reading(Counter(first + 1, first + len(rows), number), rows, None, "test")
        ledger.add_page(run, WalkKey("live", "/search", "created_DESC", proving=True), None, capture, reading)
    spent, used = 0.0, 0.0
    for i in range(number):
        document = drawn(i)
        capture = Capture(f"<html>{i}".encode(), url=document.url, captured_at="2026-01-01T00:00:01Z")
        began, cpu = perf_counter(), process_time()
        ledger.add_document(run, capture, document)
        spent, used = spent + perf_counter() - began, used + process_time() - cpu
    return spent / number * 1000, used / number * 1000


def main(number: int) -> None:
    """Print the figures."""
    site = find_site("wilson")
    with TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder) / "d", "wilson")
        wall, cpu = fill(ledger, number)
        print(f"{number} documents added: {wall:.2f} ms each, {cpu:.2f} of it CPU; peak {peak()} MB")
        ledger.close()
        began = perf_counter()
        ledger = Ledger(Path(folder) / "d", "wilson")
        print(f"opened in {perf_counter() - began:.2f} s: {ledger.path.stat().st_size / 1e6:.0f} MB in {FILE}")
        projection = timed("settled", lambda: Projection(ledger, site))
        timed("records", lambda: sum(1 for _ in projection.records()))
        lines = timed("documents", lambda: list(projection.documents()))
        hashes = [text["hash"] for line in lines for text in line["texts"]]
        timed("texts", lambda: sum(len(projection.text(digest)) for digest in hashes))
        timed("rejects", lambda: sum(1 for _ in projection.rejects()))
        timed("all published", lambda: publish(ledger, site))
        ledger.close()


def timed(name: str, work: Callable[[], Done]) -> Done:
    """Do some work, and print what it cost."""
    began, cpu = perf_counter(), process_time()
    done = work()
    count = f" ({done})" if isinstance(done, int) else ""
    print(f"{name}{count}: {perf_counter() - began:.2f} s, {process_time() - cpu:.2f} of it CPU; peak {peak()} MB")
    return done


def peak() -> int:
    """Return the most memory that the process held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main(int(sys.argv[1]))
