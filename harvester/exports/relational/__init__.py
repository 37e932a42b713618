"""A dataset as tables: declared once, and loaded alike into every database."""

from harvester.exports.relational.held import FORMAT, Held
from harvester.exports.relational.loading import Database, load
from harvester.exports.relational.model import DOCUMENTS, FAMILIES, RECORDS, TABLES
from harvester.exports.relational.tables import Column, Family, Row, Table

__all__ = [
    "DOCUMENTS",
    "FAMILIES",
    "FORMAT",
    "RECORDS",
    "TABLES",
    "Column",
    "Database",
    "Family",
    "Held",
    "Row",
    "Table",
    "load",
]
