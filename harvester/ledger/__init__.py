"""The ledger: what was seen, when and where; and its projection into records."""

from harvester.ledger.ledger import FILE, Ledger, WalkKey
from harvester.ledger.projection import Projection

__all__ = ["FILE", "Ledger", "Projection", "WalkKey"]
