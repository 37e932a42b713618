"""Answers that are pages of results, whole and sound, and not the one that was asked for."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache

from harvester.sample.archive import Archive
from harvester.sample.exchange import Answer
from harvester.sample.faults.scene import Scene
from harvester.sample.frame import NAME

DEEPEST = 3  # events that a stale page may be behind
BEYOND = 10**9  # no listing has a page of this number


def _show(scene: Scene, page: str) -> Answer:
    return replace(scene.sound, body=page)


def show_stale(scene: Scene) -> Answer:
    """Show the page as it was one to three events ago."""
    back = min(1 + scene.share(DEEPEST), len(scene.past))
    return _show(scene, scene.page(scene.past[-back]))


def show_facet(scene: Scene) -> Answer:
    """Show the same page of the listing as one of its facets narrows it, as a cache does that takes the key wrongly.

    Where no facet reaches so far, that page says that there are no results.
    """
    listing = scene.listing
    narrower = {term: count for term, count in listing.counts.items() if count < listing.total}
    terms = sorted(term for term, count in narrower.items() if count > listing.page * listing.size) or sorted(narrower)
    return _show(scene, scene.page(**{"f[99]": terms[scene.share(len(terms))]}) if terms else scene.text)


def show_page_before(scene: Scene) -> Answer:
    """Show the page before this one, counter, pager and all; the second one in place of the first."""
    page = scene.listing.page
    return _show(scene, scene.page(page=str(page - 1 if page else 1)))


def show_nothing_found(scene: Scene) -> Answer:
    """Say that there are no results, as a site does whose search is down."""
    return _show(scene, scene.page(page=str(BEYOND)))


def show_other_site(scene: Scene) -> Answer:
    """Show the same page of an archive on another host, which the same machine serves."""
    page = scene.page(_make_other()).replace(NAME, "Another Archive")
    return _show(scene, page.replace('href="/', 'href="https://archive.example/'))


def show_parked(scene: Scene) -> Answer:
    """Show what a new server says before anybody has put anything on it."""
    return Answer(body="<html><head><title>Welcome!</title></head><body><h1>It works!</h1></body></html>\n")


@lru_cache(maxsize=1)
def _make_other() -> Archive:
    return Archive(347, seed=7_000)


FAULTS: Mapping[str, Callable[[Scene], Answer]] = {
    "stale": show_stale,
    "facet": show_facet,
    "page-before": show_page_before,
    "nothing-found": show_nothing_found,
    "other-site": show_other_site,
    "parked": show_parked,
}
