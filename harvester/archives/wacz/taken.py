"""The pages list of a crawl's own WACZ: which captures the crawl took into its dataset, in the order of its walks."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from harvester.archives.wacz.package import Package
from harvester.captures import Taken, TakenBeside
from harvester.errors import MisledIndex

_PAGES = "pages/pages.jsonl"
_LONGEST = 1_000_000  # bytes of a line; that of a document has about 600
_BESIDE = ("document", "file")


@dataclass(frozen=True, slots=True)
class Listed:
    """What was taken: where it lies, its own URL, when it came, and the digest of its decoded body."""

    file: str
    offset: int
    url: str
    captured_at: str
    digest: str
    taken: Taken | TakenBeside

    @property
    def beside(self) -> str | None:
        """Return document or file; None for a listing's page."""
        return self.taken.kind if isinstance(self.taken, TakenBeside) else None


def read_taken(package: Package) -> list[Listed | MisledIndex] | None:
    """Return what a crawl took, a MisledIndex for a line that cannot be read; None if it is no crawl's."""
    if _PAGES not in package.entries:
        return None
    with package.open(_PAGES) as lines:
        crawl = _crawl(lines.readline(_LONGEST))
        return None if crawl is None else list(_pages(lines, crawl))


def _crawl(line: bytes) -> str | None:
    try:
        return str(json.loads(line)["harvest"]["crawl"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _pages(lines: BinaryIO, crawl: str) -> Iterator[Listed | MisledIndex]:
    while line := lines.readline(_LONGEST):
        if not line.strip():
            continue
        try:
            yield _page(line, crawl)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            yield MisledIndex(f"a line of {_PAGES} is no page's ({error}): {line[:80]!r}")


def _page(line: bytes, crawl: str) -> Listed:
    page = json.loads(line)
    told = page["harvest"]
    file = str(told["file"]).removeprefix("archive/")
    taken = _beside(told, crawl) if "kind" in told else _of_listing(told, crawl)
    return Listed(file, int(told["offset"]), str(told["url"]), str(page["ts"]), str(told["digest"]), taken)


def _beside(told: dict[str, Any], crawl: str) -> TakenBeside:
    if told["kind"] not in _BESIDE:
        raise ValueError(f"nothing is known of the kind {told['kind']!r}")
    if not isinstance(told["asked"], list):
        raise TypeError("its addresses are no list")
    return TakenBeside(crawl, str(told["kind"]), tuple(map(str, told["asked"])))


def _of_listing(told: dict[str, Any], crawl: str) -> Taken:
    order = told["order"]
    return Taken(
        crawl=crawl,
        begun=str(told["begun"]),
        listing=str(told["listing"]),
        order=None if order is None else str(order),
        number=int(told["pass"]),
        proving=bool(told["proving"]),
        cut_off=bool(told["cut_off"]),
    )
