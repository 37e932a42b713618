"""Bibliographies: one neutral reference a record, its date taken apart, its misfits; a module for each format."""

from harvester.exports.citing.dates import Point, Said, read_said
from harvester.exports.citing.languages import language_code
from harvester.exports.citing.misfits import Misfits
from harvester.exports.citing.reference import Reference, read_references

__all__ = ["Misfits", "Point", "Reference", "Said", "language_code", "read_references", "read_said"]
