"""The values that pass from room to room: what a page says, and what is published."""

from harvester.items.document import Document, FileLink, Term, Text, Unknown
from harvester.items.listing import Address, Counter, Entry, Reading, Record, Reject, Row

__all__ = [
    "Address",
    "Counter",
    "Document",
    "Entry",
    "FileLink",
    "Reading",
    "Record",
    "Reject",
    "Row",
    "Term",
    "Text",
    "Unknown",
]
