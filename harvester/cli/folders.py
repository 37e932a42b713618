"""Where a dataset goes when nobody says where."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from harvester.sites import Site


def folder_for(site: Site, sources: Iterable[str]) -> Path:
    """Return `output/<site>-<short key>`: the same sources, in any order, give the same folder."""
    key = hashlib.sha256("\n".join(sorted(set(sources))).encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return Path("output") / f"{site.name}-{key}"
