"""Compares a WACZ's entries with its own description: what is missing, of another size, or changed."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from harvester.archives.members import Refusal
from harvester.archives.wacz.package import DESCRIPTION, Package
from harvester.errors import DamagedContainer, PageError


def check_description(package: Package) -> Iterator[Refusal]:
    """Yield what differs; of WARCs the size only, since every record is checked by itself when it is read."""
    try:
        resources = list(_resources(package))
    except PageError as error:
        yield Refusal(error, DESCRIPTION)
        return
    refused = {refusal.name for refusal in package.refused}
    for name, size, digest in resources:
        if name in refused:
            continue
        try:
            if (wrong := _compare(package, name, size, digest)) is not None:
                yield Refusal(DamagedContainer(wrong), name)
        except PageError as error:
            yield Refusal(error, name)


def _resources(package: Package) -> Iterator[tuple[str, Any, Any]]:
    """Yield path, size and digest of each resource, as told; raises DamagedContainer."""
    try:
        for resource in json.loads(package.text(DESCRIPTION))["resources"]:
            yield str(resource["path"]), resource.get("bytes"), resource.get("hash")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DamagedContainer(f"the package's description cannot be read: {error}") from error


def _compare(package: Package, name: str, size: Any, digest: Any) -> str | None:
    entry = package.entries.get(name)
    if entry is None:
        return "the package's description names it; it is missing"
    if isinstance(size, int) and size != entry.file_size:
        return f"it has {entry.file_size:,} bytes, where the package's description says {size:,}"
    if name.startswith("archive/") or not str(digest).startswith("sha256:"):
        return None
    return None if digest == _digest(package, name) else "its digest is not the one of the package's description"


def _digest(package: Package, name: str) -> str:
    digest = hashlib.sha256()
    with package.open(name) as stream:
        while piece := stream.read(65_536):
            digest.update(piece)
    return f"sha256:{digest.hexdigest()}"
