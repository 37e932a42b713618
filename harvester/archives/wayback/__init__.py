"""The Wayback Machine and its like, as far as no network is needed: index queries and lines, addresses, the choice."""

from harvester.archives.wayback.addresses import WAYBACK_URL, Address, iso_time, memento_url, read_address, timestamp_of
from harvester.archives.wayback.candidates import Candidate, candidate_of, candidates_of
from harvester.archives.wayback.index import IndexLine, IndexPage, index_url, read_index
from harvester.archives.wayback.plan import Plan
from harvester.archives.wayback.reads import Read
from harvester.archives.wayback.shelves import MOST_CAPTURES, Shelves, Shot, Wanted, paths_of
from harvester.archives.wayback.visits import Visit, split_visits

__all__ = [
    "MOST_CAPTURES",
    "WAYBACK_URL",
    "Address",
    "Candidate",
    "IndexLine",
    "IndexPage",
    "Plan",
    "Read",
    "Shelves",
    "Shot",
    "Visit",
    "Wanted",
    "candidate_of",
    "candidates_of",
    "index_url",
    "iso_time",
    "memento_url",
    "paths_of",
    "read_address",
    "read_index",
    "split_visits",
    "timestamp_of",
]
