"""Turns Scrapy's responses and failures into captures and the project's own errors."""

from collections.abc import Callable
from datetime import datetime

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response

from harvester.archives.snapshot.exchange import KEPT, Kept
from harvester.captures import Capture
from harvester.errors import (
    BlockPage,
    BrokenEncoding,
    ConnectionLost,
    ConnectionRefused,
    CutOff,
    LoginPage,
    NoSuchHost,
    NotAListing,
    NotFoundPage,
    OffSiteRedirect,
    OutOfStep,
    PageError,
    PageTooLarge,
    RateLimited,
    RedirectLoop,
    RobotsDenied,
    ServerError,
    TimedOut,
    UnreachablePage,
)
from harvester.harvest.walk import ListingWalk
from harvester.items import Reading
from harvester.middlewares.robots import DeniedByRobots
from harvester.middlewares.wholeness import BodyBroken, BodyTooLarge
from harvester.sites import Site
from harvester.spiders.conditions import validators_of

# What the engine raises, and what it means; the first that fits counts. A message of None is taken from the exception.
_FAILURES: tuple[tuple[type[BaseException], type[PageError], str | None], ...] = (
    (CannotResolveHostError, NoSuchHost, "the host's name cannot be resolved"),
    (DownloadConnectionRefusedError, ConnectionRefused, "the connection was refused"),
    (DownloadTimeoutError, TimedOut, "the page had not come whole within the time allowed"),
    (ResponseDataLossError, CutOff, "the page was cut off on its way"),
    (DownloadCancelledError, PageTooLarge, "the page is larger than is read"),
    (DownloadFailedError, ConnectionLost, "the connection was lost before the page had come"),
    (BodyBroken, BrokenEncoding, None),
    (BodyTooLarge, PageTooLarge, None),
    (IgnoreRequest, RedirectLoop, "the server redirects in a circle, or too often"),
)


def capture_of(response: Response, site: Site, now: datetime) -> Capture:
    """Return a response as a capture, its URL on the site's own host; one that was kept is told where and when."""
    kept: Kept | None = response.request.meta.get(KEPT) if response.request is not None else None
    content_type = response.headers.get("Content-Type")
    return Capture(
        body=response.body,
        url=site.canonical_url(response.url),
        status=response.status,
        content_type=content_type.decode("latin-1") if content_type else None,
        challenged=(response.headers.get("cf-mitigated") or b"").lower() == b"challenge",
        captured_at=kept.captured_at if kept else now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        file=kept.file if kept else None,
        offset=kept.offset if kept else None,
        validators=validators_of(response, site),
    )


def read_response(response: Response, capture: Capture, walk: ListingWalk) -> Reading:
    """Return what a response says of the page that was asked for; raise the PageError that says what it is instead."""
    if response.status >= 300:
        refuse_status(response, capture, walk.site.read, NotAListing)
    there = walk.site.explain(response.url)
    if there is None or (there.listing, there.order) != (walk.listing, walk.address.order):
        raise OutOfStep(f"the server sent the reader to another page, {response.url}")
    return walk.site.read(capture)


def refuse_status(
    response: Response, capture: Capture, read: Callable[[Capture], object], unread: type[PageError]
) -> None:
    """Raise the PageError that a status from 300 on means; `read` says what the page itself is, `unread` what else."""
    status = response.status
    if 300 <= status < 400:
        where = (response.headers.get("Location") or b"").decode("latin-1")
        if not where:
            raise unread(f"the server answered {status} and no page")
        raise OffSiteRedirect(f"the server redirects to {where[:300]}")
    try:
        read(capture)
    except PageError as error:
        if error.kind in {"challenge", "login"} or (error.kind == "block" and status != 429):
            raise
    if status == 401:
        raise LoginPage("the server answered 401: a login is needed")
    if status in {403, 451}:
        raise BlockPage(f"the server answered {status}: access is forbidden")
    if status in {404, 410}:
        raise NotFoundPage(f"the server answered {status}: there is no such page")
    if status == 429:
        raise RateLimited("the server answered 429: it is asked too often")
    if status == 408 or status >= 500:
        raise ServerError(f"the server answered {status}")
    raise unread(f"the server answered {status}", advice="Open the address in a browser and correct it.")


def error_of(failure: BaseException, url: str) -> PageError:
    """Return the project's error for a request that brought no response."""
    if isinstance(failure, DeniedByRobots):
        if failure.__cause__ is None or isinstance(failure.__cause__, IgnoreRequest):
            return RobotsDenied(str(failure))
        failure = failure.__cause__  # it is the server that cannot be reached, not only its robots.txt
    for engine, error, words in _FAILURES:
        if isinstance(failure, engine):
            return error(f"{url}: {words or failure}")
    return UnreachablePage(f"{url}: {failure or type(failure).__name__}")
