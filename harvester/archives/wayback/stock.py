"""What is known of a listing's captures: which visit each is of, which were asked for, which pages were read."""

from collections import defaultdict
from collections.abc import Sequence

from harvester.archives.wayback.addresses import parse_time
from harvester.archives.wayback.candidates import Candidate, Identity
from harvester.archives.wayback.reads import Read
from harvester.archives.wayback.visits import Visit, split_visits


class Stock:
    """The captures that the index has of a listing, and `reads`, the pages read of them; `home` is the site's host."""

    def __init__(self, captures: Sequence[Candidate], home: str) -> None:
        self.home = home
        self.visits = split_visits(captures)
        self.reads: list[Read] = []
        self._visit_of = {capture.identity: visit for visit in self.visits for capture in visit.captures}
        self._asked: set[Identity] = set()
        self._reads_of: dict[Identity, list[Read]] = defaultdict(list)  # by the first capture of their visit

    def note(self, read: Read) -> None:
        """Take note of a page that was read."""
        self.drop(read.identity)
        self.reads.append(read)
        visit = self._visit_of.get(read.identity) or self._visit_at(read)
        if visit is not None:
            self._reads_of[visit.captures[0].identity].append(read)

    def drop(self, identity: Identity) -> None:
        """Ask no more for a capture: it was asked for, or it is held."""
        self._asked.add(identity)

    def is_known(self, identity: Identity) -> bool:
        """Return whether a capture was asked for before, or is held."""
        return identity in self._asked

    def left(self, visit: Visit) -> list[Candidate]:
        """Return the captures of a visit that were not asked for yet."""
        return [capture for capture in visit.captures if capture.identity not in self._asked]

    def of(self, visit: Visit) -> list[Read]:
        """Return the pages that were read of a visit."""
        return self._reads_of.get(visit.captures[0].identity, [])

    def count_unnamed(self, visit: Visit) -> int:
        """Return how many pages of a visit are in the walk that has no label."""
        return sum(not read.label for read in self.of(visit))

    def find_visit(self, capture: Candidate) -> Visit | None:
        """Return the visit of a capture; of one that the index does not name the visit of that time."""
        of_time = (visit for visit in self.visits if visit.series == capture.series and visit.holds(capture.time))
        return self._visit_of.get(capture.identity) or next(of_time, None)

    def label_of(self, capture: Candidate) -> str:
        """Return the label of the visit that a capture is of, as of a walk for itself."""
        return self.label(self.find_visit(capture) or Visit((capture,)))

    def label(self, visit: Visit) -> str:
        """Return a visit's label: when it began, and on which host if that is not the site's own."""
        start = visit.captures[0].identity[0]
        return start if visit.series[0] == self.home else f"{start} {visit.series[0]}"

    def _visit_at(self, read: Read) -> Visit | None:
        """Return the visit into whose time a page falls that the index does not name."""
        time = parse_time("".join(filter(str.isdigit, read.identity[0])))
        of_order = (visit for visit in self.visits if visit.series[1] == read.order)
        return None if time is None else next((visit for visit in of_order if visit.holds(time)), None)
