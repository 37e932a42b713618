"""What the keepers of the archive do by day: each kind of work, done to the records as they stand."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from harvester.sample.events import EVENTS, Event, Stage
from harvester.sample.record import Record

Work = Callable[[Stage, Event], Record | None]


def retitle(stage: Stage, event: Event) -> Record | None:
    """Mend a title; its address stays as it is."""
    record = stage.pick(event.where)
    return stage.archive.change(record.node, title=f"{record.title}, Case {event.at}") if record else None


def redate(stage: Stage, event: Event) -> Record | None:
    """Print the date of another record."""
    record, other = stage.pick(event.where), stage.pick(event.to)
    return stage.archive.change(record.node, date=other.date) if record and other else None


def resummarise(stage: Stage, event: Event) -> Record | None:
    """Write another summary, or none."""
    record = stage.pick(event.where)
    summary = [f"Read anew in the course of inventory {event.at}."] if event.to < 0.8 else []
    return stage.archive.change(record.node, summary=summary) if record else None


def refile(facet: str, stage: Stage, event: Event) -> Record | None:
    """Take a record out of the listing of a facet, or put it there; it stands between older and newer ones."""
    record = stage.pick(event.where)
    if record is None:
        return None
    kept = [term for term in record.facets if term != facet]
    return stage.archive.change(record.node, facets=kept if facet in record.facets else [*kept, facet])


def works_on(facet: str) -> Mapping[str, Work]:
    """Return all kinds of work by their names; records are filed and taken out under this facet."""

    def refile_here(stage: Stage, event: Event) -> Record | None:
        return refile(facet, stage, event)

    own = {"retitle": retitle, "redate": redate, "resummarise": resummarise, "refile": refile_here}
    return MappingProxyType({**EVENTS, **own})
