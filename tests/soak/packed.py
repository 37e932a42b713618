"""What is wrong with a dataset's snapshots: each must be whole, and together they must hold all that it tells of."""

import hashlib
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import BadZipFile, ZipFile

import orjson
from warcio.archiveiterator import ArchiveIterator

from tests.snapshots import replayed, waczs

Place = tuple[str, int]


def snapshot_wrongs(folder: Path, records: bytes) -> list[str]:
    """Return what is wrong with the snapshots of a dataset folder, which should give these records when replayed."""
    wrongs: list[str] = []
    listed: dict[Place, str] = {}
    for path in sorted((folder / "snapshot").iterdir()):
        try:
            listed |= _check(path, wrongs)
        except (BadZipFile, KeyError, ValueError) as error:
            wrongs.append(f"{path.name} is no whole snapshot: {error}")
    told = {place: digest for place, digest in _told(folder).items() if listed.get(place) != digest}
    with TemporaryDirectory(prefix="soak-") as name:
        if replayed(waczs(folder), Path(name, "d")) != records:
            wrongs.append("replayed, the snapshots give other records")
    return wrongs + [f"provenance tells of {place}, which no snapshot holds" for place in sorted(told)]


def _check(path: Path, wrongs: list[str]) -> dict[Place, str]:
    """Check one; return the digest of every page that it lists, by its place."""
    listed = {}
    with ZipFile(path) as pack:
        for resource in orjson.loads(pack.read("datapackage.json"))["resources"]:
            if "sha256:" + hashlib.sha256(pack.read(resource["path"])).hexdigest() != resource["hash"]:
                wrongs.append(f"{path.name}: {resource['path']} is not what the package says")
        bodies = _bodies(pack.read("archive/data.warc.gz"))
        for line in pack.read("pages/pages.jsonl").splitlines()[1:]:
            told = orjson.loads(line)["harvest"]
            listed[f"snapshot/{path.name}#archive/{told['file']}", told["offset"]] = told["digest"]
            if bodies.get(told["offset"]) != told["digest"]:
                wrongs.append(f"{path.name}: the page at {told['offset']} is not the one that is listed")
    return listed


def _bodies(warc: bytes) -> dict[int, str]:
    """Return the digest of the decoded body of every answer, by its offset."""
    records, bodies = ArchiveIterator(BytesIO(warc), check_digests="raise"), {}
    for record in records:
        body = record.content_stream().read()
        if record.rec_type == "response":
            bodies[records.get_record_offset()] = "sha256:" + hashlib.sha256(body).hexdigest()
    return bodies


def _told(folder: Path) -> dict[Place, str]:
    lines = map(orjson.loads, (folder / "provenance.jsonl").read_bytes().splitlines())
    return {(told["file"], told["offset"]): told["digest"] for line in lines for told in line["captures"]}
