"""Which entries, and which pages, are one record; rules only, and never a guess."""

from harvester.identity.addresses import Claim, Joined, join_addresses
from harvester.identity.ids import content_digest, joining_key, linked_id, linkless_id, may_join

__all__ = [
    "Claim",
    "Joined",
    "content_digest",
    "join_addresses",
    "joining_key",
    "linked_id",
    "linkless_id",
    "may_join",
]
