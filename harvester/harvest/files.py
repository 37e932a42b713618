"""Says whether what came is a document's file; what is in it is nobody's business here."""

from dataclasses import replace

from harvester.captures import Capture
from harvester.errors import ChallengePage, EmptyPage, UnreachablePage, WrongContentType
from harvester.pages.refusals import unread_error

_LOOKED_AT = 100_000  # bytes of a page that stands in a file's place
_OK = 200


def refuse_no_file(capture: Capture) -> None:
    """Raise the PageError that says what stands in a file's place: nothing, a challenge, another page of HTML."""
    if capture.status != _OK:
        raise UnreachablePage(f"the server answered with status {capture.status}")
    if capture.challenged:
        raise ChallengePage("the server answered with a challenge (cf-mitigated)")
    if not capture.body:
        raise EmptyPage("the body is empty")
    if capture.medium == "html":
        error = unread_error(replace(capture, body=capture.body[:_LOOKED_AT]), None)
        raise (
            WrongContentType("a page of HTML stands in the place of a file") if error.kind == "not-a-listing" else error
        )
