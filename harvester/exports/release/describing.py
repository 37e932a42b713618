"""Describes a release as a data package: the dataset's own description, and every other file with its digest."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from harvester.exports.release.parts import VERSION
from harvester.exports.source import Source

_MEDIA = {
    "gif": "image/gif", "jp2": "image/jp2", "jpg": "image/jpeg", "md": "text/markdown", "pdf": "application/pdf",
    "parquet": "application/vnd.apache.parquet", "png": "image/png", "sqlite": "application/vnd.sqlite3",
    "tif": "image/tiff", "txt": "text/plain", "wacz": "application/wacz", "webp": "image/webp",
}  # fmt: skip
_OWN_TEXT = re.compile(r"README\.md|texts/.*\.txt")  # what the archive gave out as text may be in any encoding


def describe_release(source: Source, put: Mapping[str, tuple[int, str]], left_out: Iterable[str]) -> dict[str, Any]:
    """Return the content of datapackage.json; `put` has size and digest of each file, by its name."""
    own = source.published
    names = {resource["name"] for resource in own}
    others = sorted(put.keys() - {resource["path"] for resource in own})
    return {
        **source.package,
        "release": {"version": VERSION, "dataset": source.name, "state": source.digest, "left_out": sorted(left_out)},
        "resources": [*own, *(_described(name, *put[name], names) for name in others)],
    }


def _described(name: str, size: int, digest: str, names: set[str]) -> dict[str, Any]:
    ending = name.rpartition(".")[2].lower()
    kind = {"format": ending, "mediatype": _MEDIA.get(ending, "application/octet-stream")}
    if _OWN_TEXT.fullmatch(name):
        kind["encoding"] = "utf-8"
    return {"name": _name(name, names), "path": name, **kind, "type": "file", "bytes": size, "hash": digest}


def _name(path: str, names: set[str]) -> str:
    """Return a name that no other resource has, in the letters that such a name may have."""
    plain = re.sub(r"[^-a-z0-9._/]", "-", path.lower())
    name = next(name for name in _numbered(plain) if name not in names)
    names.add(name)
    return name


def _numbered(plain: str) -> Iterator[str]:
    yield plain
    number = 2
    while True:
        yield f"{plain}-{number}"
        number += 1
