"""Makes a page of a record: a capture, what is wrong with it, or that it is no text."""

from collections.abc import Iterable

from harvester.archives.finds import Find, PassedOver
from harvester.archives.limits import ADVICE, MOST_FILE, MOST_PAGE
from harvester.archives.warc.digests import is_digest_of, tell_digest
from harvester.archives.warc.fields import Fields, to_time
from harvester.archives.warc.messages import Body, Message, decode_body, read_message
from harvester.archives.warc.payloads import Payloads
from harvester.archives.warc.records import Record, damaged
from harvester.archives.warc.revisits import Names, Revisit, names_referred_to, own_names
from harvester.captures import HTML_TYPES, TEXT_TYPES, Capture
from harvester.errors import (
    BrokenBody,
    CutBody,
    PageError,
    PageTooLarge,
    SegmentedRecord,
    UnresolvedRevisit,
    WrongDigest,
)
from harvester.harvest.wishes import Wish

# Of other types than these and those of text ("unk", "text/html,text/html") the bytes decide.
_NO_TEXT = ("image/", "audio/", "video/", "font/", "application/")
# So the profiles end in every version of the standard; others must not be interpreted (WARC 1.1, 6.7).
_PROFILES = ("identical-payload-digest", "server-not-modified")


def find_in(record: Record, file: str, payloads: Payloads | None, wish: Wish | None = None) -> Find | Revisit:
    """Return what a record of a page holds, or of what it is wanted for; a revisit as such."""
    try:
        if (record.fields.first("warc-type") or "").lower() == "revisit":
            return _read_revisit(record, file, wish)
        return _read_page(record, file, payloads, wish)
    except PageError as error:
        return damaged(error, file, record.offset, record.url)


def _read_page(record: Record, file: str, payloads: Payloads | None, wish: Wish | None) -> Find:
    message = _message_of(record)
    declared = _type_of(message)
    names = own_names(record)
    if wish is not Wish.FILE and _is_no_text(declared):
        return _pass_over(names, payloads, wish)
    most = MOST_FILE if wish is Wish.FILE else MOST_PAGE
    _refuse_partial(record, most)
    _check(record, "block", [record.block])
    body = decode_body(message, most)
    _check(record, "payload", body.states())
    if wish is Wish.FILE and len(body.decoded) > most:  # of pages it is refused where they are read
        raise PageTooLarge(
            f"the file has {len(body.decoded):,} bytes; {most:,} are the most that is taken", advice=ADVICE
        )
    capture = _capture(record, file, message, body)
    if wish is not Wish.FILE and _proves_no_page(capture, declared):
        return _pass_over(names, payloads, wish)
    if payloads is not None:
        payloads.keep(names, capture)
    return capture


def _type_of(message: Message) -> str:
    return (message.content_type or "").partition(";")[0].strip().lower()


def _is_no_text(declared: str) -> bool:
    return declared not in TEXT_TYPES and declared.startswith(_NO_TEXT)


def _proves_no_page(capture: Capture, declared: str) -> bool:
    """Return whether bytes that may be text are none, nor of a declared type of text."""
    is_binary = capture.medium == "binary" and declared not in HTML_TYPES
    return is_binary or bool(declared and declared not in TEXT_TYPES and not capture.says_html)


def _pass_over(names: Names, payloads: Payloads | None, wish: Wish | None) -> PassedOver:
    if payloads is not None:
        payloads.keep_no_text(names)
    return _no_text(wish)


def _no_text(wish: Wish | None) -> PassedOver:
    """Return what is told of a capture that is no text: what stands at a document's address is a file of it."""
    return PassedOver("document-file" if wish is Wish.DOCUMENT else "content-type")


def _message_of(record: Record) -> Message:
    """Return the response that a record holds, or that its block amounts to where it is none of HTTP."""
    kind = (record.fields.first("warc-type") or "").lower()
    if kind == "response":
        message = read_message(record.block)
        if message is None:
            raise BrokenBody("the record holds no HTTP response: it has no status line")
        return message
    content_type = record.fields.first("content-type") or ("text/plain" if kind == "conversion" else "")
    return Message(200, Fields({"content-type": [content_type]}), record.block)


def _refuse_partial(record: Record, most: int) -> None:
    if reason := record.fields.first("warc-truncated"):
        raise CutBody(f"the page was cut when it was kept (WARC-Truncated: {reason[:50]})")
    if record.fields.first("warc-segment-number"):
        raise SegmentedRecord("the record is the first of several that the page was split into")
    if record.length > len(record.block):
        advice = ADVICE if most > MOST_PAGE else None
        raise PageTooLarge(f"the record has {record.length:,} bytes; {most:,} are the most that is read", advice=advice)


def _check(record: Record, what: str, bodies: Iterable[bytes]) -> None:
    claimed = record.fields.first(f"warc-{what}-digest")
    if not is_digest_of(tell_digest(claimed), bodies):
        raise WrongDigest(f"the {what} does not have the digest that the record gives of it, {claimed}")


def _capture(record: Record, file: str, message: Message, body: Body) -> Capture:
    return Capture(
        body=body.decoded,
        url=record.url,
        status=message.status,
        content_type=message.content_type,
        challenged=message.challenged,
        captured_at=to_time(record.fields.first("warc-date")),
        file=file,
        offset=record.offset,
    )


def _read_revisit(record: Record, file: str, wish: Wish | None) -> Find | Revisit:
    message = read_message(record.block)
    if wish is not Wish.FILE and message is not None and _is_no_text(_type_of(message)):
        return _no_text(wish)
    _check(record, "block", [record.block])
    profile = record.fields.first("warc-profile")
    if profile is not None and not profile.endswith(_PROFILES):
        raise UnresolvedRevisit(f"what the record says of its original is not known: WARC-Profile {profile[:200]}")
    return Revisit(
        names_referred_to(record),
        url=record.url or "",
        captured_at=to_time(record.fields.first("warc-date")),
        status=message.status if message else None,
        content_type=message.content_type if message else None,
        challenged=message.challenged if message else False,
        file=file,
        offset=record.offset,
    )
