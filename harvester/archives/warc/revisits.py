"""Revisits: records that say only that a page was the same as in another record, and how they refer to it."""

from dataclasses import dataclass

from harvester.archives.finds import Damaged
from harvester.archives.warc.digests import tell_digest
from harvester.archives.warc.fields import Fields, to_time
from harvester.archives.warc.records import Record
from harvester.errors import UnresolvedRevisit


@dataclass(frozen=True, slots=True)
class Names:
    """By what a record can be referred to: its payload's digest, its id, its address and second."""

    digest: str | None
    record: str | None
    time: str | None

    def listed(self) -> list[str]:
        """Return those that there are, the surest first."""
        return [name for name in (self.digest, self.record, self.time) if name]


@dataclass(frozen=True, slots=True)
class Revisit:
    """A record that refers to another; `status` and `content_type` are its own, None where it has none."""

    refers_to: Names
    url: str
    captured_at: str | None
    status: int | None
    content_type: str | None
    challenged: bool
    file: str
    offset: int


def unresolved(revisit: Revisit) -> Damaged:
    """Return the damage of a revisit whose original no archive given holds."""
    names = " or ".join(revisit.refers_to.listed()) or "nothing that it names"
    where = f"{revisit.file}, byte {revisit.offset:,}"
    error = UnresolvedRevisit(f"the record refers to {names[:300]}, which is in no archive given", where=where)
    return Damaged(error, revisit.file, revisit.offset, revisit.url)


def differ(one: str | None, other: str | None) -> bool:
    """Return whether two digests of one kind are of different bodies."""
    if one is None or other is None:
        return False
    return one.partition(":")[0] == other.partition(":")[0] and one != other


def own_names(record: Record) -> Names:
    """Return by what a record can be referred to."""
    fields = record.fields
    return _names(fields, fields.first("warc-record-id"), record.url, fields.first("warc-date"))


def names_referred_to(record: Record) -> Names:
    """Return by what a record refers to another."""
    fields = record.fields
    url = (fields.first("warc-refers-to-target-uri") or "").removeprefix("<").removesuffix(">") or record.url
    return _names(fields, fields.first("warc-refers-to"), url, fields.first("warc-refers-to-date"))


def _names(fields: Fields, record: str | None, url: str | None, date: str | None) -> Names:
    time = to_time(date)
    return Names(
        digest=tell_digest(fields.first("warc-payload-digest")),
        record=f"<{record.strip('<>')}>" if record else None,
        time=f"{url} of {time}" if url and time else None,
    )
