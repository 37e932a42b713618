"""One run into a dataset folder, from begin to end: what it brings goes to the ledger, and is published at the end."""

import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar

from harvester.dataset.certificate import Trouble, exit_code
from harvester.dataset.documents import brought_by, lacks
from harvester.dataset.fresh import Rebuilding
from harvester.dataset.history import History
from harvester.dataset.holding import Holding
from harvester.dataset.news import News, say_requests
from harvester.dataset.publish import Published, certify, is_published, publish
from harvester.dataset.screen import say
from harvester.errors import Exit, HarvestError, worst
from harvester.ledger import Projection


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended: its exit code, and the lines of the last screen."""

    code: Exit
    lines: list[str]


class Run(Holding):
    """Brings something, and publishes it: a rebuild replaces the dataset that stands only if it was a success.

    `again` is what to do again where something is missing; nothing, where the same captures would come.
    """

    again: ClassVar[str]

    def end(self, *, finished: bool = True, cut: Trouble | None = None, requests: int = 0, size: int = 0) -> Result:
        """Publish if a page was read, let go of the ledger, and say what there is now.

        `finished` says whether the crawl came to its end by itself, `cut` what else ended it; `requests` is what was
        asked for, and `size` what came, in bytes.

        How the run ended is the last thing that the ledger is told: killed before, it stands there as not ended, with
        what it had asked for if it came as far as publishing.
        """
        self.requests = requests
        told = History(self.site, self.folder, requests, size)
        try:
            if self.fatal is not None:
                raise self.fatal
            with self.guarding():
                self._note(told, self.troubles)
                result = self._published(finished=finished)
                code = result.code if cut is None else cut.code
                self._note(told, [*self.troubles, *([cut] if cut else [])], self._now(), code)
                return result
        except BaseException as error:
            self._note_failure(told, error)
            raise
        finally:
            self._release()

    def _published(self, *, finished: bool) -> Result:
        if not self._in_vain():
            self.snapshots.pack(self._ledgers())  # before what is published lets the ledger forget
        if not self.pages and is_published(self.ledger):
            return self._nothing()
        self.ledger.finish_run(self.number, self._now(), self.passed_over)
        if self.rebuilding is not None:
            return self._rebuilt(self.rebuilding, finished=finished and self.begun)
        return self._certified(self._publish())

    def _note_failure(self, told: History, error: BaseException) -> None:
        """Note as well as can be that the run ended by an error of the dataset or the program, which is told anyway."""
        with suppress(HarvestError, sqlite3.ProgrammingError):  # the ledger may be what failed, or closed by then
            trouble = Trouble.unforeseen(error)
            self._note(told, [*self.troubles, trouble], self._now(), trouble.code)

    def _publish(self) -> Published:
        published = publish(self.ledger, self.site, self.retention.versions_since(self.clock()))
        self.told += self.retention.remove_snapshots(self.folder, self.snapshots.own)
        return published

    def _certified(self, published: Published) -> Result:
        listings = published.listings(self.number)
        documents = published.coverage["documents"]
        code = self._code(listings, documents)
        facts = [
            f"{published.records} records in {self.folder / 'records.jsonl'}",
            *self._said_news(published),
            *self.told,
            *self._said_passed_over(),
        ]
        return Result(code, say(listings, self.troubles, facts, code, self.again, documents))

    def _said_news(self, published: Published) -> list[str]:
        """Return what an update found, and what it asked for, in a line; of another run nothing."""
        if self.command != "update":
            return []
        found = News.of_run(self.ledger.db, self.number).say(published, self.number)
        return [f"{found}; {say_requests(self.requests, self.unchanged_pages)}" if self.requests else found]

    def _code(self, listings: list[dict[str, Any]], documents: dict[str, Any] | None) -> Exit:
        lacking = lacks(documents, self.wanted, brought=brought_by(documents, self.number))
        return exit_code(listings, self.troubles, lacking=lacking)

    def _said_passed_over(self) -> list[str]:
        kinds = sorted(self.passed_over.items(), key=lambda item: (-item[1], item[0]))
        told, total = ", ".join(f"{number:,} {kind}" for kind, number in kinds), self.passed_over.total()
        return [f"{total:,} capture{'s' * (total > 1)} passed over: {told}"] if told else []

    def _rebuilt(self, rebuilding: Rebuilding, *, finished: bool) -> Result:
        """Let the fresh build take its place if all of it is whole; else keep it aside, to be gone on with."""
        coverage = certify(self.ledger, Projection(self.ledger, self.site))
        listings, documents = coverage["listings"], coverage["documents"]
        whole = finished and (listings or documents)
        code = worst([self._code(listings, documents), Exit.COMPLETE if whole else Exit.INCOMPLETE])
        if code == Exit.COMPLETE:
            self.ledger = rebuilding.take_place()
            self.told += rebuilding.told
            self.ledger.note_holder(self._now())
            return self._certified(self._publish())
        facts = [f"{self.folder} stays as it was; what was read anew is kept aside, and gone on with by --fresh."]
        return Result(code, say(listings, self.troubles, facts, code, self.again, documents))

    def _nothing(self) -> Result:
        code = worst([Exit.INCOMPLETE, *(trouble.code for trouble in self.troubles)])
        made = self.first and self.rebuilding is None
        kept = "nothing was written" if made else f"{self.folder} stays as it was"
        facts = [f"No page could be read; {kept}.", *self.told, *self._said_passed_over()]
        return Result(code, say([], self.troubles, facts, code, self.again))
