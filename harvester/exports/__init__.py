"""From a dataset into what its users already have: databases, tables, bibliographies, lines of JSON."""

from harvester.exports.destination import Destination, find_destination
from harvester.exports.exported import Exported
from harvester.exports.source import Source

__all__ = ["Destination", "Exported", "Source", "find_destination"]
