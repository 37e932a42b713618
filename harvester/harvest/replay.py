"""Sends captures through the same core as a live crawl; opens no socket."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from harvester.captures import Capture
from harvester.errors import DocumentPage, OtherSitePage, PageError, UsageProblem
from harvester.items import Address, Document, Reading
from harvester.sites import Site

# What a site says of a page that may well be another's.
_NOT_MINE = frozenset({"not-a-listing", "other-site"})
# What may lie about among pages that don't say where they came from.
_PASSED = _NOT_MINE | {"document", "content-type"}
_OK = 200
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Replayed:
    """One capture read, as a page of a listing or of a document; or the error that says why it could not be.

    `site` is the one that it belongs to, None where no site knows it; `address` is that of a listing, where its URL is
    known.
    """

    capture: Capture
    site: Site | None
    address: Address | None
    reading: Reading | None
    error: PageError | None = None
    document: Document | None = None


def replay(capture: Capture, site: Site) -> Replayed:
    """Read a capture as a page of a site; what cannot be read comes with its error."""
    named = replace(capture, url=site.canonical_url(capture.url)) if capture.url else capture
    try:
        address = _address(capture, site)
        try:
            return Replayed(named, site, address, site.read(capture))
        except DocumentPage:
            if not site.document_layouts:
                raise
            return Replayed(named, site, None, None, document=site.read_document(capture))
    except PageError as error:
        return Replayed(capture, None, None, None, error)


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
    telling = [tried for tried in tries if tried.error is not None and tried.error.kind not in _NOT_MINE]
    return (telling or tries)[0]


def judge_for(sites: Sequence[Site]) -> Callable[[str], str | None]:
    """Return what says, given a URL, for which kind a capture is passed over unread; None for one to be read.

    An address of a listing that is wrong in itself is to be read: that it cannot be understood is told then.
    """

    def judge(url: str) -> str | None:
        owner = next((site for site in sites if site.owns(url)), None)
        try:
            address = owner.explain(url) if owner is not None else None
        except ValueError:
            return None
        if address is None:
            return "other-site"
        read = {"listing", "document"} if owner is not None and owner.document_layouts else {"listing"}
        return None if address.kind in read else address.kind

    return judge


def passing_kind(replayed: Replayed, *, alone: bool) -> str | None:
    """Return the kind for which a capture that was read is passed over after all; None for one to be kept or rejected.

    That is another answer than the page: a redirect, an error; and, but for a file that was given `alone`, one that
    says neither where it came from nor anything of its own: another page of a mirror.
    """
    error, capture = replayed.error, replayed.capture
    if error is None:
        return None
    if capture.status != _OK:
        return "redirect" if capture.status in _REDIRECTS else f"status-{capture.status}"
    return error.kind if not alone and capture.url is None and error.kind in _PASSED else None


def is_known(replayed: Replayed) -> bool:
    """Return whether a page is of a site, or says itself what it is, be it by its status."""
    if replayed.site is not None or replayed.capture.status != _OK:
        return True
    return replayed.error is not None and replayed.error.kind not in _NOT_MINE


def unrecognised(replayed: Replayed, sites: Sequence[Site]) -> UsageProblem:
    """Return the problem of a capture that no site knows, naming the sites."""
    where = replayed.capture.url or replayed.capture.file
    names = ", ".join(site.name for site in sites)
    reason = f" ({replayed.error})" if replayed.error is not None else ""
    return UsageProblem(f"{where} is recognised by none of the sites: {names}{reason}", advice="Name one with --site.")


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
