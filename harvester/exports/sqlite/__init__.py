"""SQLite: the tables in one file, with full-text search (FTS5)."""

from harvester.exports.sqlite.file import export

__all__ = ["export"]
