"""Says of a capture that was read whether it is passed over after all, and whether any site knows it."""

import re
from collections.abc import Sequence

from harvester.captures import Capture
from harvester.errors import PageError, UsageProblem
from harvester.harvest.replay import NOT_MINE, Replayed
from harvester.sites import Site

# What may lie about among pages that don't say where they came from.
_PASSED = NOT_MINE | {"document", "content-type"}
_FILE_ENDING = re.compile(r"\.[a-z0-9]{2,4}(?:[?#]|$)", re.I)
_OK = 200
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


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
    if replayed.wanted == "document" and capture.medium != "html":
        return _kind_beside(capture, error)
    return error.kind if not alone and capture.url is None and error.kind in _PASSED else None


def _kind_beside(capture: Capture, error: PageError) -> str | None:
    """Return for which kind a capture at a document's address is passed over that is no HTML; None for a reject.

    A text is the document's extract, or its citation.
    """
    if error.kind == "content-type":
        return "document-file"
    if error.kind != "not-a-document":
        return None
    return "document-file" if capture.url and _FILE_ENDING.search(capture.url) else "document"


def is_known(replayed: Replayed) -> bool:
    """Return whether a page is of a site, or says itself what it is, be it by its status."""
    if replayed.site is not None or replayed.capture.status != _OK:
        return True
    return replayed.error is not None and replayed.error.kind not in NOT_MINE


def unrecognised(replayed: Replayed, sites: Sequence[Site]) -> UsageProblem:
    """Return the problem of a capture that no site knows, naming the sites."""
    where = replayed.capture.url or replayed.capture.file
    names = ", ".join(site.name for site in sites)
    reason = f" ({replayed.error})" if replayed.error is not None else ""
    return UsageProblem(f"{where} is recognised by none of the sites: {names}{reason}", advice="Name one with --site.")
