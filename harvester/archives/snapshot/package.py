"""Packs a WARC file as a WACZ 1.1.1: the file as it is, its index, a list of pages, and a data package over all."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from harvester.archives.snapshot.contents import Contents
from harvester.archives.snapshot.records import SOFTWARE, digest

WARC = "data.warc.gz"
_VERSION = "1.1.1"
_PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Package:
    """What a WACZ is made of: a title, the lines of its pages list (the first describes it), and when it is packed."""

    title: str
    pages: list[dict[str, Any]]
    created: datetime


def write_wacz(file: IO[bytes], warc: Path, contents: Contents, package: Package) -> None:
    """Write a WACZ of the whole records of a WARC file.

    The index is plain: of a .cdx.gz readers want an .idx beside it, which is for millions of lines.
    """
    resources: list[dict[str, Any]] = []
    with ZipFile(file, "w") as pack:
        with warc.open("rb") as source:
            resources.append(_store(pack, f"archive/{WARC}", source, contents.end, package.created))
        lists = {
            "indexes/index.cdxj": "".join(contents.lines).encode(),
            "pages/pages.jsonl": _lines(package.pages),
        }
        for name, data in lists.items():
            resources.append(_resource(name, data))
            pack.writestr(_info(name, package.created, ZIP_DEFLATED), data)
        described = _pretty(_described(package, resources))
        pack.writestr(_info("datapackage.json", package.created, ZIP_DEFLATED), described)
        vouched = {"path": "datapackage.json", "hash": digest(described)}
        pack.writestr(_info("datapackage-digest.json", package.created, ZIP_DEFLATED), _pretty(vouched))


def _store(pack: ZipFile, name: str, source: IO[bytes], size: int, created: datetime) -> dict[str, Any]:
    """Copy a file of a size as it is, not packed again, so that records can be read by their offsets."""
    info = _info(name, created, ZIP_STORED)
    info.file_size = size  # lets a file beyond 2 GiB have the fields that it needs
    hashed, left = hashlib.sha256(), size
    with pack.open(info, "w") as target:
        while left and (piece := source.read(min(left, _PIECE))):
            hashed.update(piece)
            target.write(piece)
            left -= len(piece)
    return {"name": WARC, "path": name, "hash": f"sha256:{hashed.hexdigest()}", "bytes": size}


def _info(name: str, created: datetime, compression: int) -> ZipInfo:
    info = ZipInfo(name, created.timetuple()[:6])
    info.compress_type = compression
    info.external_attr = 0o644 << 16
    return info


def _resource(path: str, data: bytes) -> dict[str, Any]:
    return {"name": path.rpartition("/")[2], "path": path, "hash": digest(data), "bytes": len(data)}


def _described(package: Package, resources: list[dict[str, Any]]) -> dict[str, Any]:
    created = package.created.strftime("%Y-%m-%dT%H:%M:%SZ")
    main = package.pages[1:2]
    return {
        "profile": "data-package",
        "wacz_version": _VERSION,
        "title": package.title,
        "software": SOFTWARE,
        "created": created,
        "modified": created,
        **({"mainPageUrl": main[0]["url"], "mainPageDate": main[0]["ts"]} if main else {}),
        "resources": resources,
    }


def _lines(values: Iterable[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n" for value in values).encode()


def _pretty(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, indent=2) + "\n").encode()
