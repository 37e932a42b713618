"""Writes the document of a record: what its page shows, drawn from the record's node id and the archive's seed."""

import random
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from harvester.sample.frame import NAME
from harvester.sample.paper import File, Paper, Pill
from harvester.sample.prose import read_words, write_texts
from harvester.sample.record import Record
from harvester.sample.titles import choose
from harvester.sample.vocabulary import name_terms
from harvester.sample.vocabulary import read_words as read_vocabulary

# The share of documents whose page has a block, if there is anything to show in it.
BLOCKS: Mapping[str, float] = MappingProxyType(
    {
        **dict.fromkeys(("classification", "support", "donors", "subjects"), 0.45),
        **dict.fromkeys(("authors", "original_archive", "people", "type", "languages", "uploaded"), 0.65),
        **dict.fromkeys(("places", "topics", "source", "rights", "citation", "labelled", "texts", "files"), 0.8),
    }
)
LINKED = 0.8  # of the names lead somewhere
# The files of a document: where its scans lie, and whether there is a link to load it down.
FILES: tuple[tuple[str, ...], ...] = (
    ("scan", "download"),
    ("download",),
    ("same",),
    ("scan", "image", "download"),
    ("scan",),
)


@lru_cache(maxsize=512)
def write_paper(record: Record, seed: int) -> Paper:
    """Return the document of a record in the archive of a seed: always the same, whatever else was asked for."""
    rng = random.Random(f"paper {seed} {record.node}")  # a string seeds it by its SHA-512, not by its hash()
    shown = {name for name, share in BLOCKS.items() if rng.random() < share}
    said = {**_write_names(rng, record), **_write_facts(rng, record)}
    said["texts"] = write_texts(rng, said["languages"][0])
    said["files"] = _choose_files(rng, record.node)
    bare = Paper(record.node, record.record_id, record.path, record.title, record.date, record.summary)
    return replace(bare, **{name: value for name, value in said.items() if name in shown}, labelled="labelled" in shown)


def _write_names(rng: random.Random, record: Record) -> dict[str, tuple[Pill, ...]]:
    people = read_vocabulary()["surnames"] + read_vocabulary()["accented"]
    authors = dict.fromkeys(choose(rng, people) for _ in range(1 + int(rng.random() * 3)))
    subjects = dict.fromkeys(choose(rng, read_words()["subjects"]) for _ in range(1 + int(rng.random() * 4)))
    names = {
        "authors": tuple(_link(rng, name, f"/people/{300 + people.index(name)}") for name in authors),
        "subjects": tuple(_link(rng, name, f"/subject/{len(name)}") for name in subjects),
    }
    for facet in ("people", "places", "topics"):
        terms = [term for term in record.facets if term.startswith(f"{facet}:")]
        hrefs = [f"/search?f%5B0%5D={term.replace(':', '%3A')}" for term in terms]
        names[facet] = tuple(
            _link(rng, name_terms().get(term, term), href) for term, href in zip(terms, hrefs, strict=True)
        )
    return names


def _link(rng: random.Random, name: str, href: str) -> Pill:
    return Pill(name, href if rng.random() < LINKED else None)


def _write_facts(rng: random.Random, record: Record) -> dict[str, Any]:
    words, vocabulary = read_words(), read_vocabulary()
    own = _name(record, "languages") or choose(rng, vocabulary["languages"])
    languages = dict.fromkeys((own, choose(rng, vocabulary["languages"])) if rng.random() < 0.2 else (own,))
    archive = _name(record, "original_repositories") or choose(rng, vocabulary["repositories"])
    dated = f"{record.date}, " if record.date else ""
    source = words["source"].format(
        archive=archive,
        **{letter: 1 + int(rng.random() * 900) for letter in "abcde"},
        obtained=choose(rng, vocabulary["contributors"]),
        translated=choose(rng, vocabulary["contributors"]),
    )
    line = record.title.replace("\n", " ")
    return {
        "source": source,
        "original_archive": archive,
        "rights": choose(rng, words["rights"]),
        "type": choose(rng, words["types"]),
        "languages": tuple(languages),
        "classification": choose(rng, words["classifications"]),
        "donors": tuple(dict.fromkeys(choose(rng, words["donors"]) for _ in range(1 + int(rng.random() * 2)))),
        "support": choose(rng, words["supports"]),
        "uploaded": f"{2011 + int(rng.random() * 12)}-{1 + int(rng.random() * 12):02}-{1 + int(rng.random() * 28):02}",
        "citation": f'"{line}," {dated}{NAME}, {source} {record.record_id}',
    }


def _name(record: Record, facet: str) -> str | None:
    """Return the name of the record's first term of a facet; None if it has none, or one that nobody named."""
    terms = (term for term in record.facets if term.startswith(f"{facet}:"))
    return next((name_terms()[term] for term in terms if term in name_terms()), None)


def _choose_files(rng: random.Random, node: int) -> tuple[File, ...]:
    download = f"/document/{node}/download"
    known = {
        "scan": File("scan", f"/sites/default/files/documents/{node}.pdf"),
        "same": File("scan", download, linked=True),
        "image": File("scan", f"/sites/default/files/scans/{node}-2.png", "image/png"),
        "download": File("download", download),
    }
    return tuple(known[name] for name in choose(rng, FILES))
