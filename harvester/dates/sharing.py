"""Gives each date of a range or list what it shares with its neighbours: "30-31 October 1956" has one month, one year.

Nothing is shared against the order of print: "October 30, 1956 - November 2" stays without its second year.
"""

from dataclasses import replace

from harvester.dates.items import Item


def share(items: list[Item]) -> list[Item]:
    """Return the items with the shared parts filled in; a part that no neighbour gives stays None."""
    if len(items) == 1:
        return items
    forward: list[Item] = []
    for item in items:
        forward.append(_from_left(forward[-1], item) if forward else item)
    backward: list[Item] = []
    for item in reversed(forward):
        backward.append(_from_right(item, backward[-1]) if backward else item)
    return backward[::-1]


def _from_left(before: Item, item: Item) -> Item:
    # "June 5, 6 and 8, 1958"; "1956 October 30-31"; "1956 October 30 - November 2"
    if item.day is not None and item.month is None and before.month and before.shape in {"month-first", "year-first"}:
        item = replace(item, month=before.month, shape=before.shape)
    if before.shape == "iso" and item.shape == "day" and before.numbers:  # "1956-10-30/31"
        return replace(item, shape="iso", year=before.year, numbers=(before.numbers[0], item.day or 0), day=None)
    if item.year is None and before.shape == "year-first" and _wants_year(item) and item.month:
        item = replace(item, year=before.year, shape="year-first")
    return item


def _from_right(item: Item, after: Item) -> Item:
    if item.shape in {"day", "roman"} and item.year is None and after.shape in {"century", "roman"}:
        number = item.day if item.day is not None else item.other
        return replace(item, shape="century", day=None, other=number)  # "18th and 19th century"
    if item.shape == "day" and after.shape == "numeric" and after.numbers:  # "12-15.03.1961": the day stands first
        return replace(item, shape="numeric", year=after.year, numbers=(item.day or 0, after.numbers[1]), day=None)
    if item.day is not None and item.month is None and after.day is not None and after.shape == "day-first":
        item = replace(item, month=after.month, shape=after.shape)
    if item.year is None and after.year is not None and _wants_year(item) and after.shape != "year":
        item = replace(item, year=after.year)
    return item


def _wants_year(item: Item) -> bool:
    return item.month is not None or item.season is not None or item.shape == "numeric"
