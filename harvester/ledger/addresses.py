"""Which address stands for a document that is known by several: what all pages held say, settled at once."""

import json
import sqlite3
from collections import defaultdict

from harvester.identity import Claim, join_addresses
from harvester.sites import Site


def own_addresses(db: sqlite3.Connection, site: Site) -> dict[str, str]:
    """Return, for every address that a document's page told of, the one that the document is known by."""
    addresses: dict[int, list[str]] = defaultdict(list)
    for url, page in db.execute("SELECT url, page FROM address ORDER BY page, url"):
        addresses[page].append(url)
    claims = []
    for page, said in db.execute("SELECT page, said FROM document ORDER BY page"):
        told = json.loads(said)
        claims.append(Claim(tuple(addresses[page]), told["node_id"], told["record_id"]))
    own: dict[str, str] = {}
    for joined in join_addresses(claims):
        best = min(joined, key=lambda address: (site.standing(address), address))
        own |= dict.fromkeys(joined, best)
    return own
