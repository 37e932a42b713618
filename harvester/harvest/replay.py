"""Sends captures through the same core as a live crawl; opens no socket."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from harvester.captures import Capture
from harvester.errors import OtherSitePage, PageError, UsageProblem
from harvester.items import Address, Reading
from harvester.sites import Site


@dataclass(frozen=True, slots=True)
class Replayed:
    """One capture read: its address where its URL is known; or the error that says why it could not be."""

    capture: Capture
    address: Address | None
    reading: Reading | None
    error: PageError | None = None


def site_of_capture(capture: Capture, sites: Iterable[Site]) -> Site:
    """Return the one site that a capture belongs to: by its URL, else the one whose page objects recognise it.

    Raises UsageProblem, naming them, where none or several do; PageError where the page says itself what it is.
    """
    sites = list(sites)
    if capture.url is not None:
        owner = next((site for site in sites if site.owns(capture.url)), None)
        if owner is None:
            raise UsageProblem(f"no site is known for {capture.url}", advice="Name one with --site.")
        return owner
    claiming = [site for site in sites if site.recognises(capture)]
    if len(claiming) == 1:
        return claiming[0]
    if claiming:
        names = ", ".join(site.name for site in claiming)
        raise UsageProblem(f"{capture.file} may be of several sites: {names}", advice="Name one with --site.")
    _raise_what_it_is(capture, sites)
    names = ", ".join(site.name for site in sites)
    raise UsageProblem(f"{capture.file} is recognised by none of the sites: {names}", advice="Name one with --site.")


def _raise_what_it_is(capture: Capture, sites: Iterable[Site]) -> None:
    """Raise the page's own error where it is no page of any site at all: a challenge is one whoever asks."""
    for site in sites:
        try:
            site.read(capture)
        except PageError as error:
            if error.kind not in {"not-a-listing", "other-site"}:
                raise


def replay(captures: Iterable[Capture], site: Site) -> Iterator[Replayed]:
    """Read captures of one site; what cannot be read comes with its error, none is left out."""
    for capture in captures:
        try:
            address = _address(capture, site)
            reading = site.read(capture)
        except PageError as error:
            yield Replayed(capture, None, None, error)
            continue
        named = replace(capture, url=site.canonical_url(capture.url)) if capture.url else capture
        yield Replayed(named, address, reading)


def _address(capture: Capture, site: Site) -> Address | None:
    if capture.url is None:
        return None
    try:
        address = site.explain(capture.url)
    except ValueError as error:
        raise OtherSitePage(f"its address cannot be understood: {error}", where=capture.url) from error
    if address is None:
        raise OtherSitePage(f"it is not of {site.name}", where=capture.url)
    return address if address.kind == "listing" else None
