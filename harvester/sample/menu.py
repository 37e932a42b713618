"""Writes the mega menu above every page: about 24,000 characters of what a careless reader takes for records."""

import random
from functools import lru_cache
from html import escape

from harvester.sample.vocabulary import list_terms, name_terms, read_words

COLUMNS = {"topics": "Topics", "places": "Places"}


@lru_cache(maxsize=64)
def render_menu(featured: str) -> str:
    """Return the header's navigation; featured is the slug of the document that it shows off."""
    rng = random.Random(0)  # the menu is the same in every archive
    parts = ['<nav id="block-mega-menu" class="mega-menu" role="navigation" aria-label="Main navigation">', "<ul>"]
    parts += [_render_collections(rng), _render_people(rng)]
    parts += [_render_terms(rng, facet, label) for facet, label in COLUMNS.items()]
    parts += [_render_featured(featured), "</ul>", "</nav>"]
    return "\n".join(parts)


def _render_collections(rng: random.Random) -> str:
    items = [
        _render_item(f"/collection/{4 * number + 7}", title, rng.randint(11, 950))
        for number, title in enumerate(read_words()["collections"])
    ]
    return _render_column("Collections", items)


def _render_people(rng: random.Random) -> str:
    items = []
    for number, name in enumerate([*read_words()["surnames"][:24], *read_words()["accented"][:12]]):
        born = rng.randint(1870, 1935)
        life = f'<span class="date life">{born}-{born + rng.randint(48, 90)}</span>'
        items.append(_render_item(f"/people/{300 + number}", name, rng.randint(2, 703), life))
    return _render_column("People", items)


def _render_terms(rng: random.Random, facet: str, label: str) -> str:
    labels = name_terms()
    items = [
        _render_item(f"/search?f%5B0%5D={facet}%3A{term.partition(':')[2]}", labels[term], rng.randint(2, 1800))
        for term in list_terms()[facet][:24]
    ]
    return _render_column(label, items)


def _render_item(href: str, title: str, number: int, more: str = "") -> str:
    return (
        f'<li class="menu-item menu-item--level-2"><a href="{escape(href)}" class="menu-link" data-drupal-link>'
        f'<span class="title">{escape(title)}</span>{more} <span class="detail">({number})</span></a></li>'
    )


def _render_column(label: str, items: list[str]) -> str:
    return (
        f'<li class="menu-item menu-item--expanded"><button type="button" aria-expanded="false">{label}</button>\n'
        f'<div class="mega-menu__panel"><h2 class="title">{label}</h2>\n<ul>\n'
        + "\n".join(items)
        + "\n</ul></div></li>"
    )


def _render_featured(slug: str) -> str:
    # Looks like a row of the listing on purpose, down to the class names.
    return (
        '<li class="menu-item menu-item--featured"><article class="document contextual-region">\n'
        '<div class="date">October 27, 1962</div>\n'
        f'<h3 class="title"><a href="/document/{escape(slug)}">'
        "<span>Featured: A Letter from the Archive</span></a></h3>\n"
        '<div class="summary"><p>Every month the sample archive shows one of its papers here.</p></div>\n'
        "</article></li>"
    )
