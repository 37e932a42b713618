"""Writes the facets beside a listing: the commonest terms, how many records each has, and a link to narrow by it."""

import re
from collections.abc import Mapping
from html import escape

from harvester.sample.query import Query, write_query
from harvester.sample.vocabulary import list_terms, name_terms

SHOWN = 10  # terms of a facet; the others hide behind "Show more" there
LABELS = {
    "places": "Places",
    "topics": "Topics",
    "people": "People",
    "languages": "Languages",
    "original_repositories": "Original Repositories",
    "contributors": "Contributors",
}


def render_sidebar(query: Query, counts: Mapping[str, int]) -> str:
    """Return the aside with one list a facet; counts holds the records of the whole listing by "facet:id"."""
    blocks = [_render_facet(query, facet, counts) for facet in LABELS]
    return '<aside class="layout-sidebar" role="complementary">\n' + "".join(blocks) + "</aside>"


def _render_facet(query: Query, facet: str, counts: Mapping[str, int]) -> str:
    present = [term for term in list_terms()[facet] if counts.get(term)]
    commonest = sorted(present, key=lambda term: -counts[term])[:SHOWN]
    items = "".join(_render_term(query, term, counts[term]) for term in commonest)
    return (
        f'<div class="block block-facets"><h2 class="title">{LABELS[facet]}</h2>\n'
        f'<ul class="js-facets-checkbox-links" data-drupal-facet-alias="{facet}">\n{items}</ul></div>\n'
        if items
        else ""
    )


def _render_term(query: Query, term: str, number: int) -> str:
    active = term in query.filters
    others = tuple(pair for pair in query.pairs if pair[0] != "page" and not re.fullmatch(r"f\[[^\[\]]*\]", pair[0]))
    wanted = [kept for kept in query.filters if kept != term] + [term] * (not active)
    href = "/search?" + write_query((*others, *((f"f[{n}]", kept) for n, kept in enumerate(wanted))))
    mark = '<span class="facet-item__status">(-)</span>' if active else ""
    return (
        f'<li class="facet-item"><a href="{escape(href)}" rel="nofollow"{" class=is-active" * active}>{mark}'
        f'<span class="facet-item__value">{escape(name_terms()[term])}</span>'
        f'<span class="facet-item__count">({number})</span></a></li>\n'
    )
