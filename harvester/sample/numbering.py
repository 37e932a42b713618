"""Gives drafts their places in the archive: node id, record id, slug, order of creation, facets."""

import random
from collections.abc import Iterable, Sequence

from harvester.sample.drafts import Draft
from harvester.sample.record import Record
from harvester.sample.slugs import make_slug, make_unique
from harvester.sample.vocabulary import list_terms

FIRST_NODE, FIRST_RECORD_ID = 270100, 110000
# How many terms of a facet a record has, at least and at most.
TERMS = {
    "places": (1, 2),
    "topics": (1, 3),
    "people": (0, 2),
    "languages": (1, 1),
    "original_repositories": (1, 1),
    "contributors": (0, 1),
}


def number_drafts(drafts: Sequence[Draft], rng: random.Random) -> Iterable[Record]:
    """Yield the records of drafts, which stand in order of creation, the oldest first."""
    taken: set[str] = set()
    node, blanks = FIRST_NODE, 0
    record_ids = rng.sample(range(FIRST_RECORD_ID, FIRST_RECORD_ID + 4 * len(drafts)), len(drafts))
    for created, (draft, record_id) in enumerate(zip(drafts, record_ids, strict=True), start=1):
        node += 1 + int(rng.random() * 3)
        if not draft.date:
            # The page of an undated record has an empty date element or none, by its node id: have both in turn.
            blanks += 1
            node += (node + blanks) % 2
        slug = make_unique(make_slug(draft.title), taken)
        taken.add(slug)
        yield Record(node, record_id, slug, draft.date, draft.title, draft.summary, created, _draw_facets(rng))


def _draw_facets(rng: random.Random) -> tuple[str, ...]:
    drawn: dict[str, None] = {}
    for facet, (least, most) in TERMS.items():
        terms = list_terms()[facet]
        for _ in range(least + int(rng.random() * (most - least + 1))):
            drawn[terms[int(rng.random() ** 2 * len(terms))]] = None  # squared: a few terms have most of the records
    return tuple(sorted(drawn))
