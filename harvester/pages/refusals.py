"""Says what a page is that is no results listing: a challenge, a block, a login, a missing page, something else."""

import re
from collections.abc import Iterator
from itertools import islice

from lxml import etree
from lxml.etree import _Element as Element

from harvester.captures import TEXT_TYPES, Capture
from harvester.errors import (
    BlockPage,
    ChallengePage,
    DocumentPage,
    EmptyPage,
    LoginPage,
    NotAListing,
    NotFoundPage,
    OtherSitePage,
    PageError,
    UnreachablePage,
    WrongContentType,
)
from harvester.pages.blocks import short_text, text_of
from harvester.pages.facts import Facts
from harvester.pages.limits import MOST_BYTES, refuse_large
from harvester.urls import host_of, is_loopback

# Seen in the wild: Cloudflare's and Akamai's interstitials, and those of Imperva, PerimeterX, DataDome and Anubis.
_CHALLENGE = re.compile(
    r"triggerInterstitialChallenge|bm-verify|/_sec/verify|cf[-_]chl|/cdn-cgi/challenge-platform|_Incapsula_Resource"
    r"|px-captcha|captcha-delivery\.com|Enable JavaScript and cookies to continue|<title>\s*Just a moment"
    r"|Checking (?:if the site connection is secure|your browser before)|Verify(?:ing)? (?:that )?you are (?:a )?human"
    r"|awswaf\.com|(?:Are you|you(?:'|&#39;|’)?re (?:not )?|I(?:'|&#39;|’)?m not )a (?:ro)?bot|[gh]-(?:re)?captcha"
    r"|anubis_challenge|making sure you(?:'|&#39;|’)re not a bot",
    re.I,
)
_BLOCK = re.compile(
    r"you have been blocked|Attention Required!\s*\|\s*Cloudflare|<title>\s*(?:403 Forbidden|Access Denied)"
    r"|You don(?:'|&#39;|’)t have permission to access|Your (?:IP )?address has been (?:blocked|banned)"
    r"|<title>\s*429\b|^[^\S\n]*+(?:403 Forbidden|Access Denied|Error 1020|(?:429 )?Too Many Requests)[^\S\n]*+$",
    re.I | re.M,
)
_NOT_FOUND = re.compile(
    r"(?:error\s*)?404\b|(?:page|document|file) (?:was |could )?not (?:be )?found|not found$"
    r"|the requested (?:page|url) .*not .*found|(?:this|that) page (?:doesn.t|does not|no longer) exists?",
    re.I,
)
_DOWN = re.compile(
    r"(?:site|service|server).{0,30}(?:under maintenance|temporarily unavailable|unexpected error|unavailable)"
    r"|\b5[02][0-9]: |^(?:connection timed out\b.*|web server is down\b.*|5[02][0-9]\b.*)$"
    r"|^(?:bad gateway|gateway time-?out|internal server error)$",
    re.I,
)
# What only document pages have, in the layouts seen.
_IS_DOCUMENT = etree.XPath(
    "boolean(//@id[. = 'documentTabs' or . = 'citation-text' or . = 'subj-list']"
    " | //@class[contains(., 'doc-inf-information')])"
)
_IN_A_TEXT = etree.XPath("boolean(ancestor::main | ancestor::*[@role = 'main' or @id = 'documentTabs'])")
_MOST_LINKS = 100  # of one relation; a page has one
_MOST_HEADS = 100
_LONGEST_HEAD = 500  # characters; the patterns take more than linear time
_LOGIN = re.compile(r"^(?:log ?in|sign ?in|user login|please (?:log|sign) ?in)\b", re.I)


def refuse_at_sight(capture: Capture, facts: Facts) -> None:
    """Raise for a capture that cannot be a results page, by its address or as refuse_unreadable does."""
    if capture.url is not None and facts.document_url(capture.url):
        raise DocumentPage(f"{facts.document_url(capture.url)} is the address of one document")
    refuse_unreadable(capture, facts)


def refuse_unreadable(capture: Capture, facts: Facts) -> None:
    """Raise for a capture that is no text, that its own headers call a challenge, or that is of another site."""
    if capture.url is not None and not facts.owns(capture.url):
        raise OtherSitePage(f"{capture.url} is not of {facts.name}")
    if capture.challenged:
        raise ChallengePage("the server answered with a challenge (cf-mitigated)")
    small = len(capture.body) <= MOST_BYTES
    if small and (not capture.body.strip() or (len(capture.body) < 64 and not capture.text.strip())):
        raise EmptyPage("the body is empty")
    declared = capture.media_type
    if declared and declared not in TEXT_TYPES and not capture.says_html:
        raise WrongContentType(f"the page is declared as {declared}")
    if capture.medium == "binary":
        raise WrongContentType("the bytes are no text")
    refuse_large(capture)
    if capture.medium == "text" and _is_noise(capture.text[:4096]):
        raise WrongContentType("the bytes are no text")
    if capture.medium == "text":
        _refuse_data(capture.body.lstrip()[:512], capture.body.rstrip()[-1:])


def _is_noise(head: str) -> bool:
    """Return whether control characters, of which a text has a few at most, are many."""
    return sum(c < " " and c not in "\t\n\r\f\v" for c in head) * 50 > len(head)


def _refuse_data(head: bytes, last: bytes) -> None:
    if head[:1] in b"{[" and last in b"}]":
        raise WrongContentType("the page is JSON")
    if head.startswith((b"<?xml", b"<rss", b"<feed")) and b"<html" not in head.lower():
        raise WrongContentType("the page is a feed or another kind of XML")


def unread_error(capture: Capture, root: Element | None) -> PageError:
    """Return the error that says what a page is in which no layout was recognised; `root` is None for a text."""
    text = capture.text
    if _CHALLENGE.search(text):
        return ChallengePage("the site asks for proof of being a person")
    if _BLOCK.search(text):
        return BlockPage("the site says that it blocks this reader")
    heads = _heads(text, root)
    asks = root is not None and root.find(".//input[@type='password']") is not None
    if asks or any(map(_LOGIN.match, heads)):
        return LoginPage("the site asks for a login")
    for pattern, error in ((_NOT_FOUND, NotFoundPage), (_DOWN, UnreachablePage)):
        said = next((head for head in heads if pattern.search(head)), None)
        if said:
            return error(f"the site says: {said[:200]}")
    return _by_status(capture.status) or _unread(root)


def _by_status(status: int) -> PageError | None:
    said = f"the server answered with status {status}"
    if status in {404, 410}:
        return NotFoundPage(said)
    if status == 401:
        return LoginPage(said)
    if status in {403, 429, 451}:
        return BlockPage(said)
    return UnreachablePage(said) if status >= 500 else None


def _unread(root: Element | None) -> PageError:
    if root is None:
        return NotAListing("no counter and no records stand in this text")
    if not text_of(root):
        return EmptyPage("the page shows no text")
    return NotAListing("no counter and no records stand on this page")


def refuse_document(root: Element, facts: Facts) -> None:
    """Raise for a page that says that it is one document's; its text may hold counters and links of all kinds."""
    canonical = canonical_of(root)
    document = facts.document_url(canonical) if canonical else None
    if document or _IS_DOCUMENT(root):
        raise DocumentPage(f"this is the page of one document{f', {document}' if document else ''}")


def refuse_foreign(root: Element, facts: Facts) -> None:
    """Raise for a page that calls itself a page of another site; its records would be taken for this one's.

    A page served from this very machine names its address there, which is nobody's.
    """
    canonical = canonical_of(root)
    if canonical and host_of(canonical) and not facts.owns(canonical) and not is_loopback(canonical):
        raise OtherSitePage(f"the page says that it is {canonical}, which is not of {facts.name}")


def canonical_of(root: Element) -> str | None:
    """Return the canonical link of a page as printed; None if it has none."""
    return next(((link.get("href") or "").strip() or None for link in links_of(root, "canonical")), None)


def links_of(root: Element, relation: str) -> Iterator[Element]:
    """Yield the page's own links of a relation: texts in the main part may bring the heads of other pages along."""
    related = (link for link in root.iter("link") if relation in (link.get("rel") or "").lower().split())
    for link in islice(related, _MOST_LINKS):
        if not _IN_A_TEXT(link):
            yield link


def _heads(text: str, root: Element | None) -> list[str]:
    """Return the lines by which a page introduces itself: its title and headings, or an extract's first lines."""
    if root is None:
        return [line.strip()[:_LONGEST_HEAD] for line in text.splitlines() if line.strip()][:6]
    heads = islice((h for tag in ("title", "h1", "h2") for h in root.iter(tag)), _MOST_HEADS)
    lines = [short_text(head, _LONGEST_HEAD) or "".join(islice(head.itertext(), 10)).strip() for head in heads]
    whole = short_text(root, 200)
    return [line[:_LONGEST_HEAD] for line in lines if line] + ([whole] if whole else [])


def is_not_found(text: str, root: Element | None) -> bool:
    """Return whether a page introduces itself as missing."""
    return any(map(_NOT_FOUND.search, _heads(text, root)))
