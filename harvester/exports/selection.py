"""Which records of a dataset go into an export that was asked for some of them only."""

from harvester.dataset.find import matching
from harvester.dataset.states import PublishedState
from harvester.dates import ENGLISH
from harvester.errors import DatasetError, UsageProblem
from harvester.sites import load_sites


def select(state: PublishedState, query: str) -> frozenset[str]:
    """Return the ids of the records that `harvest find` would find; raises UsageProblem where nothing is asked for."""
    if not query.strip():
        raise UsageProblem("an empty query selects nothing", advice="Name words or a date, or leave --matching out.")
    dates = next((site.dates for site in load_sites() if site.name == state.site), ENGLISH)
    try:
        found = matching(state.only("records.jsonl"), state.documents(), query, dates)
        return frozenset(record["id"] for record in found)
    except (KeyError, TypeError) as error:
        raise DatasetError(f"{state.name} has a line that is no record or document: {error}") from error
