"""The account of a listing's ranges: what was seen, what is missing, and what may therefore be claimed."""

from harvester.coverage.account import Coverage, account
from harvester.coverage.captured import CapturedPage, set_aside, superseded
from harvester.coverage.documents import UNKNOWN, UNLISTED, WITH_UNKNOWNS, DocumentAccount
from harvester.coverage.pages import SeenPage, totals_of
from harvester.coverage.ranges import Range, gaps, join_ranges, say_ranges
from harvester.coverage.verdict import (
    AS_CAPTURED,
    COMPLETE,
    DRIFTED,
    INCOMPLETE,
    NOT_WALKED,
    UNVERIFIABLE,
    WHOLE,
)

__all__ = [
    "AS_CAPTURED",
    "COMPLETE",
    "DRIFTED",
    "INCOMPLETE",
    "NOT_WALKED",
    "UNKNOWN",
    "UNLISTED",
    "UNVERIFIABLE",
    "WHOLE",
    "WITH_UNKNOWNS",
    "CapturedPage",
    "Coverage",
    "DocumentAccount",
    "Range",
    "SeenPage",
    "account",
    "gaps",
    "join_ranges",
    "say_ranges",
    "set_aside",
    "superseded",
    "totals_of",
]
