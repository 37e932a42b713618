"""Finds sites: by entry point, by a file of the user's own, or by the host of a URL."""

import importlib.util
import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import entry_points
from pathlib import Path

from harvester.errors import UsageProblem
from harvester.sites.base import Site
from harvester.urls import host_of

GROUP = "harvester.sites"


@lru_cache(maxsize=1)
def load_sites() -> tuple[Site, ...]:
    """Return every installed site, sorted by name.

    Raises UsageProblem if an entry point cannot be loaded, or two sites have one name.
    """
    sites: dict[str, Site] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda p: (p.name, p.value)):
        try:
            site = point.load()
        except Exception as error:
            raise UsageProblem(f"the site {point.name} ({point.value}) cannot be loaded: {error}") from error
        _check(site, point.value)
        if site.name in sites and type(sites[site.name]) is not type(site):
            raise UsageProblem(f"two installed packages bring a site named {site.name}; uninstall one")
        sites[site.name] = site
    return tuple(sites[name] for name in sorted(sites))


def find_site(name: str) -> Site:
    """Return the site of that name, or the one in that Python file (its SITE, or its one subclass of Site).

    Raises UsageProblem, naming what there is, if none is found.
    """
    if name.endswith(".py") or "/" in name:
        return _site_in_file(Path(name))
    for site in load_sites():
        if site.name == name:
            return site
    known = ", ".join(site.name for site in load_sites())
    raise UsageProblem(f"there is no site named {name}", advice=f"Known: {known}; or give a file, --site path.py.")


def site_named(name: str, url: str | None) -> Site:
    """Return the site of that name, also known on the host of a URL that a user says is of it."""
    site = find_site(name)
    host = host_of(url) if url else None
    return site.with_alias(host) if url and host and not site.owns(url) else site


def site_of_url(url: str) -> Site | None:
    """Return the one installed site that owns a URL, None if there is none."""
    return next((site for site in load_sites() if site.owns(url)), None)


def _site_in_file(path: Path) -> Site:
    if not path.is_file():
        raise UsageProblem(f"there is no site file {path}")
    spec = importlib.util.spec_from_file_location(f"harvester_site_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise UsageProblem(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise UsageProblem(f"{path} cannot be loaded: {type(error).__name__}: {error}") from error
    site = getattr(module, "SITE", None) or _only_site(vars(module).values(), spec.name, path)
    _check(site, str(path))
    return site


def _only_site(values: Sequence[object] | object, module: str, path: Path) -> Site:
    classes = [v for v in values if isinstance(v, type) and issubclass(v, Site) and v.__module__ == module]  # type: ignore[union-attr]
    if len(classes) != 1:
        raise UsageProblem(f"{path} has {len(classes)} sites", advice="Define one subclass of Site, or set SITE.")
    return classes[0]()


def _check(site: object, where: str) -> None:
    if not isinstance(site, Site):
        raise UsageProblem(
            f"{where} is no Site", advice="SITE must be an instance of a subclass of harvester.sites.Site."
        )
    if not re.fullmatch(r"[a-z0-9_-]+", str(getattr(site, "name", "x"))):
        raise UsageProblem(f"the site's name in {where} is {site.name!r}", advice="Use a-z, 0-9, _ and - only.")
    missing = [fact for fact in ("name", "hosts") if not getattr(site, fact, None)]
    if missing:
        raise UsageProblem(f"the site in {where} lacks {', '.join(missing)}")
