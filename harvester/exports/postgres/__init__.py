"""PostgreSQL: the tables in a schema of their own, with full-text search."""

from harvester.exports.attribution import attribution
from harvester.exports.destination import Options
from harvester.exports.exported import Exported
from harvester.exports.postgres.connections import connecting, refusing
from harvester.exports.postgres.database import PostgresDatabase
from harvester.exports.postgres.naming import schema_name
from harvester.exports.relational import load
from harvester.exports.source import Source


def export(source: Source, target: str, options: Options) -> Exported:
    """Load a dataset into a schema of a database, in one transaction."""
    schema = schema_name(source.name, options.schema)
    with connecting(target) as connection, refusing():
        return load(source, PostgresDatabase(connection, schema, attribution(source)), options)
