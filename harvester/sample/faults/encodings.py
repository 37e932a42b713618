"""Answers that arrive whole as HTTP has it, and whose bytes are not what their head says."""

import gzip
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from harvester.sample.exchange import HTML, Answer
from harvester.sample.faults.scene import Scene
from harvester.sample.server import COMPRESSION

GZIP_HEAD, GZIP_TAIL = 10, 8  # bytes around the packed ones: the tail is the CRC and the length of what was packed
CHARSETS = ("ISO-8859-1", "windows-1251", "Shift_JIS", "utf-16", "us-ascii", "no-such-charset")


def _send_packed(scene: Scene, packed: bytes) -> Answer:
    """Answer bytes as gzip, whether the client takes it or not: a server that is broken does not ask."""
    return replace(scene.sound, headers={**scene.sound.headers, "Content-Encoding": "gzip"}, body=packed)


def _pack(scene: Scene) -> bytes:
    return gzip.compress(scene.sound.data, COMPRESSION, mtime=0)


def cut_gzip(scene: Scene) -> Answer:
    """Cut the packed page, and announce just what is sent."""
    packed = _pack(scene)
    return _send_packed(scene, packed[: GZIP_HEAD + scene.share(len(packed) - GZIP_HEAD)])


def flip(scene: Scene) -> Answer:
    """Turn over the bits of one of the packed bytes, so that it cannot be unpacked, or to something else."""
    packed = bytearray(_pack(scene))
    packed[GZIP_HEAD + scene.share(len(packed) - GZIP_HEAD - GZIP_TAIL)] ^= 0xFF
    return _send_packed(scene, bytes(packed))


def spoil_crc(scene: Scene) -> Answer:
    """Send a right page with a wrong checksum."""
    packed = bytearray(_pack(scene))
    packed[-GZIP_TAIL + scene.share(4)] ^= 0xFF
    return _send_packed(scene, bytes(packed))


def claim_gzip(scene: Scene) -> Answer:
    """Say gzip of a page that is not packed."""
    return _send_packed(scene, scene.sound.data)


def misname_charset(scene: Scene) -> Answer:
    """Name another charset in the head; the page is UTF-8, and says so itself."""
    charset = CHARSETS[scene.share(len(CHARSETS))]
    headers = {**scene.sound.headers, "Content-Type": HTML.replace("UTF-8", charset)}
    return replace(scene.sound, headers=headers)


def end_early(rest: str, scene: Scene) -> Answer:
    """End the page somewhere amid its rows, as when a script dies; packed and announced as if it were whole."""
    text = scene.text
    start, end = max(0, text.find("<table")), text.find("</table>")
    place = start + scene.share((end if end >= 0 else len(text)) - start)
    return replace(scene.sound, body=text[:place] + rest)


FAULTS: Mapping[str, Callable[[Scene], Answer]] = {
    "gzip-cut": cut_gzip,
    "gzip-flipped": flip,
    "gzip-crc": spoil_crc,
    "gzip-not": claim_gzip,
    "charset": misname_charset,
    "script-died": partial(end_early, "<br />\n<b>Fatal error</b>: Maximum execution time of 30 seconds exceeded"),
    "script-died-tidy": partial(end_early, "</article></td></tr></tbody></table></main></body></html>"),
}
