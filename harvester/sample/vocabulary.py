"""Reads the words that the sample is written with."""

import json
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

FOLDER = Path(__file__).parent
# Facet of the site -> list of vocabulary.json that its terms come from, and the id of the first term.
FACETS = MappingProxyType(
    {
        "places": ("places", 81000),
        "topics": ("topics", 86000),
        "people": ("surnames", 91000),
        "languages": ("languages", 84000),
        "original_repositories": ("repositories", 83000),
        "contributors": ("contributors", 97000),
    }
)
STEP = 7  # between term ids, so that ids aren't mistaken for ranks


@lru_cache(maxsize=1)
def read_words() -> dict[str, Any]:
    """Return vocabulary.json: lists of strings by name (and one string, `machine_note`)."""
    return read_resource("vocabulary.json")


def read_resource(name: str) -> dict[str, Any]:
    """Return one of the package's own JSON files, an object."""
    words: dict[str, Any] = json.loads((FOLDER / name).read_text("utf-8"))
    return words


@lru_cache(maxsize=1)
def read_seed() -> list[dict[str, Any]]:
    """Return the ten records of the seed page in its order: date, title, summary (paragraphs)."""
    seed: list[dict[str, Any]] = json.loads((FOLDER / "seed.json").read_text("utf-8"))
    return seed


@lru_cache(maxsize=1)
def name_terms() -> dict[str, str]:
    """Return the label of every facet term, by "facet:id", in the vocabulary's order."""
    words = read_words()
    return {
        f"{facet}:{first + STEP * number}": label
        for facet, (name, first) in FACETS.items()
        for number, label in enumerate(words[name])
    }


@lru_cache(maxsize=1)
def list_terms() -> dict[str, tuple[str, ...]]:
    """Return the terms ("facet:id") of every facet."""
    return {facet: tuple(t for t in name_terms() if t.startswith(f"{facet}:")) for facet in FACETS}
