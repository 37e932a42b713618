"""Which record of the other side one may be though that cannot be shown: an entry without a link hides what it is."""

from collections import defaultdict
from collections.abc import Iterable

from harvester.dataset.held import Held
from harvester.text import squash


class Namesakes:
    """The records of one side that have one of some whole titles."""

    def __init__(self, records: Iterable[Held], titles: set[str]) -> None:
        self._of_title: dict[str, list[tuple[str, bool, str | None]]] = defaultdict(list)
        for held in records if titles else ():
            if (title := squash(held.record["title"])) in titles:
                self._of_title[title].append((held.id, held.record["url"] is not None, held.record["date"]))

    def find(self, held: Held) -> str | None:
        """Return the id of a record that another side's may be: one of both has no link, and no date contradicts."""
        linked, date = held.record["url"] is not None, held.record["date"]
        for found, has_link, found_date in self._of_title.get(squash(held.record["title"]), ()):
            if not (linked and has_link) and (date == found_date or None in {date, found_date}):
                return found
        return None
