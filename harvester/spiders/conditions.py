"""Asks for pages only if they changed, and takes a server's word that they did not (RFC 9110, 8.8, 13 and 15.4.5)."""

import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from scrapy.http import Response

from harvester.captures import Capture, Validators
from harvester.errors import OutOfStep
from harvester.harvest.confirmed import Confirmed, HeldPage
from harvester.harvest.walk import ListingWalk
from harvester.items import Reading
from harvester.sites import Site
from harvester.urls import origin_of

HELD = "harvest_held"  # in a request's meta: the page that it asks about
NOT_MODIFIED = 304
# Tags beyond ASCII are allowed, and unheard of; they would have to be sent back byte by byte.
_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]{0,500}"')
# A page may change again within the second that it tells of; only an answer that is later can be asked about by it.
_APART = timedelta(seconds=1)


def version_url(url: str, site: Site) -> str:
    """Return what validators are kept under: the address on the site's own host, and a mark of the one that was asked.

    What one host says of its versions means nothing to another; its name is not kept.
    """
    origin = hashlib.sha256((origin_of(url) or "").encode("utf-8", "surrogateescape")).hexdigest()[:12]
    return f"{site.canonical_url(url)}#{origin}"


def validators_of(response: Response, site: Site) -> Validators | None:
    """Return what a server says of the version of the page that was asked for; None if it says nothing of use."""
    if response.request is None or response.request.meta.get("redirect_urls"):
        return None
    etag, modified = _tag(response), _modified(response)
    return Validators(version_url(response.url, site), etag, modified) if etag or modified else None


def confirm(response: Response, capture: Capture, walk: ListingWalk) -> tuple[Capture, Reading]:
    """Return the page that is held as one that came just now; raise OutOfStep for a 304 that cannot be believed."""
    meta = response.request.meta if response.request is not None else {}
    held: HeldPage | None = meta.get(HELD)
    if held is None or meta.get("redirect_urls"):
        raise OutOfStep("the server says of a page that it did not change, and was not asked that")
    if walk.total not in {None, held.counter.total}:
        raise OutOfStep(f"the server says that {held.counter} did not change, though the total is {walk.total} by now")
    told = capture.validators
    kept = Validators(version_url(response.url, walk.site), held.etag, held.modified)
    if told is not None:
        kept = replace(kept, etag=told.etag or held.etag, modified=told.modified or held.modified)
    confirmed = Confirmed(
        body=b"", url=capture.url, captured_at=capture.captured_at, validators=kept,
        held_digest=held.digest, held_medium=held.medium,
    )  # fmt: skip
    return confirmed, held.reading(walk.url_after(held.counter))


def _tag(response: Response) -> str | None:
    text = (response.headers.get("ETag") or b"").decode("latin-1").strip()
    return text if _TAG.fullmatch(text) else None


def _modified(response: Response) -> str | None:
    """Return Last-Modified if the answer was made later than the second that it tells of (8.8.2.2)."""
    modified, made = _time(response, "Last-Modified"), _time(response, "Date")
    if modified is None or made is None or made - modified < _APART:
        return None
    return (response.headers.get("Last-Modified") or b"").decode("latin-1").strip()


def _time(response: Response, name: str) -> datetime | None:
    text = (response.headers.get(name) or b"").decode("latin-1")
    try:
        told = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return told if told.tzinfo is not None else told.replace(tzinfo=UTC)
