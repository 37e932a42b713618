"""Answers that hold no listing: errors of the server, pages of its doorkeepers, and nothing at all."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from email.utils import format_datetime
from functools import partial

from harvester.sample.exchange import Answer
from harvester.sample.faults.scene import Scene
from harvester.sample.frame import render_page

LONGEST_WAIT = 3  # seconds; who obeys Retry-After is not to be made slow by it
A_DAY = 86_400
REASONS = {
    403: "Forbidden",
    404: "Not Found",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Time-out",
    520: "Web server is returning an unknown error",
}


def refuse(status: int, scene: Scene) -> Answer:
    """Answer a status, with the short page that servers have for it."""
    line = f"{status} {REASONS[status]}"
    return Answer(status, body=f"<html><head><title>{line}</title></head><body><h1>{line}</h1></body></html>\n")


def refuse_for_seconds(status: int, scene: Scene) -> Answer:
    """Answer a status with Retry-After in seconds, from 0 on."""
    return Answer(status, {"Retry-After": str(scene.share(LONGEST_WAIT))}, refuse(status, scene).body)


def refuse_until(status: int, scene: Scene) -> Answer:
    """Answer a status with Retry-After as an HTTP date, which may be over already: clocks differ."""
    until = scene.now + timedelta(seconds=scene.share(LONGEST_WAIT + 1) - 1)
    return Answer(status, {"Retry-After": format_datetime(until, usegmt=True)}, refuse(status, scene).body)


def refuse_for_a_day(status: int, scene: Scene) -> Answer:
    """Answer a status with a Retry-After that nobody waits for."""
    return Answer(status, {"Retry-After": str(A_DAY)}, refuse(status, scene).body)


def send_nothing(scene: Scene) -> Answer:
    """Answer 200 and an empty body."""
    return Answer(200)


def miss(status: int, scene: Scene) -> Answer:
    """Answer the site's own page for what it does not have: with 404, or softly with 200."""
    main = '<h1 class="page-title">Page not found</h1>\n<p>The requested page could not be found.</p>'
    return Answer(status, body=render_page("Page not found", main, "/search", scene.server.archive.featured))


def ask_for_login(scene: Scene) -> Answer:
    """Answer the login form: by dose with 200, or with 403 as Drupal does."""
    main = (
        '<h1 class="page-title">Log in</h1>\n<form action="/user/login?destination=/search" method="post">\n'
        '<label for="name">Username</label><input id="name" name="name" type="text" required />\n'
        '<label for="pass">Password</label><input id="pass" name="pass" type="password" required />\n'
        '<input type="submit" value="Log in" />\n</form>'
    )
    status = (200, 403)[scene.share(2)]
    return Answer(status, body=render_page("Log in", main, "/user/login", scene.server.archive.featured))


def challenge(scene: Scene) -> Answer:
    """Answer 200 and a page that wants to see a browser, and loads itself again."""
    return Answer(
        body='<html><head><meta http-equiv="refresh" content="5; URL=/_sec/verify?bm-verify=AAQ" /><title></title>\n'
        "<script>function triggerInterstitialChallenge() { document.cookie = 'bm-verify=AAQ'; location.reload(); }\n"
        '</script></head><body onload="triggerInterstitialChallenge()"></body></html>\n'
    )


def block(scene: Scene) -> Answer:
    """Answer 403 with the header and the page of a doorkeeper that has made up its mind."""
    body = (
        "<html><head><title>Attention Required!</title></head><body><h1>Sorry, you have been blocked</h1>\n"
        "<p>You are unable to access this site.</p></body></html>\n"
    )
    return Answer(403, {"cf-mitigated": "challenge"}, body)


FAULTS: Mapping[str, Callable[[Scene], Answer]] = {
    **{f"{status}-seconds": partial(refuse_for_seconds, status) for status in (429, 503)},
    **{f"{status}-date": partial(refuse_until, status) for status in (429, 503)},
    **{f"{status}-day": partial(refuse_for_a_day, status) for status in (429, 503)},
    **{str(status): partial(refuse, status) for status in (429, 500, 502, 503, 504, 520)},
    "404": partial(miss, 404),
    "soft-404": partial(miss, 200),
    "empty": send_nothing,
    "login": ask_for_login,
    "challenge": challenge,
    "block": block,
}
