"""Answers that send the client elsewhere: round in circles, off the site, to another page of it."""

from collections.abc import Callable, Mapping

from harvester.sample.exchange import Answer
from harvester.sample.faults.scene import Scene
from harvester.sample.query import ORDERS

ELSEWHERE = "https://example.org/"


def _send(location: str) -> Answer:
    return Answer(302, {"Location": location})


def circle(scene: Scene) -> Answer:
    """Redirect to where one is, or by dose on and on to addresses that are new but mean the same."""
    if scene.dose < 0.5:
        return _send(scene.request.path_qs)
    turns = next((value for key, value in scene.listing.query.pairs if key == "again"), "0")
    return _send(scene.target(again=str(int(turns) + 1) if turns.isdecimal() else "1"))


def leave(scene: Scene) -> Answer:
    """Redirect to another host."""
    return _send(ELSEWHERE)


def go_to_page(scene: Scene) -> Answer:
    """Redirect to another page of the listing; to the first one again if it has no other."""
    others = [page for page in range(scene.listing.pages) if page != scene.listing.page]
    return _send(scene.target(page=str(others[scene.share(len(others))] if others else 0)))


def go_to_order(scene: Scene) -> Answer:
    """Redirect to the same page of the same listing in another order."""
    others = [order for order in ORDERS if order != scene.listing.query.order]
    return _send(scene.target(sort_bef_combine=others[scene.share(len(others))]))


FAULTS: Mapping[str, Callable[[Scene], Answer]] = {
    "redirect-circle": circle,
    "redirect-elsewhere": leave,
    "redirect-page": go_to_page,
    "redirect-order": go_to_order,
}
