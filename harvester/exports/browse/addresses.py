"""The addresses of the list of records: searched, narrowed, in another order, always from its first page."""

from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, urlencode

from harvester.exports.browse.guard import DATABASE

Pairs = list[tuple[str, str]]

LIST = f"/{DATABASE}/catalogue"
NARROWING = {
    "decade": "Decade", "year": "Year", "places__arraycontains": "Place", "people__arraycontains": "Person",
    "topics__arraycontains": "Topic", "listings__arraycontains": "Listing", "_from": "From", "_to": "To",
}  # fmt: skip
_ORDERS: tuple[tuple[str, Pairs], ...] = (
    ("Oldest first", []),
    ("Newest first", [("_sort_desc", "number")]),
    ("By title", [("_sort", "title")]),
)


def read_pairs(query: str) -> Pairs:
    """Return what a query asks for; not on which page, as what is asked for anew begins anew.

    Datasette names the order that stands anyway in its links to the next page.
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    return [pair for pair in pairs if pair[0] != "_next" and pair != ("_sort", "number")]


def address_for(pairs: Pairs) -> str:
    """Return the address of the list of what is asked for."""
    return f"{LIST}?{urlencode(pairs)}" if pairs else LIST


def search_for(column: str, value: str) -> str:
    """Return the address of the list of all records that have a name in a column.

    >>> search_for("places", "Berlin, East")
    '/archive/catalogue?places__arraycontains=Berlin%2C+East'
    """
    return address_for([(f"{column}__arraycontains", value)])


def from_start(url: str) -> str:
    """Return the first page of the list that an address, of any of its pages, asks for."""
    return address_for(read_pairs(url.partition("?")[2]))


def chips(pairs: Pairs, labels: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield what the list is narrowed by: what it is, its value for people, and the address without it."""
    for name, value in pairs:
        if name in NARROWING and value:
            shown = f"{value}s" if name == "decade" else labels.get(value, value)
            yield NARROWING[name], shown, address_for([pair for pair in pairs if pair != (name, value)])


def orders(pairs: Pairs) -> Iterator[tuple[str, str, bool]]:
    """Yield the orders of the list: the name, the address, and whether it is the one in force."""
    now = [pair for pair in pairs if pair[0] in {"_sort", "_sort_desc"}]
    rest = [pair for pair in pairs if pair not in now]
    for name, sort in _ORDERS:
        yield name, address_for([*rest, *sort]), now == sort
