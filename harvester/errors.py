"""The one tree of errors: each says what happened, where, what to do next, and which exit code it means."""

from collections.abc import Iterable
from enum import IntEnum


class Exit(IntEnum):
    """Exit codes, one per cause; docs/exit-codes.md is the table for people."""

    COMPLETE = 0
    UNEXPECTED = 1
    USAGE = 2
    INCOMPLETE = 3
    REFUSED = 4
    UNREACHABLE = 5
    UNREADABLE = 6
    DATASET = 7
    INTERRUPTED = 130


WORST_FIRST = (Exit.UNEXPECTED, Exit.DATASET, Exit.UNREADABLE, Exit.REFUSED, Exit.UNREACHABLE, Exit.INCOMPLETE)


def worst(codes: Iterable[Exit]) -> Exit:
    """Return the code that stands for several causes: the first of WORST_FIRST among them, else COMPLETE."""
    present = set(codes)
    return next((code for code in WORST_FIRST if code in present), Exit.COMPLETE)


class HarvestError(Exception):
    """The root: `kind` names the cause in data, `advice` says what to do next, `where` names the place."""

    kind = "unexpected"
    code = Exit.UNEXPECTED
    advice = "Run it again with --debug and report what it prints."

    def __init__(self, message: str, *, where: str | None = None, advice: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        if advice is not None:
            self.advice = advice

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class UsageProblem(HarvestError):
    """The command was asked for something that it cannot be asked for."""

    kind = "usage"
    code = Exit.USAGE
    advice = "See --help."


class DatasetError(HarvestError):
    """The dataset folder is in use, damaged, not writable, or not a dataset."""

    kind = "dataset"
    code = Exit.DATASET
    advice = "Nothing was changed. Harvest into another folder, or restore this one from a copy."


class PageError(HarvestError):
    """A capture that is no results listing, or none that can be read."""

    kind = "page"
    code = Exit.UNREADABLE


class ChallengePage(PageError):
    """The site asks for proof of being a person; nothing is ever done to get around it."""

    kind = "challenge"
    code = Exit.REFUSED
    advice = "The site challenges automatic readers. Wait, write to the archive, or replay captures; then run again."


class BlockPage(PageError):
    """The site says that this reader is blocked."""

    kind = "block"
    code = Exit.REFUSED
    advice = "The site has blocked this address. Write to the archive; the same command resumes once it is let in."


class LoginPage(PageError):
    """The site asks for a login."""

    kind = "login"
    code = Exit.REFUSED
    advice = "This listing needs an account, which the harvester never uses. Ask the archive for access."


class RobotsDenied(PageError):
    """robots.txt disallows the page, or could not be fetched (RFC 9309, section 2.3.1)."""

    kind = "robots"
    code = Exit.REFUSED
    advice = "robots.txt is always obeyed. Write to the archive, or replay captures."


class UnreachablePage(PageError):
    """The server could not be reached, or answered with an error that may pass."""

    kind = "unreachable"
    code = Exit.UNREACHABLE
    advice = "The server did not answer. Run the same command later; what was read is kept."


class NotFoundPage(PageError):
    """The site says that there is no such page, with status 404 or without it."""

    kind = "not-found"
    advice = "The site has no such page. Open the address in a browser and correct it."


class EmptyPage(PageError):
    """A body without any text."""

    kind = "empty"
    advice = "The page holds no text. Capture it again."


class WrongContentType(PageError):
    """Not a page of text at all: an image, PDF, archive, feed or data file."""

    kind = "content-type"
    advice = "Give the HTML page or its text extract."


class OtherSitePage(PageError):
    """A page of a site other than the one asked for."""

    kind = "other-site"
    advice = "Name the site that it belongs to with --site, or leave the page out."


class DocumentPage(PageError):
    """A document's own page, where a results listing is wanted."""

    kind = "document"
    advice = "This is one document's page. Give the results listing that leads to it."


class NotAListing(PageError):
    """A page of text in which no results listing can be read."""

    kind = "not-a-listing"
    advice = "No counter and no records were found. If it is a listing, its layout is new: see docs/adding-a-site.md."


class OutOfStep(PageError):
    """A page that is not the one asked for: another range, another listing, another total."""

    kind = "out-of-step"
    code = Exit.INCOMPLETE
    advice = "The listing changed or the server mixed pages up. Run the same command again."


class OffSiteRedirect(PageError):
    """The server sends the reader away from the site; it is not followed."""

    kind = "off-site"
    code = Exit.REFUSED
    advice = "Off-site redirects are not followed. If the archive moved, give the new address."
