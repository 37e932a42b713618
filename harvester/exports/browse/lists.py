"""Counts the values of a column of lists among the records found: the facets of places, people, topics, listings."""

from typing import Any

from datasette.database import QueryInterrupted  # type: ignore[import-untyped]
from datasette.facets import Facet  # type: ignore[import-untyped]

from harvester.exports.browse.addresses import address_for, read_pairs

# Datasette's facet of arrays sorts whole rows, so as to count a value once that stands twice in a list. In these lists
# none does; counted so, people and places of 16,756 records take 0.03 seconds instead of 0.36.
_COUNTED = """
SELECT listed.value AS value, count(*) AS count FROM ({found}) AS found, json_each(found.{column}) AS listed
GROUP BY listed.value ORDER BY count(*) DESC, listed.value LIMIT {limit}
"""


class ListFacet(Facet):  # type: ignore[misc]
    """A facet whose type in the metadata is `list`."""

    type = "list"

    async def facet_results(self) -> tuple[list[dict[str, Any]], list[str]]:
        """Return the facets, and the names of those for which there was not time enough."""
        counted, late = [], []
        for config in self.get_configs():
            column = config["config"]["simple"]
            try:
                counted.append(await self._count(column))
            except QueryInterrupted:
                late.append(column)
        return counted, late

    async def _count(self, column: str) -> dict[str, Any]:
        limit = self.get_facet_size()
        sql = _COUNTED.format(found=self.sql, column=column, limit=limit + 1)
        time = self.ds.setting("facet_time_limit_ms")
        rows = (await self.ds.execute(self.database, sql, self.params, custom_time_limit=time)).rows
        results = [self._result(column, row["value"], row["count"]) for row in rows[:limit]]
        return {
            "name": column, "type": self.type, "results": results, "hideable": False, "toggle_url": "",
            "truncated": len(rows) > limit,
        }  # fmt: skip

    def _result(self, column: str, value: str, count: int) -> dict[str, Any]:
        pairs, one = read_pairs(self.request.query_string), (f"{column}__arraycontains", value)
        selected = one in pairs
        url = address_for([pair for pair in pairs if pair != one] if selected else [*pairs, one])
        return {"value": value, "label": value, "count": count, "selected": selected, "toggle_url": url}
