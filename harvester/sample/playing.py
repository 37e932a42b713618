"""Plays a schedule on a server, keeps account of it, and tells afterwards what a crawl could have known."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime

from harvester.sample.account import Asked, Fetched, Happened
from harvester.sample.archive import Archive
from harvester.sample.documents import is_file, is_page
from harvester.sample.events import EVENTS, Event, Stage
from harvester.sample.exchange import Answer, Request
from harvester.sample.faults import DOCUMENT_FAULTS, FAULTS, FILE_FAULTS, Scene
from harvester.sample.query import parse_query, write_query
from harvester.sample.schedule import Fault, Schedule
from harvester.sample.server import Server

HARMLESS = frozenset({"drip"})  # the page is whole and right all the same
NOON = datetime(2020, 1, 1, 12, tzinfo=UTC)


class Playing:
    """A schedule under way; `happened`, `asked` and the others are only ever appended to, so any thread may read them.

    A record's path is the path of its document page. Requests for /search are counted in `asked`; those for documents'
    pages and for files, each from 1, in `documents` and `files`, if the schedule has faults of either.
    """

    def __init__(
        self, server: Server, schedule: Schedule, now: Callable[[], datetime], tell: Callable[[str], object] | None
    ) -> None:
        self.schedule = schedule
        self.happened: list[Happened] = []
        self.asked: list[Asked] = []
        self.documents: list[Fetched] = []
        self.files: list[Fetched] = []
        self._server, self._now, self._tell = server, now, tell
        self._stage = Stage(server.archive)
        self._standing = {record.node: record.path for record in server.archive.records}
        self._ever = set(self._standing.values())
        self._past = [_undo_newest(server.archive)]
        self._stuck: dict[tuple[str, Fault], list[str]] = {}

    def stood_still(self) -> set[str]:
        """Return the paths of the records that were there all the time and were themselves left alone."""
        return set(self._standing.values())

    def ever(self) -> set[str]:
        """Return the paths of all records that were there at any time."""
        return set(self._ever)

    def totals(self, listing: str = "") -> list[tuple[int, int]]:
        """Return a listing's true total at each request for it, as (request, total)."""
        return [(asked.number, asked.total) for asked in self.asked if asked.listing == listing]

    def never_sound(self) -> set[str]:
        """Return the listings that were asked for, and of which no page was ever answered without a fault."""
        sound = {asked.listing for asked in self.asked if asked.fault is None or asked.fault in HARMLESS}
        return {asked.listing for asked in self.asked} - sound

    def __call__(self, request: Request) -> Answer | None:
        """Return the answer to a request for a page of a listing, as Server.intercept has it."""
        if request.path != "/search":
            return self._answer_document(request)
        number = len(self.asked) + 1
        self._let_happen(number, request.path_qs, after=False)
        fault = self._find_fault("page", self.schedule.faults, number, request.path_qs)
        asked = Asked(number, request.path_qs, *self._count(request), fault.kind if fault else None)
        answer = self._fail(FAULTS, fault, request) if fault else self._server.answer(request)
        self.asked.append(asked)
        if fault:
            self._note(Happened(number, request.path_qs, fault.kind, f"status {answer.status}"))
        self._let_happen(number, request.path_qs, after=True)
        return self._date(answer)

    def _answer_document(self, request: Request) -> Answer | None:
        """Return the answer to a request for a document's page or for a file, which is left alone if none can fail."""
        if is_file(request.path):
            fetched, faults, table, sort = self.files, self.schedule.files, FILE_FAULTS, "file"
        else:
            fetched, faults, table, sort = self.documents, self.schedule.documents, DOCUMENT_FAULTS, "document"
        if not (self.schedule.documents or self.schedule.files) or (sort == "document" and not is_page(request.path)):
            return None
        number = len(fetched) + 1
        fault = self._find_fault(sort, faults, number, request.path_qs)
        answer = self._fail(table, fault, request) if fault else self._server.answer(request)
        fetched.append(Fetched(number, request.path_qs, fault.kind if fault else None))
        if fault:
            self._note(Happened(number, request.path_qs, fault.kind, f"status {answer.status}", sort))
        return self._date(answer)

    def _date(self, answer: Answer) -> Answer:
        """Return an answer dated by the clock that was passed in, not by the server's own."""
        return replace(answer, headers={"Date": format_datetime(self._now(), usegmt=True), **answer.headers})

    def _let_happen(self, number: int, target: str, *, after: bool) -> None:
        for event in self.schedule.events:
            if (event.at, event.after) == (number, after):
                self._do(event, target)

    def _do(self, event: Event, target: str) -> None:
        self._past.append(self._stage.archive.snapshot())
        record = EVENTS[event.kind](self._stage, event)
        if record is not None:
            self._standing.pop(record.node, None)
            self._ever.add(record.path)
        what = f"{record.path}, {len(self._stage.archive.records)} records now" if record else "there is nothing to"
        self._note(Happened(event.at, target, event.kind, what))

    def _find_fault(self, sort: str, faults: Sequence[Fault], number: int, target: str) -> Fault | None:
        """Return the first fault that holds; a sticky one holds as long as it has met its address fewer than run."""
        for fault in faults:
            if not fault.sticky:
                if fault.at <= number < fault.at + fault.run:
                    return fault
                continue
            met = self._stuck.setdefault((sort, fault), []) if number >= fault.at else []
            if number == fault.at or (met and met[0] == target and len(met) < fault.run):
                met.append(target)
                return fault
        return None

    def _fail(self, table: Mapping[str, Callable[[Scene], Answer]], fault: Fault, request: Request) -> Answer:
        return table[fault.kind](Scene(self._server, request, fault.dose, self._past, self._now()))

    def _count(self, request: Request) -> tuple[str, int]:
        query = parse_query(request.query)
        pairs = [(f"f[{number}]", term) for number, term in enumerate(query.filters)]
        pairs += [("search_api_fulltext", query.text)] * bool(query.text)
        return write_query(tuple(pairs)), self._server.archive.listing(request.query).total

    def _note(self, happened: Happened) -> None:
        self.happened.append(happened)
        if self._tell is not None:
            self._tell(str(happened))


def _undo_newest(archive: Archive) -> Archive:
    """Return the archive as it was yesterday, without its newest record: what caches may hold when a crawl begins."""
    before = archive.snapshot()
    if before.records:
        before.remove(before.records[-1].node)
    return before


def play(
    server: Server,
    schedule: Schedule,
    *,
    now: Callable[[], datetime] = lambda: NOON,
    tell: Callable[[str], object] | None = None,
) -> Playing:
    """Put a schedule on a server, in place of any other interceptor; `tell` gets a line for each thing that happens."""
    server.intercept = playing = Playing(server, schedule, now, tell)
    return playing
