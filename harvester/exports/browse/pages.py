"""What the pages of the browser show beyond Datasette's own: the hooks by which it asks for that."""

import json
import shlex
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from datasette import NotFound, Response  # type: ignore[import-untyped]
from datasette.filters import FilterArguments  # type: ignore[import-untyped]
from datasette.utils import tilde_decode, tilde_encode  # type: ignore[import-untyped]
from datasette.utils.asgi import BadRequest, Base400  # type: ignore[import-untyped]
from datasette.views.base import DatasetteError  # type: ignore[import-untyped]
from pluggy import HookimplMarker

from harvester.errors import UsageProblem
from harvester.exports.browse.addresses import LIST, Pairs, chips, from_start, orders, read_pairs, search_for
from harvester.exports.browse.asking import clauses_asked
from harvester.exports.browse.guard import DATABASE
from harvester.exports.browse.lists import ListFacet
from harvester.exports.browse.record import Row, read_record, read_rows

FACETS = {"decade": "Decade", "year": "Year", "places": "Place", "people": "Person", "topics": "Topic",
          "listings": "Listing"}  # fmt: skip
hookimpl = HookimplMarker("datasette")


@dataclass(frozen=True, slots=True)
class About:
    """What every page says of the dataset: its name, its archive's, the attribution, how far it goes.

    `documents` are lines on what was proved of these, none where no document's page was wanted.
    `folder` is what `harvest why` is to be asked about.
    """

    name: str
    archive: str | None
    folder: str
    attribution: str
    as_of: str | None
    documents: tuple[str, ...]
    with_sql: bool


class Pages:
    """The hooks, as Datasette asks for them."""

    __name__ = "harvest-browse"  # Datasette asks each plugin for one

    def __init__(self, about: About) -> None:
        self.about = about

    @hookimpl
    def prepare_jinja2_environment(self, env: Any) -> None:
        """Give the templates the two ways in which they write an id: in an address, and on a command line."""
        env.filters |= {"tilde": tilde_encode, "quoted": shlex.quote}

    @hookimpl
    def register_routes(self) -> list[tuple[str, Callable[[], Any]]]:
        """Lead the first page to the records."""
        return [(r"^/$", lambda: Response.redirect(LIST))]

    @hookimpl
    def register_facet_classes(self) -> list[type]:
        """Add the facet that counts in lists."""
        return [ListFacet]

    @hookimpl
    def extra_template_vars(self, template: str, request: Any, datasette: Any) -> Callable[[], Any]:
        """Give the pages what they show."""

        async def told() -> dict[str, Any]:
            ask = _asking(datasette)
            shared = {"about": self.about, "list": LIST}
            if template == "table-archive-catalogue.html":
                return {**shared, **await self._of_list(ask, request)}
            if template == "row-archive-catalogue.html":
                found = await read_record(ask, tilde_decode(request.url_vars["pks"]))
                return {**shared, "record": found, "search_for": search_for}
            return shared

        return told

    async def _of_list(self, ask: Any, request: Any) -> dict[str, Any]:
        pairs: Pairs = read_pairs(request.query_string)
        accounts = await ask("SELECT * FROM listings ORDER BY position", {})
        labels = {one["listing"]: one["label"] for one in accounts if one["label"]}

        async def rows_of(display_rows: Sequence[Any]) -> list[Row]:
            return await read_rows(ask, [row["id"] for row in display_rows])

        return {
            "rows_of": rows_of,
            "chips": list(chips(pairs, labels)),
            "kept": [pair for pair in pairs if pair[0] not in {"_search", "_from", "_to"}],
            "orders": list(orders(pairs)),
            "facet_names": FACETS,
            "from_start": from_start,
            "accounts": [{**one, "reasons": json.loads(one["reasons"])} for one in accounts],
            "labels": labels,
        }

    @hookimpl
    def filters_from_request(self, request: Any, table: str) -> Any:
        """Narrow the list by words and years."""
        if table != "catalogue":
            return None
        asked = {name: request.args.get(name) or "" for name in ("_search", "_from", "_to")}
        try:
            clauses, values = clauses_asked(asked)
        except UsageProblem as error:
            raise BadRequest(error.message) from error
        return FilterArguments(clauses, values, extra_context={"search": asked["_search"].strip()})

    @hookimpl
    def handle_exception(self, datasette: Any, request: Any, exception: Exception) -> Callable[[], Any]:
        """Answer an error with a page of its own; a former id of a record leads to the record."""

        async def told() -> Any:
            status, sentence = _explained(exception)
            if status == 404 and (now := await _merged_into(_asking(datasette), request.path)):
                return Response.redirect(f"{LIST}/{now}", status=301)
            if status == 500:
                traceback.print_exception(exception, file=sys.stderr)
            if request.path.endswith(".json"):
                return Response.json({"ok": False, "status": status, "error": sentence}, status=status)
            shown = {"status": status, "error": sentence, "about": self.about, "list": LIST}
            page = datasette.jinja_env.get_template("error.html")
            return Response.html(await page.render_async(shown), status=status)

        return told


def _asking(datasette: Any) -> Callable[[str, dict[str, Any]], Any]:
    async def ask(sql: str, params: dict[str, Any]) -> list[Row]:
        return [dict(row) for row in await datasette.get_database(DATABASE).execute(sql, params)]

    return ask


def _explained(exception: Exception) -> tuple[int, str]:
    if isinstance(exception, NotFound):
        return 404, "There is no such record here."
    if isinstance(exception, Base400):
        return exception.status, str(exception.args[0])
    if isinstance(exception, DatasetteError):
        # With no status of its own, and not from another error, it means an address that asks for nonsense.
        asked = exception.status == 500 and exception.__context__ is None
        return 400 if asked else exception.status, exception.message
    return 500, "This page could not be made. What went wrong stands in the terminal in which the server runs."


async def _merged_into(ask: Any, path: str) -> str | None:
    if not path.startswith(f"{LIST}/"):
        return None
    key = tilde_decode(path.removeprefix(f"{LIST}/").removesuffix(".json"))
    found = await ask("SELECT record FROM former_ids WHERE id = :id", {"id": key})
    return found[0]["record"] if found else None
