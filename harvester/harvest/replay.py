"""Sends captures through the same core as a live crawl; opens no socket."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from harvester.captures import Capture, TakenBeside
from harvester.errors import DocumentPage, OtherSitePage, PageError, UsageProblem
from harvester.harvest.documents import refuse_misled
from harvester.harvest.files import refuse_no_file
from harvester.harvest.wishes import kind_at
from harvester.items import Address, Document, Reading
from harvester.pages.refusals import unread_error
from harvester.sites import Site

# What a site says of a page that may well be another's.
NOT_MINE = frozenset({"not-a-listing", "other-site"})


@dataclass(frozen=True, slots=True)
class Replayed:
    """One capture read, as a page of a listing or of a document, or a file; or the error that says why it could not be.

    `site` is the one that it belongs to, None where no site knows it; `address` is that of a listing, where its URL is
    known. `wanted` is document or file where it is, or was to be, no page of a listing.
    """

    capture: Capture
    site: Site | None
    address: Address | None
    reading: Reading | None
    error: PageError | None = None
    document: Document | None = None
    wanted: str | None = None


def replay(capture: Capture, site: Site) -> Replayed:
    """Read a capture as a page of a site; what cannot be read comes with its error."""
    try:
        address = _address(capture, site)
        reading = site.read(capture)
    except DocumentPage as error:
        return _replay_document(capture, site) if site.document_layouts else Replayed(capture, None, None, None, error)
    except PageError as error:
        return Replayed(capture, None, None, None, error)
    return Replayed(_named(capture, site), site, address, reading)


def _replay_document(capture: Capture, site: Site) -> Replayed:
    try:
        document = site.read_document(capture)
        refuse_misled(document, capture.taken.asked if isinstance(capture.taken, TakenBeside) else (), site)
    except PageError as error:
        return Replayed(capture, None, None, None, _telling(capture, error), wanted="document")
    return Replayed(_named(capture, site), site, None, None, document=document, wanted="document")


def _telling(capture: Capture, error: PageError) -> PageError:
    """Return what a text says of its own in a document's place (a challenge, that it is missing), else the error."""
    if error.kind != "not-a-document" or capture.medium != "text":
        return error
    told = unread_error(capture, None)
    told.where = capture.url
    return error if told.kind == "not-a-listing" else told


def replay_file(capture: Capture, site: Site) -> Replayed:
    """Take a capture as a document's file of a site; what cannot be one comes with its error."""
    try:
        refuse_no_file(capture)
    except PageError as error:
        error.where = error.where or capture.url
        return Replayed(capture, None, None, None, error, wanted="file")
    return Replayed(_named(capture, site), site, None, None, wanted="file")


def _named(capture: Capture, site: Site) -> Capture:
    return replace(capture, url=site.canonical_url(capture.url)) if capture.url else capture


def replay_unnamed(capture: Capture, sites: Sequence[Site]) -> Replayed:
    """Read a capture as a page of the one site that owns its URL, or whose page objects recognise it.

    Raises UsageProblem, naming them, where several sites recognise it. Where none does, `error` says what the page is:
    a challenge is one whoever asks.
    """
    if capture.url is not None:
        owner = next((site for site in sites if site.owns(capture.url)), None)
        if owner is None:
            return Replayed(capture, None, None, None, OtherSitePage(f"no site is known for {capture.url}"))
        return replay(capture, owner)
    tries = [replay(capture, site) for site in sites]
    claiming = [tried for tried in tries if tried.site is not None]
    if len(claiming) > 1:
        names = ", ".join(tried.site.name for tried in claiming if tried.site is not None)
        raise UsageProblem(f"{capture.file} may be of several sites: {names}", advice="Name one with --site.")
    if claiming:
        return claiming[0]
    telling = [tried for tried in tries if tried.error is not None and tried.error.kind not in NOT_MINE]
    return (telling or tries)[0]


def is_file(capture: Capture, sites: Sequence[Site], offered: Collection[str] = ()) -> bool:
    """Return whether a capture is a document's file: by its address, as one `offered`, or as a crawl took it."""
    if isinstance(capture.taken, TakenBeside):
        return capture.taken.kind == "file"
    return capture.url is not None and kind_at(capture.url, sites, offered) == "file"


def _address(capture: Capture, site: Site) -> Address | None:
    if capture.url is None:
        return None
    try:
        address = site.explain(capture.url)
    except ValueError as error:
        raise OtherSitePage(f"its address cannot be understood: {error}", where=capture.url) from error
    if address is None:
        raise OtherSitePage(f"it is not of {site.name}", where=capture.url)
    return address if address.kind == "listing" else None
