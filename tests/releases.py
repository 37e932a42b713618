"""Datasets for the tests of releases: one with all that a dataset can have; and what forgers do to a release."""

import hashlib
import json
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

from conftest import read_json
from file_server import any_file, serving_files
from holding import begin, document

from harvester.items import Text
from tests.soak.engine import Clock, crawl, run

FILES = [["/document/1/download"], ["/document/1/download", "/document/2/download"], []]
TEXTS = (Text("translation", "English", ("First.", "Second.")), Text("transcript", "Русский", ("Текст.",)))


def publish_all(folder: Path) -> Path:
    """Publish a dataset with documents, texts, files and a snapshot."""
    with serving_files(FILES, any_file()) as site:
        assert run(crawl([site.url], folder, Clock(), wanted="documents files", snapshot=True)).code == 0
    more = begin(folder)
    more.add(document(1, texts=TEXTS, rights="Free to be used, with *attribution*.\n<script>"))
    more.end()
    return folder


def names_in(release: Path) -> list[str]:
    """Return the names of all files of a release, folder or zip."""
    if release.is_dir():
        return sorted(path.relative_to(release).as_posix() for path in release.rglob("*") if path.is_file())
    with ZipFile(release) as pack:
        return sorted(pack.namelist())


def unpack(release: Path, folder: Path) -> Path:
    """Unpack a zip."""
    with ZipFile(release) as pack:
        pack.extractall(folder)
    return folder


def pack_again(folder: Path, target: Path) -> Path:
    """Pack a folder as somebody does who changed something in it."""
    with ZipFile(target, "w", ZIP_STORED) as pack:
        for name in names_in(folder):
            pack.write(folder / name, name)
    return target


def vouch(folder: Path) -> None:
    """Let package and manifest fit what lies there: what is claimed must be found wrong by itself."""
    package = read_json(folder / "datapackage.json")
    for resource in package["resources"]:
        path = folder / resource["path"]
        if path.exists():
            resource |= {"bytes": path.stat().st_size, "hash": f"sha256:{_digest(path)}"}
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    names = [name for name in names_in(folder) if name != "SHA256SUMS"]
    manifest = "".join(f"{_digest(folder / name)}  {name}\n" for name in names)
    (folder / "SHA256SUMS").write_text(manifest, encoding="utf-8")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
