"""`harvest browse`: shows a dataset in a browser."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from harvester.cli import complain, say_lines
from harvester.dataset.documents import say_documents
from harvester.errors import MissingExtra, UsageProblem
from harvester.exports.browse.catalogue import build_database
from harvester.exports.browse.guard import is_loopback
from harvester.exports.origin import origin_of
from harvester.exports.own_files import refuse_own_files
from harvester.exports.source import Source


@click.command(name="browse", short_help="Look through a dataset in a browser: search, facets, sources.")
@click.argument("dataset", type=click.Path(path_type=Path))
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="0: any that is free.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Another one lets other machines read along.")
@click.option("--open/--no-open", "show", default=False, help="Open the browser too.")
@click.option(
    "--database",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep the database there, so that the next start only brings in what changed (default: a temporary one).",
)
@click.option("--sql", "with_sql", is_flag=True, help="Show all tables, and let SQL be asked: read-only, 3 s at most.")
def command(dataset: Path, port: int, host: str, show: bool, database: Path | None, with_sql: bool) -> int:
    """Show DATASET, as it was last published, in a browser, until Ctrl-C.

    Search by words and years, narrow by decade, place, person, topic and listing, open a record, go to its source.
    Nothing can be changed there, and only this machine is answered, unless --host says otherwise.
    """
    try:
        from harvester.exports.browse.application import application
        from harvester.exports.browse.pages import About
        from harvester.exports.browse.serving import address_of, ended_by_signals, listen, serve
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("harvester"):
            raise
        raise MissingExtra("harvest browse", "browse") from error
    if database is not None:
        refuse_own_files(dataset, str(database))
    with ended_by_signals(), Source(dataset) as source, listen(host, port) as listening:
        alone = is_loopback(listening.getsockname()[0])
        if with_sql and not alone:
            raise UsageProblem("--sql is for this machine only", advice="Leave out --sql, or --host.")
        with _placed(database) as path:
            records = build_database(source, path).records
            folder = shlex.quote(str(dataset) if alone else source.name)
            origin = origin_of(source)
            archive = origin.sources[0][0] if origin.sources else None
            documents = tuple(say_documents(source.coverage.get("documents")))
            about = About(source.name, archive, folder, origin.attribution, source.as_of, documents, with_sql)
            with application(path, about, immutable=database is None, only_loopback=alone) as app:
                if not alone:
                    complain(f"anyone who can reach this machine can read {source.name} now; there is no password")
                say_lines([f"{records} record{'s' * (records != 1)} at {address_of(listening)} (Ctrl-C ends this)"])
                serve(app, listening, show=show)
    return 0


@contextmanager
def _placed(database: Path | None) -> Iterator[Path]:
    """Give the path of the database: the one that was named, else one that is removed at the end."""
    if database is not None:
        yield database
        return
    with TemporaryDirectory(prefix="harvest-browse-") as folder:
        yield Path(folder) / "archive.sqlite"
