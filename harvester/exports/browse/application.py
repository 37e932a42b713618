"""Sets up Datasette: what it may do, what it shows, and the guard before it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from datasette.app import Datasette  # type: ignore[import-untyped]
from datasette.database import Database  # type: ignore[import-untyped]
from datasette.plugins import pm  # type: ignore[import-untyped]

from harvester.exports.browse.guard import DATABASE, PAGES, PAGES_WITH_SQL, App, Guard
from harvester.exports.browse.pages import About, Pages

HERE = Path(__file__).parent
# Datasette's default first, then ours with its reason.
SETTINGS = {
    "default_page_size": 50,  # 100; a page of the list stays readable
    "suggest_facets": False,  # True; asks every column on every page
    "allow_download": False,  # True; hands out the database's file
    "allow_csv_stream": False,  # True; `harvest export` writes CSV that is safe to open in a spreadsheet
    "sql_time_limit_ms": 3_000,  # 1000; a search among a million texts on a slow disk
    "facet_time_limit_ms": 3_000,  # 200; a facet that is left out is worse than one that takes a second
    "default_cache_ttl": 0,  # 5; the next dataset may stand behind the same address
}


@contextmanager
def application(database: Path, about: About, *, immutable: bool, only_loopback: bool) -> Iterator[App]:
    """Give the ASGI application that shows a database; `immutable` says that nobody can write to it meanwhile.

    Arbitrary SQL is read-only, ends after three seconds, and is there only if the user of this machine asked for it.
    """
    settings = {**SETTINGS, "default_allow_sql": about.with_sql, "allow_facet": about.with_sql}
    pages = Pages(about)
    shown = Datasette(
        metadata=_metadata(),
        settings=settings,
        template_dir=str(HERE / "templates"),
        static_mounts=[("look", str(HERE / "look"))],
    )
    shown.remove_database("_memory")
    shown.add_database(Database(shown, str(database), is_mutable=not immutable), name=DATABASE)
    # Its own prints every page that was not found, with all variables, into the terminal.
    own = pm.unregister(name="datasette.handle_exception")
    pm.register(pages)
    try:
        yield Guard(shown.app(), PAGES_WITH_SQL if about.with_sql else PAGES, only_loopback)
    finally:
        pm.unregister(pages)
        pm.register(own, "datasette.handle_exception")
        shown.executor.shutdown()
        for one in shown.databases.values():
            one.close()


def _metadata() -> dict[str, object]:
    facets = ["decade", "year", *({"list": name} for name in ("places", "people", "topics", "listings"))]
    table = {"facets": facets, "facet_size": 200, "sort": "number"}
    return {"databases": {DATABASE: {"tables": {"catalogue": table}}}}
