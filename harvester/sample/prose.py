"""Writes the texts of a document: paragraphs with hard breaks, headings, items, quotes, tables and notes."""

import random
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from harvester.sample.paper import Part, Prose
from harvester.sample.titles import choose
from harvester.sample.vocabulary import read_resource

DIALECTS = ("plain", "word", "whole", "breaks", "labelled")
# How a document's texts go together: kind and language, "=" for the document's own, None for a page that names none.
PLANS: tuple[tuple[tuple[str, str | None], ...], ...] = (
    (("translation", "English"),),
    (("translation", None),),
    (("translation", "English"), ("transcription", "=")),
    (("translation", "English"), ("translation", "German")),
    (("transcription", None),),
    (("original", "="), ("translation", "English"), ("translation", "Serbo-Croatian")),
    (("translation", "French"), ("translation", "English"), ("transcription", "="), ("transcription", "Chinese")),
)
LONG, LONG_PARTS = 0.04, 400  # a few transcripts of whole conferences


@lru_cache(maxsize=1)
def read_words() -> dict[str, Any]:
    """Return papers.json: what documents are written with."""
    return read_resource("papers.json")


def write_texts(rng: random.Random, language: str) -> tuple[Prose, ...]:
    """Return the texts of a document whose own language this is."""
    chosen: dict[tuple[str, str | None], None] = {}
    for kind, tongue in choose(rng, PLANS):
        chosen[kind, language if tongue == "=" else tongue] = None  # one text a kind and language
    return tuple(_write_text(rng, kind, tongue, language) for kind, tongue in chosen)


def _write_text(rng: random.Random, kind: str, tongue: str | None, language: str) -> Prose:
    written = tongue or ("English" if kind == "translation" else language)
    number = LONG_PARTS if rng.random() < LONG else 2 + int(rng.random() * 8)
    parts = [Part("heading", ((choose(rng, read_words()["openings"]),),))] if rng.random() < 0.5 else []
    parts += [_write_part(rng, written) for _ in range(number)]
    parts += _write_notes(rng)
    return Prose(kind, tongue, tuple(parts), choose(rng, DIALECTS))


def _write_part(rng: random.Random, language: str) -> Part:
    chance = rng.random()
    if chance < 0.08:
        rows = tuple(tuple(_fill(rng, cell) for cell in row) for row in read_words()["columns"])
        return Part("table", rows)
    if chance < 0.16:
        return Part("quote", tuple((line,) for line in choose(rng, read_words()["quotes"]).split("\n")))
    if chance < 0.3:
        return Part("item", ((_write_sentences(rng, language, 1),),))
    lines = 1 if rng.random() < 0.75 else 2 + int(rng.random() * 2)
    return Part("paragraph", tuple((_write_sentences(rng, language, 1 + int(rng.random() * 4)),) for _ in range(lines)))


def _write_sentences(rng: random.Random, language: str, number: int) -> str:
    sentences = read_words()["sentences"][language]
    mark = f"[{1 + int(rng.random() * 3)}]" if rng.random() < 0.1 else ""
    joined = ("" if language == "Chinese" else " ").join(_fill(rng, choose(rng, sentences)) for _ in range(number))
    return joined + mark


def _write_notes(rng: random.Random) -> Iterator[Part]:
    for number in range(int(rng.random() * 4) if rng.random() < 0.4 else 0):
        yield Part("note", ((f"[{1 + number}] {choose(rng, read_words()['notes'])}",),))


def _fill(rng: random.Random, text: str) -> str:
    return text.replace("{n}", str(2 + int(rng.random() * 98)))
