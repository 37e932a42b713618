"""Turns the URLs that a crawl is given into listings to walk: which site, which listing, and who asks."""

import os
import re
from collections.abc import Mapping, Sequence

from harvester.errors import UsageProblem
from harvester.harvest.passes import ListingPasses
from harvester.items import Address
from harvester.sites import Site, find_site, site_of_url
from harvester.urls import host_of, is_loopback, origin_of, original_url, split_url

CONTACT_VARIABLE = "HARVEST_CONTACT"


def site_for(urls: Sequence[str], name: str | None) -> Site:
    """Return the one site of the URLs; a site that is named is also known on their hosts.

    Raises UsageProblem where there is no URL, or none or several sites own them.
    """
    if not urls:
        raise UsageProblem("no URL was given", advice="Give the address of a results listing.")
    for url in urls:
        parts = split_url(url)
        if parts is None:
            raise UsageProblem(f"{url[:200]} is no http or https address")
        if parts.username is not None:
            raise UsageProblem("an address with a user name in it is not asked for", advice="Take it out.")
        if original_url(url) != url:
            advice = f"Give the page's own address: harvest crawl '{original_url(url)[:200]}' --via wayback"
            raise UsageProblem(f"{url[:200]} is a web archive's copy", advice=advice)
    if name is not None:
        site = find_site(name)
        for url in urls:
            if not site.owns(url):
                site = site.with_alias(host_of(url) or "")
        return site
    owners = {site.name: site for site in map(_owner, urls)}
    if len(owners) > 1:
        raise UsageProblem(
            f"these are of several sites: {', '.join(sorted(owners))}", advice="Harvest one site at a time."
        )
    return next(iter(owners.values()))


def _owner(url: str) -> Site:
    site = site_of_url(url)
    if site is None:
        raise UsageProblem(f"no site is known for {url}", advice="Name the site that it is a copy of with --site.")
    return site


def passes_for(
    urls: Sequence[str], site: Site, page_size: int | None = None, *, twice: bool = False
) -> list[ListingPasses]:
    """Return what walks each listing among the URLs; two spellings of one listing are one.

    Raises UsageProblem for a URL that is no listing, or one that cannot be asked for any more.
    """
    listings: dict[tuple[str, str | None], ListingPasses] = {}
    for url in urls:
        address = listing_of(url, site)
        try:
            passes = ListingPasses(site, address, url, page_size, twice=twice)
        except ValueError as error:
            raise UsageProblem(f"{url}: {error}") from error
        listings.setdefault((passes.listing, passes.order), passes)
    return list(listings.values())


def on_origin_of(url: str, start_url: str) -> str:
    """Return a URL of the site's own host on the host that the crawl was pointed at: a copy, a simulator."""
    parts, origin = split_url(url), origin_of(start_url)
    if parts is None or origin is None:
        return url
    scheme, _, netloc = origin.partition("://")
    return parts._replace(scheme=scheme, netloc=netloc).geturl()


def listing_of(url: str, site: Site) -> Address:
    """Return the address of a listing; raises UsageProblem for a URL that is none."""
    try:
        address = site.explain(url)
    except ValueError as error:
        raise UsageProblem(f"{url}: {error}") from error
    if address is None or address.kind != "listing":
        kind = "of another site" if address is None else "a document" if address.kind == "document" else "no listing"
        raise UsageProblem(f"{url} is {kind}", advice="Give the address of a results listing.")
    return address


def contact_for(urls: Sequence[str], contact: str | None, environment: Mapping[str, str] = os.environ) -> str | None:
    """Return who asks: the contact given, else that of the environment.

    Raises UsageProblem where there is none and a URL is not of this very machine: a crawler says who it is.
    """
    contact = (contact or environment.get(CONTACT_VARIABLE) or "").strip()
    if contact and ("\n" in contact or "\r" in contact or not re.search(r".@.|https?://.", contact)):
        raise UsageProblem(f"{contact!r} is no mail address and no URL", advice="Give one where you can be reached.")
    if re.search(r"://[^/?#\s]*@", contact):  # it is not shown either: what stands there is meant for nobody
        advice = "Take it out: every archive is told the contact, in each request."
        raise UsageProblem("a contact with a user name or password in its address is told to nobody", advice=advice)
    if not contact and not all(map(is_loopback, urls)):
        raise UsageProblem(
            "a contact is missing: archives are told who reads them",
            advice=f"Add --contact you@example.org (under scrapy: -a contact=...), or set {CONTACT_VARIABLE}.",
        )
    return contact or None
