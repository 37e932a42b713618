"""Which address stands for a document that is known by several: what all pages held say, settled at once."""

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import orjson

from harvester.identity import Claim, Joined, join_addresses, linked_id
from harvester.ledger.times import SEEN_AT
from harvester.sites import Site

_PAGES = f"""
SELECT document.page, document.said, capture.url, {SEEN_AT} FROM document
JOIN page ON page.id = document.page JOIN capture ON capture.id = page.capture JOIN run ON run.id = capture.run
ORDER BY document.page
"""
_LISTED = """
SELECT DISTINCT content.url, page.walk FROM content JOIN sight ON sight.content = content.id
JOIN page ON page.id = sight.page JOIN walk ON walk.id = page.walk
WHERE walk.kind != 'documents' AND content.url IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Known:
    """A document as it is known: its record's id, its address, its pages, and how they came together.

    It may have no address of its own, where another document's pages claim that too; the id then tells them apart.
    """

    record: str
    url: str
    pages: tuple[int, ...]
    joined: Joined


def known_documents(db: sqlite3.Connection, site: Site) -> list[Known]:
    """Return the documents of which a page is held, each under the one address that it is known by.

    That is the address which names it best (Site.standing: a slug before a record id before a node), as listings link
    by it and it says something to people; of several equal ones that which the newest page calls its own, as a site
    that renames a document leads from the old address to the new; then the least. It hangs on all that is held and on
    nothing else, so no order of arrival matters. The price: a document that was known by its record id alone gets
    another id when a page shows its slug. The id that it gives up is kept as `merged` in its line of provenance.
    """
    claims, pages, times = _claims(db, site)
    known = []
    for joined in join_addresses(claims, _listed(db, {address for claim in claims for address in claim.addresses})):
        url = _known_by(joined, site, times)
        record = linked_id(site.name, url if joined.addresses else f"{url}#{joined.mark}")
        numbers = sorted(page for claim in joined.claims for page in pages[claim])
        known.append(Known(record, url, tuple(numbers), joined))
    return known


def own_addresses(db: sqlite3.Connection, site: Site) -> dict[str, str]:
    """Return, for every address that is a document's own, the one that the document is known by."""
    return {address: known.url for known in known_documents(db, site) for address in known.joined.addresses}


def _claims(db: sqlite3.Connection, site: Site) -> tuple[list[Claim], Mapping[Claim, list[int]], Mapping[Claim, str]]:
    """Return what pages claim; for each claim its pages, and when the newest of them was seen."""
    named: dict[int, set[str]] = defaultdict(set)
    led: dict[int, set[str]] = defaultdict(set)
    for url, page, redirected in db.execute("SELECT url, page, led FROM address"):
        (led if redirected else named)[page].add(site.document_url(url) or url if redirected else url)
    pages: dict[Claim, list[int]] = defaultdict(list)
    times: dict[Claim, str] = {}
    for page, said, captured, seen_at in db.execute(_PAGES):
        told = orjson.loads(said)
        at = captured if captured is None or captured in named[page] else site.document_url(captured)
        served = frozenset({told["url"], *([at] if at else [])})
        by = frozenset(led[page] - served)
        claim = Claim(told["url"], served, frozenset(named[page] - served), told["node_id"], told["record_id"], by)
        pages[claim].append(page)
        times[claim] = max(seen_at, times.get(claim, ""))
    return list(pages), pages, times


def _listed(db: sqlite3.Connection, addresses: Collection[str]) -> dict[str, set[int]]:
    """Return the walks through listings in which each of some addresses stands as a link."""
    walks: dict[str, set[int]] = defaultdict(set)
    for url, walk in db.execute(_LISTED) if addresses else ():
        if url in addresses:
            walks[url].add(walk)
    return walks


def _known_by(joined: Joined, site: Site, times: Mapping[Claim, str]) -> str:
    canonical, claimed = _newest(_canonical(joined), times), _newest(_claimed(joined), times)
    best = sorted(joined.addresses or canonical)
    best.sort(key=lambda address: (canonical.get(address, ""), claimed[address]), reverse=True)
    return min(best, key=site.standing)


def _canonical(joined: Joined) -> Iterator[tuple[str, Claim]]:
    return ((claim.url, claim) for claim in joined.claims)


def _claimed(joined: Joined) -> Iterator[tuple[str, Claim]]:
    return ((address, claim) for claim in joined.claims for address in claim.addresses)


def _newest(pairs: Iterable[tuple[str, Claim]], times: Mapping[Claim, str]) -> dict[str, str]:
    """Return when each address was last claimed."""
    newest: dict[str, str] = {}
    for address, claim in pairs:
        newest[address] = max(times[claim], newest.get(address, ""))
    return newest
