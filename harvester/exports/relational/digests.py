"""What stands for a line of a dataset, so that one that changed is told without keeping it."""

import hashlib

import orjson

from harvester.exports.source import Line


def digest_of(line: Line) -> str:
    """Return what stands for all that a line says: the first 32 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(orjson.dumps(line)).hexdigest()[:32]
