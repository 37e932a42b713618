"""All tables: every database has them so, and docs/database.md says what they mean."""

from harvester.exports.relational.accounts import LISTINGS
from harvester.exports.relational.documents import DOCUMENTS
from harvester.exports.relational.former import FORMER
from harvester.exports.relational.held import LOAD
from harvester.exports.relational.records import RECORDS
from harvester.exports.relational.tables import Table

FAMILIES = (RECORDS, DOCUMENTS, LISTINGS, FORMER)
TABLES = tuple(table for family in FAMILIES for table in family.tables)
ALL = (*TABLES, LOAD)  # with the one that tells what is loaded


def hangs_on_record(table: Table) -> bool:
    """Return whether the rows of a table belong to records, and so go when their record goes."""
    return table.of is not None and table is not RECORDS.head
