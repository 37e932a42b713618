"""The pages list of a crawl's own WACZ: which captures the crawl took into its dataset, in the order of its walks."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from harvester.archives.wacz.package import Package
from harvester.captures import Taken
from harvester.errors import MisledIndex

_PAGES = "pages/pages.jsonl"


@dataclass(frozen=True, slots=True)
class Listed:
    """A page that was taken: where it lies, its own URL, when it came, and the digest of its decoded body."""

    file: str
    offset: int
    url: str
    captured_at: str
    digest: str
    taken: Taken


def read_taken(package: Package) -> list[Listed | MisledIndex] | None:
    """Return the pages that a crawl took, a MisledIndex for a line that cannot be read; None if it is no crawl's."""
    if _PAGES not in package.entries:
        return None
    lines = package.text(_PAGES).splitlines()
    crawl = _crawl(lines[0]) if lines else None
    return None if crawl is None else list(_pages(lines[1:], crawl))


def _crawl(line: bytes) -> str | None:
    try:
        return str(json.loads(line)["harvest"]["crawl"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _pages(lines: list[bytes], crawl: str) -> Iterator[Listed | MisledIndex]:
    for line in lines:
        if not line.strip():
            continue
        try:
            yield _page(line, crawl)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            yield MisledIndex(f"a line of {_PAGES} is no page's ({error}): {line[:80]!r}")


def _page(line: bytes, crawl: str) -> Listed:
    page = json.loads(line)
    told = page["harvest"]
    order = told["order"]
    taken = Taken(
        crawl=crawl,
        begun=str(told["begun"]),
        listing=str(told["listing"]),
        order=None if order is None else str(order),
        number=int(told["pass"]),
        proving=bool(told["proving"]),
        cut_off=bool(told["cut_off"]),
    )
    file = str(told["file"]).removeprefix("archive/")
    return Listed(file, int(told["offset"]), str(told["url"]), str(page["ts"]), str(told["digest"]), taken)
