"""One replay, find by find: the run begins at the first page that is known to be of a site; none is held."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from harvester.archives.finds import Damaged, Find, PassedOver
from harvester.captures import Capture
from harvester.dataset.certificate import Trouble
from harvester.dataset.replay import ReplayRun
from harvester.dataset.run import Result
from harvester.errors import HarvestError, PageError, UsageProblem
from harvester.harvest.passing import is_known, passing_kind, unrecognised
from harvester.harvest.replay import Replayed, is_file, replay, replay_file, replay_unnamed
from harvester.harvest.wishes import kind_at
from harvester.sites import Site


@dataclass(frozen=True, slots=True)
class Kept(Capture):
    """What is kept of a page that could not be read, until its site is known: its beginning, and its digest."""

    whole: str = ""

    @property
    def digest(self) -> str:
        """Return the digest of the whole body."""
        return self.whole


def shorten(capture: Capture) -> Capture:
    """Return what will be told of a page that could not be read: the first 500 characters, or that they are none."""
    begins = capture.body[:4096] if capture.medium == "binary" else capture.text[:500].encode("utf-8", "replace")
    return Kept(begins, capture.url, capture.status, file=capture.file, offset=capture.offset, whole=capture.digest)


class Replaying:
    """Takes finds in, and brings them to a run; `named` is the site that the user named, None to find it.

    Without `files` those of documents are passed over; `offered` are addresses of such, wherever on the site they lie.
    """

    def __init__(
        self,
        sites: Sequence[Site],
        named: Site | None,
        open_run: Callable[[Site], ReplayRun],
        *,
        files: bool = False,
        offered: Collection[str] = (),
    ) -> None:
        self.sites = sites
        self.named = named
        self.open_run = open_run
        self.files = files
        self.offered = offered
        self.run = open_run(named) if named is not None else None
        self.waiting: list[tuple[Capture, PageError, str | None]] = []
        self.passed: Counter[str] = Counter()
        self.unknown: UsageProblem | None = None

    def take(self, path: Path, find: Find) -> None:
        """Keep a find that lies below a path; raises UsageProblem where a second site's page comes."""
        if isinstance(find, PassedOver):
            self._pass_over(find.kind)
        elif isinstance(find, Damaged):
            capture = Capture(b"", url=find.url, file=find.file, offset=find.offset)
            self._unreadable(capture, find.error, find.wanted or self._wanted_at(find.url))
        else:
            self._read(path, find, alone=find.file == path.name)

    def _read(self, path: Path, capture: Capture, *, alone: bool) -> None:
        replayed = self._replay(capture)
        kind = passing_kind(replayed, alone=alone)
        if kind is not None:
            self._doubt(replayed)
            self._pass_over(kind)
        elif replayed.site is None:
            self._doubt(replayed)
            self._unreadable(replayed.capture, replayed.error or PageError("the capture was not read"), replayed.wanted)
        else:
            self._begin(replayed.site).replayed(path, replayed)

    def _replay(self, capture: Capture) -> Replayed:
        site = self.named or next((site for site in self.sites if capture.url and site.owns(capture.url)), None)
        if self.files and site is not None and is_file(capture, self.sites, self.offered):
            return replay_file(capture, site)
        return replay(capture, self.named) if self.named is not None else replay_unnamed(capture, self.sites)

    def _wanted_at(self, url: str | None) -> str | None:
        """Return document or file where an address is of one, for what could not be had of it."""
        kind = kind_at(url, self.sites, self.offered) if url is not None else None
        return kind if kind in {"document", "file"} else None

    def _begin(self, site: Site) -> ReplayRun:
        """Return the run, begun with the first site that is known."""
        if self.run is None:
            self.run = self.open_run(site)
            for capture, error, wanted in self.waiting:
                self.run.unreadable(capture, error, wanted)
            for kind, number in self.passed.items():
                self.run.passed_over[kind] += number
        if self.run.site.name != site.name:
            names = ", ".join(sorted((self.run.site.name, site.name)))
            raise UsageProblem(f"these are of several sites: {names}", advice="Replay one site at a time.")
        return self.run

    def _pass_over(self, kind: str) -> None:
        if self.run is not None:
            self.run.pass_over(kind)
        else:
            self.passed[kind] += 1

    def _unreadable(self, capture: Capture, error: PageError, wanted: str | None) -> None:
        if self.run is not None:
            self.run.unreadable(capture, error, wanted)
        else:
            self.waiting.append((shorten(capture), error, wanted))

    def _doubt(self, replayed: Replayed) -> None:
        """Remember the first page that no site knows, for the case that none of all is known."""
        if self.unknown is None and self.run is None and not is_known(replayed):
            self.unknown = unrecognised(replayed, self.sites)

    def end(self, cut: Trouble | None = None) -> Result:
        """End the run; raises what is wrong with what was given where no page of it is of a site.

        `cut` is what ended it before its own end.
        """
        if self.run is not None:
            return self.run.end(cut=cut)
        damage = next((_placed(capture, error) for capture, error, _ in self.waiting), None)
        if self.unknown is not None:
            raise self.unknown
        if damage is not None:
            raise damage
        names = ", ".join(site.name for site in self.sites)
        told = ", ".join(f"{number:,} {kind}" for kind, number in sorted(self.passed.items()))
        advice = "Name the site with --site. Pages of listings and of documents are read, others are passed over"
        if "other" in self.passed:
            advice += "; in a folder named like the site's host, a file is taken for what its name says"
        raise UsageProblem(
            f"nothing here is a page of results or of a document of the sites: {names} ({told})", advice=f"{advice}."
        )

    def abandon(self, error: HarvestError) -> None:
        """End with nothing published, for the error that is told."""
        if self.run is not None:
            self.run.abandon(error)


def _placed(capture: Capture, error: PageError) -> PageError:
    """Return an error with the place that it is of; several files may have been given."""
    error.where = error.where or capture.file or capture.url
    return error
