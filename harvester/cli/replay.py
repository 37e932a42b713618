"""`harvest replay`: reads saved pages into a dataset, with no socket opened."""

from datetime import UTC, datetime
from pathlib import Path

import click

from harvester.archives.saved import saved_pages
from harvester.cli import say_lines
from harvester.cli.folders import folder_for
from harvester.dataset.run import Run
from harvester.errors import UsageProblem
from harvester.harvest.replay import Replayed, is_known, replay, replay_unnamed, unrecognised
from harvester.sites import Site, find_site, load_sites, site_named
from harvester.urls import is_loopback


@click.command(name="replay", short_help="Read saved pages into a dataset, with no network.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="DIR", help="The dataset folder.")
@click.option("--site", "site_name", metavar="SITE", help="A site's name, or the file that defines one.")
def command(paths: tuple[Path, ...], output: Path | None, site_name: str | None) -> int:
    """Read the saved pages PATH... (.html and .txt files, folders of them) into the dataset DIR.

    Pages that do not say where they were captured form one listing for each PATH and total. Replaying into a dataset
    adds to it; the same page twice changes nothing.
    """
    if site_name:
        site = find_site(site_name)
        captures = [(path, capture) for path in paths for capture in saved_pages(path)]
        for _, capture in captures:  # a copy that was served from this very machine
            if capture.url is not None and is_loopback(capture.url):
                site = site_named(site_name, capture.url)
        read = [(path, replay(capture, site)) for path, capture in captures]
    else:
        sites = load_sites()
        read = [(path, replay_unnamed(capture, sites)) for path in paths for capture in saved_pages(path)]
        site = _one_site([replayed for _, replayed in read], sites)
    run = Run(output or folder_for(site, [str(path.resolve()) for path in paths]), site, "replay", _now)
    try:
        for path, replayed in read:
            run.replayed(path, replayed)
    finally:
        result = run.end()
    say_lines(result.lines)
    return int(result.code)


def _now() -> datetime:
    return datetime.now(UTC)


def _one_site(read: list[Replayed], sites: tuple[Site, ...]) -> Site:
    """Return the one site of all that was read.

    Raises UsageProblem where no page is recognised, or they are of several sites; the page's own error where all that
    is known of the pages is what is wrong with them.
    """
    owners = {replayed.site.name: replayed.site for replayed in read if replayed.site is not None}
    if len(owners) > 1:
        raise UsageProblem(
            f"these are of several sites: {', '.join(sorted(owners))}", advice="Replay one site at a time."
        )
    if owners:
        return next(iter(owners.values()))
    for replayed in read:
        if not is_known(replayed):
            raise unrecognised(replayed, sites)
    raise next(replayed.error for replayed in read if replayed.error is not None)
