"""Which capture of a listing is fetched next, and which walk a page that came belongs to.

It begins with the visit that shows most rows, and goes on with what the pages lack. A page of another visit fills a
gap only where that visit shows the same rows as the walk on both sides of it: a record that stood throughout keeps its
place among its neighbours, so that none can have left the gap or come into it unseen, even if the total hides it. Where
gaps stay, other visits are walked for themselves, as long as they show half as much; last come rows not seen at all.
"""

from collections.abc import Sequence

from harvester.archives.wayback.candidates import Candidate
from harvester.archives.wayback.reads import Read, Walk
from harvester.archives.wayback.stock import Stock
from harvester.archives.wayback.trust import fits, fitting, rank, trust
from harvester.archives.wayback.visits import Visit, best_first, choose, count_rows
from harvester.coverage import Range, join_ranges


class Plan:
    """Plans one listing. `home` is the site's own host; `held` are the pages that an earlier run has read.

    What was asked for and read is told to `stock`.
    """

    def __init__(self, captures: Sequence[Candidate], home: str, held: Sequence[Read] = ()) -> None:
        self.stock = Stock(captures, home)
        self.visit: Visit | None = None  # the one that is walked
        self._known: tuple[int, str, str | None, Walk] | None = None
        self._tried: list[Visit] = []
        self._chosen: tuple[Candidate, ...] = ()
        self._label = ""
        self._adopted: list[Read] = []
        for read in held:
            self.stock.note(read)

    @property
    def is_covered(self) -> bool:
        """Return whether the walk under way has every row that its pages announce."""
        return self._walk().is_covered

    @property
    def total(self) -> int | None:
        """Return the total that the walk under way announces."""
        return self._walk().total

    @property
    def missing(self) -> tuple[Range, ...]:
        """Return the rows that the walk under way lacks."""
        return self._walk().missing

    @property
    def rows(self) -> int:
        """Return how many rows of that total the walk under way has."""
        return (self.total or 0) - count_rows(self.missing)

    def next(self) -> Candidate | None:
        """Return the capture to fetch; None where a walk is covered, or nothing is left to try."""
        while self.visit is not None or self._begin():
            assert self.visit is not None
            walk = self._walk()
            if walk.is_covered:
                return None
            capture = self._ask_blindly(walk) if walk.total is None else self._fill(walk)
            if capture is not None:
                return capture
            self._tried.append(self.visit)
            self.visit = None
        return self._ask_loosely()

    def _begin(self) -> bool:
        """Begin with a visit: the one that held pages are of, else the best; return whether there is one."""
        tried, least = {visit.captures[0].identity for visit in self._tried}, self._least_rows()
        left = [visit for visit in self.stock.visits if visit.captures[0].identity not in tried and visit.rows >= least]
        worth = [visit for visit in left if self.stock.left(visit) or self.stock.count_unnamed(visit)]
        ranked = sorted(best_first(worth), key=lambda visit: -self.stock.count_unnamed(visit))
        if not ranked:
            return False
        self.visit, self._chosen = ranked[0], choose(ranked[0])
        others = sum(map(self.stock.count_unnamed, self.stock.visits)) - self.stock.count_unnamed(ranked[0])
        free = ranked[0].series[0] == self.stock.home and not others
        self._label = "" if free else self.stock.label(ranked[0])
        self._adopt(ranked[0])
        return True

    def _adopt(self, visit: Visit) -> None:
        """Count the visit's pages that filled gaps of another walk to its own walk as well."""
        own = {read.identity for read in self.stock.reads if read.label == self._label}
        for read in [read for read in self.stock.of(visit) if read.identity not in own]:
            self._adopted.append(read.labelled(self._label))
            self.stock.note(self._adopted[-1])

    def take_adopted(self) -> list[Read]:
        """Return the pages that were read for another walk and belong to a second one now, each once."""
        adopted, self._adopted = self._adopted, []
        return adopted

    def _least_rows(self) -> int:
        """Return how many rows a visit must show to be walked for itself: half of what the first one does.

        Of a visit of which nothing could be had, nothing is known.
        """
        first = next((tried for tried in self._tried if self.stock.of(tried)), None)
        total = Walk(self.stock.of(first)).total if first is not None else None
        return 0 if first is None else -(-min(first.rows, first.rows if total is None else total) // 2)

    def _walk(self) -> Walk:
        visit = self.visit
        if visit is None:
            return Walk(())
        order = visit.series[1]
        if self._known is None or self._known[:3] != (len(self.stock.reads), self._label, order):
            walk = Walk(read for read in self.stock.reads if read.label == self._label and read.order == order)
            self._known = (len(self.stock.reads), self._label, order, walk)
        return self._known[3]

    def _ask_blindly(self, walk: Walk) -> Candidate | None:
        """Return the next page of the visit while no counter is known; what was chosen comes first."""
        assert self.visit is not None
        left = self.stock.left(self.visit)
        chosen = (capture for capture in self._chosen if capture in left)
        return next(chosen, None if walk.reads or not left else left[0])

    def _fill(self, walk: Walk) -> Candidate | None:
        """Return a capture for what the walk lacks: of its own visit, else of one that can be trusted, the nearest."""
        assert self.visit is not None
        missing = walk.missing
        chosen = {capture.identity for capture in self._chosen}
        if own := fitting(self.stock.left(self.visit), missing):
            return min(own, key=lambda capture: (capture.identity not in chosen, rank(capture)))
        for other in self._others():
            left = self.stock.left(other)
            for gap in missing if left else ():
                found = fitting(left, [gap])
                trusted = trust(self.stock, walk, other, gap) if found else False
                if trusted:
                    return trusted if isinstance(trusted, Candidate) else min(found, key=rank)
        return None

    def _others(self) -> list[Visit]:
        """Return the other visits of the same host and order, the nearest first."""
        here = self.visit
        assert here is not None
        others = [visit for visit in self.stock.visits if visit.series == here.series and visit is not here]
        return sorted(others, key=lambda visit: (visit.distance(here), visit.captures[0].identity))

    def _ask_loosely(self) -> Candidate | None:
        """Return a capture of rows that no page of any walk showed; it cannot be told whether they are of one time."""
        if not self._tried:
            return None
        here = self._tried[0]
        walk = Walk(self.stock.of(here))
        seen = join_ranges(read.range for read in self.stock.reads if read.order == here.series[1] and read.range)
        blank = [gap for gap in walk.missing if not any(a <= gap[0] and gap[1] <= b for a, b in seen)]
        near = sorted((visit for visit in self.stock.visits if visit.series == here.series), key=here.distance)
        return next((min(found, key=rank) for v in near if (found := fitting(self.stock.left(v), blank))), None)

    def place(self, capture: Candidate, read: Read) -> str:
        """Return the label of the walk that a page belongs to.

        It is the walk under way if the page is of its visit, or agrees with all its rows and can be trusted.
        """
        visit = self.stock.find_visit(capture)
        if self.visit is not None and visit is not None:
            if visit is self.visit:
                return self._label
            if visit.series == self.visit.series and fits(self.stock, self._walk(), visit, read):
                return self._label
        return self.stock.label_of(capture)
