"""Encodings: what is packed or cut into chunks is unpacked to its last byte or not at all. Pure, bounded in memory."""

from harvester.encodings.bodies import decode, unpack
from harvester.encodings.chunks import dechunk
from harvester.encodings.streams import PIECE, Broken, Inflating, Stream, TooLarge, Zstd, make_dictionary, pack

__all__ = [
    "PIECE",
    "Broken",
    "Inflating",
    "Stream",
    "TooLarge",
    "Zstd",
    "dechunk",
    "decode",
    "make_dictionary",
    "pack",
    "unpack",
]
