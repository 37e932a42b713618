"""Answers to requests for documents' files that are refused, cut, another file's, or no file at all."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from harvester.sample.exchange import HTML, Answer
from harvester.sample.faults import refusals, transfers
from harvester.sample.faults.scene import Scene
from harvester.sample.frame import render_page


def cut_file(scene: Scene) -> Answer:
    """Announce all of the file, or of its part, and close on the way."""
    return replace(scene.sound, cut=scene.share(len(scene.sound.data)))


def change_file(scene: Scene) -> Answer:
    """Answer from a file that was replaced just now, and stays so: other bytes, another ETag, a later day."""
    archive = scene.server.archive
    number = re.search("[0-9]+", scene.request.path)
    record = archive.find_node(int(number[0])) or archive.find_number(int(number[0])) if number else None
    if record is not None:
        archive.revise(record.node)
    return scene.sound


def show_page(scene: Scene) -> Answer:
    """Answer 200 and a page in the place of the file."""
    main = '<h1 class="page-title">One moment</h1>\n<p>Your file is being prepared.</p>'
    page = render_page("One moment", main, scene.request.path, scene.server.archive.featured)
    return Answer(200, {"Content-Type": HTML}, page)


def send_whole(scene: Scene) -> Answer:
    """Answer with all of the file whichever part was asked for, as a server may (RFC 9110, 14.2)."""
    headers = {name: value for name, value in scene.request.headers.items() if name.lower() != "range"}
    return scene.server.answer(scene.request._replace(headers=headers))


def send_other_part(scene: Scene) -> Answer:
    """Answer 206 and, as its head tells, another part than the one asked for: the first half of the file."""
    whole = send_whole(scene)
    size = len(whole.data)
    if scene.sound.status != 206 or size < 2:
        return scene.sound
    half = {"Content-Range": f"bytes 0-{size // 2 - 1}/{size}"}
    return replace(scene.sound, headers={**scene.sound.headers, **half}, body=whole.data[: size // 2])


FILE_FAULTS: Mapping[str, Callable[[Scene], Answer]] = MappingProxyType(
    {
        "404": partial(refusals.miss, 404),
        "503": partial(refusals.refuse, 503),
        "503-seconds": partial(refusals.refuse_for_seconds, 503),
        "challenge": refusals.challenge,
        "reset": transfers.reset,
        "file-cut": cut_file,
        "file-changed": change_file,
        "file-html": show_page,
        "file-longer": transfers.announce_less,
        "file-whole": send_whole,
        "file-other-part": send_other_part,
    }
)
