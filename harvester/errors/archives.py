"""What is wrong with an archive or one of its records. The rest of it is read."""

from harvester.errors.root import PageError


class EmptyArchive(PageError):
    """A file without a single record."""

    kind = "archive-empty"
    advice = "The file holds nothing. Fetch it again, or leave it out."


class CutRecord(PageError):
    """The archive, or the packed member that the record lies in, ends before the record does."""

    kind = "record-cut"
    advice = "What came before and after it was read. Fetch the archive again if another copy has the record whole."


class BrokenPacking(PageError):
    """The gzip member or zstd frame round a record cannot be unpacked, or fails its checksum."""

    kind = "packing-broken"
    advice = "What came before and after it was read. Fetch the archive again: it was changed since it was written."


class BrokenRecord(PageError):
    """What should be a record has no head that can be read, is not as long as it says, or lacks what a page needs."""

    kind = "record-broken"
    advice = "What came before and after it was read. Look at the bytes there, or take the page from another archive."


class WrongDigest(PageError):
    """A record's bytes are not those that its own digest was taken of."""

    kind = "digest-wrong"
    advice = "The record was changed since it was written. Fetch the archive again, or take the page from another."


class CutBody(PageError):
    """The page was not kept whole: the record says so, or its body is shorter than its headers say."""

    kind = "body-cut"
    advice = "The page was cut when it was captured. Take it from another capture."


class BrokenBody(PageError):
    """The page's body cannot be had: no HTTP message, broken chunks, or a broken or unknown content encoding."""

    kind = "body-broken"
    advice = "The page was kept broken. Take it from another capture."


class SegmentedRecord(PageError):
    """One of several records that a page was split into."""

    kind = "record-segmented"
    advice = "Segments are not joined; no page seen was large enough to be split. Take it from another capture."


class UnresolvedRevisit(PageError):
    """A record that says only that the page was the same as in another record, which no archive given holds."""

    kind = "revisit-unresolved"
    advice = "Replay it together with the archive that holds the original."
