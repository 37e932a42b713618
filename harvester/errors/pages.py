"""What a page is that is no results listing, or not the one that was asked for."""

from harvester.errors.root import Exit, PageError


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
    advice = "This page needs an account, which the harvester never uses. Ask the archive for access."


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


class NotADocument(PageError):
    """A page at a document's address in which no document can be read."""

    kind = "not-a-document"
    advice = (
        "No title of a document was found. If it is a document's page, its layout is new: see docs/adding-a-site.md."
    )


class CutDocument(PageError):
    """A document's page that breaks off: its text would be published without its end."""

    kind = "cut-document"
    advice = "The page breaks off. Capture it again."


class OtherDocument(PageError):
    """A document's page that says it is another document than the one at its address."""

    kind = "other-document"
    code = Exit.INCOMPLETE
    advice = "The server mixed pages up, or the capture is filed under a wrong address. Run the same command again."


class OutOfStep(PageError):
    """A page that is not the one asked for: another range, another listing, another total."""

    kind = "out-of-step"
    code = Exit.INCOMPLETE
    advice = "The listing changed or the server mixed pages up. Run the same command again."


class ListingMoved(OutOfStep):
    """A page that shows that records came or went since the walk began: the listing is walked again."""

    kind = "drift"
    advice = "The listing changes while it is read. Run the same command again at a quieter time."


class EndlessListing(PageError):
    """A listing with more pages than any real one has."""

    kind = "endless"
    code = Exit.INCOMPLETE
    advice = "Nobody has that many results. Look at the last page asked for in a browser, or narrow the search."


class PageTooLarge(PageError):
    """A page beyond the limits of what is read, in bytes (packed or unpacked) or elements; no listing is that large."""

    kind = "too-large"
    advice = "No results page seen comes near this. Give the listing page alone, or a listing of fewer rows a page."
