"""A dataset as tables: declared once, and loaded alike into every database."""

from harvester.exports.relational.database import Database
from harvester.exports.relational.documents import DOCUMENTS
from harvester.exports.relational.held import FORMAT, LOAD, Held
from harvester.exports.relational.loading import load
from harvester.exports.relational.model import ALL, FAMILIES, TABLES, hangs_on_record
from harvester.exports.relational.records import RECORDS
from harvester.exports.relational.tables import Column, Family, Row, Table

__all__ = [
    "ALL",
    "DOCUMENTS",
    "FAMILIES",
    "FORMAT",
    "LOAD",
    "RECORDS",
    "TABLES",
    "Column",
    "Database",
    "Family",
    "Held",
    "Row",
    "Table",
    "hangs_on_record",
    "load",
]
