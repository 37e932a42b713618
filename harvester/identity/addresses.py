"""Which document pages are one document, and which addresses are its own: by what pages say and what listings show."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

_MOST = 6  # values in a sentence


@dataclass(frozen=True, slots=True)
class Claim:
    """What one page says of its document: its canonical address, all its addresses, and its ids (None if not shown).

    `served` are the addresses at which the page itself was had: its canonical one, that of the capture. `led` led there
    by redirects: those of older names, or of what is gone. The others it only names: a record id may as well be the
    slug of another document ("/document/1979").
    """

    url: str
    served: frozenset[str]
    named: frozenset[str] = frozenset()
    node_id: str | None = None
    record_id: str | None = None
    led: frozenset[str] = frozenset()

    @property
    def addresses(self) -> frozenset[str]:
        """Return all addresses."""
        return self.served | self.led | self.named | {self.url}

    def rank(self, address: str) -> int:
        """Return how close an address is to the page: 0 if the page was had at it or by it, 1 if it only names it."""
        return 0 if address in self.served or address in self.led or address == self.url else 1


@dataclass(frozen=True, slots=True)
class Joined:
    """One document: what its pages claim, and the addresses that are its own.

    `against` says what contradicts the joining of all that shares an address with it, None if nothing does; `apart` are
    those addresses of all that which a listing shows in different rows; `disputed` are those that its pages claim and
    it therefore does not have. `mark` tells it from other documents that have no address of their own either.
    """

    claims: frozenset[Claim]
    addresses: frozenset[str]
    mark: str
    disputed: frozenset[str] = frozenset()
    against: str | None = None
    apart: frozenset[str] = frozenset()


def join_addresses(claims: Iterable[Claim], listed: Mapping[str, Collection[int]] | None = None) -> list[Joined]:
    """Return the documents that some pages are of, sorted by their addresses.

    Pages of one node id are one document always. Beyond that pages which share an address are one, whatever it is made
    of, as long as the whole set shows at most one node id and one record id, and no listing shows two of its addresses
    apart. Where a set contradicts itself only pages of one node stay together, and pages of one canonical address that
    don't contradict each other; an address then goes to the one document whose pages were had at it, else to the one
    whose pages name it; to none if that are several.

    `listed` are the walks through listings in which an address stands as a link. Two addresses in one walk are two
    rows, thus two records; only one node id on the pages that were had at both outweighs that. A redirect does not: an
    archive may lead from a record that is gone to another.
    """
    shown = listed or {}
    joined: list[Joined] = []
    for together in _components(set(claims)):
        strangers = _apart(together, _addresses(together), shown)
        if against := _contradiction(together, strangers):
            joined += (replace(one, against=against, apart=strangers) for one in _divided(together, shown))
        else:
            joined.append(Joined(frozenset(together), _addresses(together), _mark(together)))
    return sorted(joined, key=lambda one: (sorted(one.addresses), sorted(claim.url for claim in one.claims), one.mark))


def _apart(
    claims: Collection[Claim], addresses: Iterable[str], listed: Mapping[str, Collection[int]]
) -> frozenset[str]:
    """Return those of some pages' addresses that a listing shows as another record than another of them."""
    nodes: dict[str, set[str]] = defaultdict(set)
    for claim in claims:
        for address in claim.served | {claim.url} if claim.node_id is not None else ():
            nodes[address].add(str(claim.node_id))
    walks: dict[int, list[str]] = defaultdict(list)
    for address in sorted(addresses):
        for walk in listed.get(address, ()):
            walks[walk].append(address)
    return frozenset(address for rows in walks.values() for address in _strangers(rows, nodes))


def _strangers(rows: list[str], nodes: Mapping[str, set[str]]) -> Iterator[str]:
    """Yield the rows that some other row has no node in common with; a row's nodes are almost always one at most."""
    cover = Counter(node for row in rows for node in nodes.get(row, ()))
    for row in rows:
        mine = nodes.get(row, set())
        if len(rows) > 1 and not any(cover[node] == len(rows) for node in mine):
            yield row


def _components(claims: Iterable[Claim]) -> Iterator[list[Claim]]:
    """Yield the claims that addresses or a node id hold together, directly or through others."""
    root: dict[str, str] = {}

    def find(key: str) -> str:
        while root.setdefault(key, key) != key:
            root[key] = root[root[key]]
            key = root[key]
        return key

    claims = list(claims)
    for claim in claims:
        node = [f"node {claim.node_id}"] if claim.node_id is not None else []
        for key in (*claim.addresses, *node):
            root[find(key)] = find(claim.url)
    groups: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        groups[find(claim.url)].append(claim)
    yield from groups.values()


def _contradiction(claims: Collection[Claim], strangers: Collection[str]) -> str | None:
    """Return what speaks against some pages' being one document, as a sentence; None if nothing does."""
    found = []
    for name, ids in (("nodes", _nodes(claims)), ("record ids", _records(claims))):
        if len(ids) > 1:
            found.append(f"they show the {name} {_some(ids)}")
    if strangers:
        found.append(f"a listing shows in different rows {_some(strangers)}")
    return "; ".join(found) or None


def _some(values: Iterable[str]) -> str:
    ordered = sorted(values)
    more = len(ordered) - _MOST
    return ", ".join(ordered[:_MOST]) + (f" and {more} more" if more > 0 else "")


def _divided(together: Collection[Claim], listed: Mapping[str, Collection[int]]) -> Iterator[Joined]:
    """Yield the documents that a set which contradicts itself amounts to."""
    namesakes: dict[str, list[Claim]] = defaultdict(list)
    for claim in together:
        namesakes[claim.url].append(claim)
    groups: dict[str, list[Claim]] = defaultdict(list)
    for claim in together:
        groups[_group(claim, namesakes[claim.url])].append(claim)
    owners = _owners(groups)
    for name, group in groups.items():
        claimed = _addresses(group)
        own = frozenset(address for address in claimed if owners[address] == name)
        own -= _apart(group, own, listed) - {claim.url for claim in group}
        yield Joined(frozenset(group), own, _mark(group), claimed - own)


def _group(claim: Claim, namesakes: Collection[Claim]) -> str:
    """Return what holds a page and others together in a set that contradicts itself."""
    if claim.node_id is not None:
        return f"node {claim.node_id}"
    nodes, records = _nodes(namesakes), _records(namesakes)
    if len(nodes) > 1 or len(records) > 1:
        return f"{claim.url} {claim.record_id or ''}"
    return f"node {min(nodes)}" if nodes else claim.url


def _owners(groups: Mapping[str, Collection[Claim]]) -> dict[str, str | None]:
    """Return for each address the one group whose pages stand closest to it; None if several stand as close."""
    closest: dict[str, tuple[int, str | None]] = {}
    for name, group in groups.items():
        for claim in group:
            for address in claim.addresses:
                rank, owner = closest.get(address, (2, None))
                if claim.rank(address) < rank:
                    closest[address] = (claim.rank(address), name)
                elif claim.rank(address) == rank and owner != name:
                    closest[address] = (rank, None)
    return {address: owner for address, (_, owner) in closest.items()}


def _mark(claims: Collection[Claim]) -> str:
    nodes, records = _nodes(claims), _records(claims)
    return f"node {min(nodes)}" if nodes else f"record {min(records)}" if records else ""


def _addresses(claims: Iterable[Claim]) -> frozenset[str]:
    return frozenset(address for claim in claims for address in claim.addresses)


def _nodes(claims: Iterable[Claim]) -> set[str]:
    return {claim.node_id for claim in claims if claim.node_id is not None}


def _records(claims: Iterable[Claim]) -> set[str]:
    return {claim.record_id for claim in claims if claim.record_id is not None}
