"""`harvest replay`: reads captures of all kinds into a dataset, with no socket opened."""

import os
import sys
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from harvester.archives.finds import Find, Judge
from harvester.archives.reading import read_archive
from harvester.archives.warc import Payloads
from harvester.cli import say_lines
from harvester.cli.folders import folder_for
from harvester.cli.replaying import Replaying
from harvester.dataset.certificate import Trouble
from harvester.dataset.offered import offered_files
from harvester.dataset.replay import ReplayRun
from harvester.dataset.screen import MOST_LINES
from harvester.errors import UsageProblem
from harvester.harvest.wishes import judge_for
from harvester.sites import Site, find_site, load_sites

# With --site, what was captured from a copy on somebody's own machine is the site's too.
_OWN_MACHINE = ("127.0.0.1", "localhost", "::1")
# As which the file of a document is passed over that is not known as one yet.
_MAY_BE_FILES = {"other", "content-type"}


@click.command(name="replay", short_help="Read captures of all kinds into a dataset, with no network.")
@click.argument("captures", nargs=-1, required=True, metavar="CAPTURE...")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="DIR", help="The dataset folder.")
@click.option("--site", "site_name", metavar="SITE", help="A site's name, or the file that defines one.")
@click.option(
    "--files", is_flag=True, help="Keep the documents' own files (scans, PDFs) too, as far as they are known."
)
def command(captures: tuple[str, ...], output: Path | None, site_name: str | None, files: bool) -> int:
    """Read each CAPTURE... into the dataset DIR: WARC, WACZ, tar, a saved page, a text extract, or a folder of these.

    What a file is, is found from its bytes, packed with gzip or zstd or not; "-" reads a list of files from standard
    input. Pages of listings and of documents are read. Listing pages that do not say where they were captured form one
    listing for each CAPTURE and total. Replaying into a dataset adds to it; the same page twice changes nothing.

    With --files a document's file is kept that lies under an address which the site has for files, which a crawl's own
    snapshot lists as one, or which a document in DIR offers: replay documents first, then their files.
    """
    paths = _paths(captures)
    named = _own(find_site(site_name)) if site_name else None
    sites = (named,) if named is not None else load_sites()

    def folder_of(site: Site) -> Path:
        return output or folder_for(site, [str(path.resolve()) for path in paths])

    def open_run(site: Site) -> ReplayRun:
        return ReplayRun(folder_of(site), site, _now)

    offered = offered_files(map(folder_of, sites)) if files else {}
    replaying = Replaying(sites, named, open_run, files=files, offered=offered)
    try:
        for path, find in _finds(paths, judge_for(sites, files=files, offered=offered)):
            replaying.take(path, find)
    except UsageProblem as error:
        replaying.abandon(error)
        raise
    except BaseException as error:  # what was read is published, and the cause told of
        if replaying.run is not None:
            replaying.end(Trouble.unforeseen(error))
        raise
    result = replaying.end()
    say_lines([*result.lines, *(_say_again(replaying.run, offered) if files else [])][:MOST_LINES])
    return int(result.code)


def _say_again(run: ReplayRun | None, offered: Collection[str]) -> Iterator[str]:
    """Yield that files may be among what was passed over, as no document offered them yet."""
    if run is None or not run.passed_over.keys() & _MAY_BE_FILES:
        return
    if any(not held and url not in offered for url, held in offered_files([run.folder]).items()):
        yield "Next: replay the same once more; which files these documents offer is known by now."


def _finds(paths: Sequence[Path], judge: Judge) -> Iterator[tuple[Path, Find]]:
    with Payloads() as payloads:
        for path in paths:
            for find in read_archive(path, judge, payloads):
                yield path, find
        for find in payloads.leftovers():
            yield paths[-1], find


def _paths(captures: Sequence[str]) -> list[Path]:
    """Return the paths given, "-" standing for those that standard input lists: a line each, # begins a comment.

    Raises UsageProblem, before anything is read, if one of them is not there.
    """
    found: list[Path] = []
    for capture in captures:
        found += [Path(capture)] if capture != "-" else map(Path, _listed())
    if not found:
        raise UsageProblem("the list names no file")
    for path in found:
        if not path.exists():
            raise UsageProblem(f"there is no file or folder {path}")
    return found


def _listed() -> list[str]:
    lines = [os.fsdecode(line).strip() for line in sys.stdin.buffer.read().splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def _own(site: Site) -> Site:
    for host in _OWN_MACHINE:
        site = site.with_alias(host)
    return site


def _now() -> datetime:
    return datetime.now(UTC)
