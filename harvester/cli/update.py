"""`harvest update`: harvests datasets again, from what they were made from."""

from collections.abc import Sequence
from pathlib import Path

import click

from harvester.cli import options
from harvester.cli.crawling import carry_out
from harvester.cli.exporting import run_exports
from harvester.cli.ringing import run_and_ring
from harvester.cli.several import update_each
from harvester.cli.updating import Asked, order_for, order_of
from harvester.errors import UsageProblem
from harvester.standing.config import FILE_NAME, load
from harvester.standing.values import Harvest


@click.command(name="update", short_help="Harvest datasets again, from what they were made from.")
@click.argument("names", nargs=-1, metavar="[NAME|DATASET]...")
@click.option("--contact", metavar="MAIL-OR-URL", help="Who asks; or set HARVEST_CONTACT. Needed beyond loopback.")
@click.option("--origin", metavar="URL", help="Ask another host than the site's own: a copy of it.")
@click.option("--full", is_flag=True, help="Walk every listing to its end, whatever is known.")
@click.option(
    "--whole-pages", is_flag=True, help="Have pages come though the server would say that they did not change."
)
@click.option(
    "--config", type=click.Path(path_type=Path), metavar="FILE", help=f"Declares the harvests. Default: ./{FILE_NAME}"
)
@click.option("--timeout", type=click.FloatRange(min=0.1), metavar="SECONDS", help="How long one page may take, whole.")
@options.wayback
@click.pass_context
def command(
    context: click.Context, names: tuple[str, ...], contact: str | None, origin: str | None, full: bool,
    whole_pages: bool, config: Path | None, timeout: float | None, wayback: str,
) -> int:  # fmt: skip
    """Harvest again what each DATASET was made from, or each harvest that harvest.toml declares by NAME.

    Without names all harvests of harvest.toml, one after the other: one that fails does not keep the others from
    running, and the exit code is the worst. A folder goes by ./NAME where a harvest has its name.

    The site is asked for as little as shows what is new: only for pages that changed, and for the newest ones only
    where the order allows it; for all of them every so often.
    """
    debug = bool(context.obj and context.obj["debug"])
    declared = _declared(names, config)
    if len(names := names or tuple(declared)) != 1:
        said = {
            "--contact": contact,
            "--origin": origin,
            "--config": config,
            "--timeout": timeout,
            "--wayback": wayback,
        }
        given = [f"{name}={value}" for name, value in said.items() if value is not None]
        flags = [name for name, is_given in (("--full", full), ("--whole-pages", whole_pages)) if is_given]
        return update_each(names, [*given, *flags], debug=debug)
    asked = Asked(contact, origin, full, whole_pages, timeout, wayback)
    if (harvest := declared.get(names[0])) is not None:
        return _update_harvest(harvest, asked, debug=debug)
    return carry_out(order_for(Path(names[0]), asked), debug=debug).code


def _declared(names: Sequence[str], config: Path | None) -> dict[str, Harvest]:
    """Return the harvests that names may stand for, by name; raises UsageProblem for a name that stands for nothing."""
    path = config or Path(FILE_NAME)
    words = [name for name in names if "/" not in name and name not in {".", ".."}]
    others = [name for name in words if not Path(name).is_dir()]
    if names and (not words or (config is None and not path.exists())):
        if others:
            advice = "Name a dataset folder, or with --config the file that declares it."
            raise UsageProblem(f"there is no {FILE_NAME} here, and no folder {others[0]}", advice=advice)
        return {}
    known = load(path)
    for name in others:
        known.named(name)
    return dict(known.harvests)


def _update_harvest(harvest: Harvest, asked: Asked, *, debug: bool) -> int:
    return run_and_ring(
        harvest,
        lambda: carry_out(order_of(harvest, asked), debug=debug),
        lambda ran: run_exports(harvest.exports, ran),
    )
