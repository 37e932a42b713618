"""`harvest diff`: compares two datasets, or two states of one."""

from collections.abc import Iterator
from contextlib import ExitStack, closing

import click

from harvester.cli import put_lines, say_lines
from harvester.dataset.diff import Comparison
from harvester.dataset.difference import DIFFERS, GONE_A, GONE_B, ONLY_A, ONLY_B, UNSURE, Difference
from harvester.dataset.opening import open_state
from harvester.dataset.saying import Tally, say_summary
from harvester.sites import find_site, load_sites

FEW = 10
_HEADINGS = {
    DIFFERS: "In both, but not the same",
    UNSURE: "What they said then is not kept for certain",
    GONE_A: "In both, but gone from A",
    GONE_B: "In both, but gone from B",
    ONLY_A: "Only in A",
    ONLY_B: "Only in B",
}


@click.command(name="diff", short_help="Compare two datasets, or two states of one.")
@click.argument("a")
@click.argument("b")
@click.option("--all", "all_of_them", is_flag=True, help=f"Show every difference, not the first {FEW} of each kind.")
@click.option("--json", "as_json", is_flag=True, help="Print each difference as a line of JSON; the rest to stderr.")
@click.option("--site", "site_name", metavar="SITE", help="The file that defines the site, if it is not installed.")
def command(a: str, b: str, all_of_them: bool, as_json: bool, site_name: str | None) -> int:
    """Compare the datasets A and B: what is found in one only, and what they say differently.

    DATASET@3 is a dataset as it was after its run 3, DATASET@2026-11-01 as it was at the end of that day (UTC).
    Records are matched by id; one without a link joins one with a link where date and whole title match and no other
    could be meant. Exit code 0 whether they differ or not.
    """
    site = find_site(site_name) if site_name else None
    with ExitStack() as stack:
        one = stack.enter_context(closing(open_state(a, site)))
        other = stack.enter_context(closing(open_state(b, site)))
        known = [site] if site else load_sites()
        whole = next((site.whole for site in known if site.name == one.site), None)
        comparison, tally = Comparison(one, other, whole), Tally()
        differences = tally.counted(comparison.differences())
        if as_json:
            put_lines(difference.as_data() for difference in differences)
            for line in say_summary(comparison, tally):
                click.echo(line, err=True)
        else:
            kept = _first(differences, None if all_of_them else FEW)
            say_lines(say_summary(comparison, tally))
            _show(kept, tally)
    return 0


def _first(differences: Iterator[Difference], few: int | None) -> dict[str, list[Difference]]:
    """Return the first few differences of each kind."""
    kept: dict[str, list[Difference]] = {kind: [] for kind in _HEADINGS}
    for difference in differences:
        if few is None or len(kept[difference.kind]) < few:
            kept[difference.kind].append(difference)
    return kept


def _show(kept: dict[str, list[Difference]], tally: Tally) -> None:
    from harvester.cli.sides import render

    for kind, heading in _HEADINGS.items():
        if kept[kind]:
            more = tally.kinds[kind] - len(kept[kind])
            say_lines(["", f"{heading}:"])
            say_lines(line for difference in kept[kind] for line in render(difference))
            if more:
                say_lines([f"  ... and {more} more (--all shows them)"])
