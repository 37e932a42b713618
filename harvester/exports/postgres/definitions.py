"""The tables in PostgreSQL's own words: types, constraints, indexes, the column that is searched, comments."""

from collections.abc import Iterator
from dataclasses import dataclass

from psycopg import sql

from harvester.exports.relational import FAMILIES, RECORDS, Column, Table

TYPES = {"text": "text", "date": "date", "boolean": "boolean", "integer": "bigint", "json": "jsonb"}
SEARCH = "search"
# A tsvector holds at most 1,048,575 bytes. Of 100,000 characters the worst text found (each word two rare characters,
# joined by hyphens) comes to 850,000; of ordinary text 200,000. So no text can make a load fail.
_SEARCHED, _SUMMARY = 100_000, 60_000
_WEIGHTS = "ABCCCCCC"  # what stands in a title counts most
_ID = frozenset({"id", "record"})
_DAYS = ("date_earliest", "date_latest")


def searched(table: Table) -> dict[str, int]:
    """Return the columns of a table that are searched, and how many characters of each."""
    others = (_SEARCHED - _SUMMARY) // max(1, len(table.search) - 1)
    if len(table.search) == 1:
        return {table.search[0]: _SEARCHED}
    return {name: _SUMMARY if name == "summary" else others for name in table.search}


@dataclass(frozen=True, slots=True)
class Place:
    """Where tables are: a schema, and what stands behind their names while they are built beside others."""

    schema: str
    suffix: str = ""

    def table(self, name: str) -> sql.Identifier:
        """Return the name of a table, whole."""
        return sql.Identifier(self.schema, self.called(name))

    def called(self, name: str) -> str:
        """Return the name of a table, index or constraint within its schema."""
        return name + self.suffix


def listed(names: tuple[str, ...]) -> sql.Composed:
    """Return names, quoted, with commas between."""
    return sql.SQL(", ").join(map(sql.Identifier, names))


def create(place: Place, table: Table) -> sql.Composed:
    """Return the statement that makes a table, without what is quicker made once its rows are there."""
    parts: list[sql.Composable] = [_defined(column) for column in table.columns]
    if table.search:
        parts.append(sql.SQL("{} tsvector GENERATED ALWAYS AS ({}) STORED").format(
            sql.Identifier(SEARCH), _vector(searched(table))
        ))  # fmt: skip
    if set(_DAYS) <= set(table.names):
        name = sql.Identifier(place.called(f"{table.name}_days"))
        parts.append(sql.SQL("CONSTRAINT {} CHECK (date_earliest <= date_latest)").format(name))
    return sql.SQL("CREATE TABLE {} ({})").format(place.table(table.name), sql.SQL(", ").join(parts))


def _defined(column: Column) -> sql.Composed:
    collation = ' COLLATE "C"' if column.name in _ID else ""  # ids are sorted as in the files
    null = "" if column.nullable else " NOT NULL"
    return sql.SQL("{} " + TYPES[column.kind] + collation + null).format(sql.Identifier(column.name))


def _vector(columns: dict[str, int]) -> sql.Composable:
    parts = (
        sql.SQL("setweight(to_tsvector('simple', left(coalesce({}, ''), {})), {})").format(
            sql.Identifier(name), sql.Literal(longest), sql.Literal(weight)
        )
        for weight, (name, longest) in zip(_WEIGHTS, columns.items(), strict=False)
    )
    return sql.SQL(" || ").join(parts)


def complete(place: Place, table: Table) -> Iterator[sql.Composed]:
    """Yield the statements that give a table, once its rows are there, its key and indexes."""
    named, key = sql.Identifier(place.called(f"{table.name}_key")), listed(table.key)
    yield sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} PRIMARY KEY ({})").format(place.table(table.name), named, key)
    for columns in table.indexes:
        yield _index(place, table, columns)
    if table.search:
        name = sql.Identifier(place.called(f"{table.name}_by_{SEARCH}"))
        yield sql.SQL("CREATE INDEX {} ON {} USING gin ({})").format(
            name, place.table(table.name), sql.Identifier(SEARCH)
        )


def _index(place: Place, table: Table, columns: tuple[str, ...]) -> sql.Composed:
    """Return an index; of text that may be of any length it is a hash, as a B-tree takes no more than 2,704 bytes.

    Where the key has the column too that is of no use, and a hash of few values that come often is slow.
    """
    last = columns[-1]
    kind = next(column.kind for column in table.columns if column.name == last)
    free = kind == "text" and last not in {*table.key, *_ID}
    told, using = ((last,), sql.SQL("hash")) if free else (columns, sql.SQL("btree"))
    name = sql.Identifier(place.called(f"{table.name}_by_{'_'.join(told)}"))
    return sql.SQL("CREATE INDEX {} ON {} USING {} ({})").format(name, place.table(table.name), using, listed(told))


def connect(place: Place) -> Iterator[sql.Composed]:
    """Yield the statements that hang a family's tables on its first one, and those of documents on the records."""
    for family in FAMILIES:
        for table in family.tables[1:]:
            yield _reference(place, table, family.head)
        if family.head.of is not None and family is not RECORDS:
            yield _reference(place, family.head, RECORDS.head)


def _reference(place: Place, table: Table, head: Table) -> sql.Composed:
    name = sql.Identifier(place.called(f"{table.name}_of_{head.name}"))
    return sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} (id) ON DELETE CASCADE").format(
        place.table(table.name), name, sql.Identifier(table.of or "id"), place.table(head.name)
    )


def describe(place: Place, table: Table) -> Iterator[sql.Composed]:
    """Yield the comments on a table and its columns."""
    yield sql.SQL("COMMENT ON TABLE {} IS {}").format(place.table(table.name), sql.Literal(table.description))
    told = [(column.name, column.description) for column in table.columns]
    if table.search:
        parts = " and ".join(f"the first {most:,} characters of {name}" for name, most in searched(table).items())
        told.append((SEARCH, f"For full-text search: the words, in the configuration simple, of {parts}"))
    for name, description in told:
        column = sql.Identifier(place.schema, place.called(table.name), name)
        yield sql.SQL("COMMENT ON COLUMN {} IS {}").format(column, sql.Literal(description))
