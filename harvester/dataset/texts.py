"""The files in texts/: which names are this dataset's own, what lies there, and writing what is not there yet."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from harvester.dataset.writing import Publication, digest_file

FOLDER = "texts"


def own_name(site: str) -> re.Pattern[str]:
    """Return the form of a text's name in a dataset of a site: a file of another form is somebody else's."""
    return re.compile(rf"{FOLDER}/{re.escape(site)}-[0-9a-f]{{16}}\.[A-Za-z0-9-]+\.[A-Za-z0-9-]+(?:\.\d+)?\.txt")


def texts_in(folder: Path, site: str) -> dict[str, int]:
    """Return the names and sizes of the texts that lie in a dataset folder."""
    own = own_name(site)
    there = ((f"{FOLDER}/{path.name}", path) for path in (folder / FOLDER).glob("*.txt"))
    return {name: path.stat().st_size for name, path in there if own.fullmatch(name) and path.is_file()}


def listed_texts(line: Mapping[str, Any]) -> Iterator[tuple[str, int, str]]:
    """Yield name, size and digest of the texts that a line of documents.jsonl lists."""
    for text in line["texts"]:
        yield text["file"], text["bytes"], text["hash"]


class Texts:
    """Writes texts through a publication; those that are there already are left alone, those of no document go."""

    def __init__(self, publication: Publication, site: str, read: Callable[[str], bytes]) -> None:
        """Write into the publication's folder; `read` returns a text's bytes by its digest."""
        self.publication = publication
        self.read = read
        self.there = texts_in(publication.folder, site)
        self.listed: set[str] = set()

    def written(self, lines: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Yield lines of documents.jsonl on, their texts written."""
        for line in lines:
            for name, size, digest in listed_texts(line):
                self.listed.add(name)
                if self.there.get(name) != size or digest_file(self.publication.folder / name) != digest:
                    self.publication.write_inner(name, self.read(digest))
            yield line

    def retire_others(self) -> None:
        """Let the texts go that no document lists any more."""
        for name in sorted(self.there.keys() - self.listed):
            self.publication.retire(name)


def are_published(folder: Path, site: str, lines: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether the texts that lie there are those that the lines list, no other and none changed."""
    listed = {name: digest for line in lines for name, _, digest in listed_texts(line)}
    return listed.keys() == texts_in(folder, site).keys() and all(
        digest_file(folder / name) == digest for name, digest in listed.items()
    )
