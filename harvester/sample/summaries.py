"""Writes summaries: mostly one paragraph of two to four sentences, seldom none or several."""

import random

from harvester.sample.days import write_date
from harvester.sample.titles import choose
from harvester.sample.vocabulary import read_words

# 14 of 953 blocks of the site have no summary, and 14 more than one paragraph.
SHAPES = {"none": 0.015, "several": 0.015}


def write_summary(rng: random.Random, shape: str) -> tuple[str, ...]:
    """Return the paragraphs of a summary; shape is one of SHAPES, or "" for the usual single paragraph."""
    if shape == "none":
        return ()
    if shape == "several":
        # Nine of the site's fourteen end in a fixed paragraph on how the summary was made.
        last = read_words()["machine_note"] if rng.random() < 0.64 else _write_paragraph(rng)
        return _write_paragraph(rng), last
    return (_write_paragraph(rng),)


def _write_paragraph(rng: random.Random) -> str:
    words = read_words()
    sentences = [choose(rng, words["openings"])]
    first = int(rng.random() * len(words["middles"]))
    sentences += words["middles"][first : first + int(rng.random() * 3)]
    sentences.append(choose(rng, words["endings"]))
    return " ".join(_fill_slots(rng, sentence) for sentence in sentences)


def _fill_slots(rng: random.Random, sentence: str) -> str:
    if "{" not in sentence:
        return sentence
    words = read_words()
    body = choose(rng, words["bodies"])
    return sentence.format(
        who=choose(rng, words["surnames"]),
        body=body,
        body_start=body[0].upper() + body[1:],
        topic=choose(rng, words["topics"]),
        place=choose(rng, words["places"]),
        day=write_date(rng, "day"),
    )
