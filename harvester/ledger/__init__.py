"""The ledger: what was seen, when and where; and its projection into records."""

from harvester.ledger.captured import HeldCapture
from harvester.ledger.faults import explain_fault
from harvester.ledger.forgotten import Forgotten, last_seen
from harvester.ledger.keys import WalkKey
from harvester.ledger.ledger import FILE, Ledger
from harvester.ledger.past import PastLedger
from harvester.ledger.projection import Projection
from harvester.ledger.walks import Walked, Whole, coverage_as_data

__all__ = [
    "FILE",
    "Forgotten",
    "HeldCapture",
    "Ledger",
    "PastLedger",
    "Projection",
    "WalkKey",
    "Walked",
    "Whole",
    "coverage_as_data",
    "explain_fault",
    "last_seen",
]
