"""The ledger: what was seen, when and where; and its projection into records."""

from harvester.ledger.captured import HeldCapture
from harvester.ledger.faults import explain_fault
from harvester.ledger.feed import Feed, change_lines
from harvester.ledger.forgotten import Forgotten, last_seen
from harvester.ledger.keys import WalkKey
from harvester.ledger.ledger import Ledger
from harvester.ledger.past import PastLedger
from harvester.ledger.projection import Projection
from harvester.ledger.runs import last_that_told
from harvester.ledger.store import FILE
from harvester.ledger.versions import feed_began, folded_run, published_then
from harvester.ledger.walks import Walked, Whole, coverage_as_data
from harvester.ledger.withdrawn import confirmations_needed

__all__ = [
    "FILE",
    "Feed",
    "Forgotten",
    "HeldCapture",
    "Ledger",
    "PastLedger",
    "Projection",
    "WalkKey",
    "Walked",
    "Whole",
    "change_lines",
    "confirmations_needed",
    "coverage_as_data",
    "explain_fault",
    "feed_began",
    "folded_run",
    "last_seen",
    "last_that_told",
    "published_then",
]
