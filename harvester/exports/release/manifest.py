"""The checksum manifest: a line a file in the form of GNU coreutils, so that `sha256sum -c` checks it."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from harvester.errors import DatasetError

_LINE = re.compile(r"([0-9a-f]{64})  ([^\x00-\x1f\x7f\\]+)")


def is_safe(name: str) -> bool:
    """Return whether a name stays within the folder, on every system, and needs no escaping in a manifest."""
    path = PurePosixPath(name)
    plain = _LINE.fullmatch(f"{'0' * 64}  {name}") is not None and ":" not in name
    return plain and not path.is_absolute() and str(path) == name and ".." not in path.parts and name != "."


def write_manifest(digests: Mapping[str, str]) -> bytes:
    """Return the manifest of files by their names; digests are "sha256:" and hexadecimal."""
    lines = (f"{digests[name].removeprefix('sha256:')}  {name}\n" for name in sorted(digests))
    return "".join(lines).encode()


def read_manifest(body: bytes) -> dict[str, str]:
    """Return the digests by name; raises DatasetError where a line is none, or a name leads out of the folder."""
    digests: dict[str, str] = {}
    for number, line in enumerate(body.decode("utf-8", "replace").splitlines(), 1):
        found = _LINE.fullmatch(line)
        if found is None or not is_safe(found[2]) or found[2] in digests:
            raise DatasetError(f"SHA256SUMS, line {number} is none", advice="Get the release again.")
        digests[found[2]] = f"sha256:{found[1]}"
    if write_manifest(digests) != body:
        raise DatasetError("SHA256SUMS is not as it was written", advice="Get the release again.")
    return digests
