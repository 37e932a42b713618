"""`harvest replay`: reads saved pages into a dataset, with no socket opened."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from harvester.archives.saved import saved_pages
from harvester.captures import Capture
from harvester.cli.folders import folder_for
from harvester.dataset.run import Run
from harvester.errors import PageError, UsageProblem
from harvester.harvest.replay import Replayed, replay, site_of_capture
from harvester.sites import Site, find_site, load_sites


@click.command(name="replay", short_help="Read saved pages into a dataset, with no network.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="DIR", help="The dataset folder.")
@click.option("--site", "site_name", metavar="SITE", help="A site's name, or the file that defines one.")
def command(paths: tuple[Path, ...], output: Path | None, site_name: str | None) -> int:
    """Read the saved pages PATH... (.html and .txt files, folders of them) into the dataset DIR.

    Pages that do not say where they were captured form one listing for each PATH and total. Replaying into a dataset
    adds to it; the same page twice changes nothing.
    """
    sites = (find_site(site_name),) if site_name else load_sites()
    captures = [(path, capture) for path in paths for capture in saved_pages(path)]
    site, read = _sort(captures, sites, named=site_name is not None)
    if site is None:
        errors = [replayed.error for _, replayed in read if replayed.error is not None]
        raise errors[0]
    run = Run(output or folder_for(site, [str(path.resolve()) for path in paths]), site, "replay", _now)
    try:
        for path, replayed in read:
            run.replayed(path, replayed)
    finally:
        result = run.end()
    for line in result.lines:
        click.echo(line)
    return int(result.code)


def _now() -> datetime:
    return datetime.now(UTC)


def _sort(
    captures: list[tuple[Path, Capture]], sites: tuple[Site, ...], *, named: bool
) -> tuple[Site | None, Iterator[tuple[Path, Replayed]]]:
    """Find the one site of all captures; what is of no site, but of a known kind, becomes a reject.

    Raises UsageProblem where no capture is recognised, or they are of several sites.
    """
    if named:
        return sites[0], ((path, read) for path, capture in captures for read in replay([capture], sites[0]))
    owners: dict[str, Site] = {}
    unknown: UsageProblem | None = None
    refused: list[tuple[Path, Replayed]] = []
    for path, capture in captures:
        try:
            owner = site_of_capture(capture, sites)
            owners[owner.name] = owner
        except PageError as error:
            refused.append((path, Replayed(capture, None, None, error)))
        except UsageProblem as problem:
            if "several" in problem.message:
                raise
            unknown = problem
    if len(owners) > 1:
        raise UsageProblem(
            f"these are of several sites: {', '.join(sorted(owners))}", advice="Replay one site at a time."
        )
    if not owners:
        if unknown is not None:
            raise unknown
        return None, iter(refused)
    site = next(iter(owners.values()))
    return site, ((path, read) for path, capture in captures for read in replay([capture], site))
