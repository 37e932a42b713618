"""Sites: everything true of one archive only. A site is found by entry point or file, and imported by nobody."""

from harvester.sites.base import Site, Walk
from harvester.sites.registry import find_site, load_sites, site_named, site_of_url

__all__ = ["Site", "Walk", "find_site", "load_sites", "site_named", "site_of_url"]
