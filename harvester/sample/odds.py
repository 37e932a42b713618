"""How likely each thing is that a schedule may hold, each with the reason: the one table to read and to argue with."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Odds(NamedTuple):
    """A weight among its neighbours, why it is so, and how many requests in a row it may hold at most."""

    weight: int
    reason: str
    longest: int = 1


HARSH = 0.08  # of all schedules; most crawls of a working site go nearly undisturbed, some meet its worst day

# How many there are in one crawl -> weight, in a usual schedule and in a harsh one.
EVENTS_A_CRAWL: Mapping[bool, Mapping[int, int]] = MappingProxyType(
    {
        False: {0: 20, 1: 35, 2: 30, 3: 15},  # a crawl takes minutes, and an archive has a few changes a day
        True: {3: 1, 4: 1, 5: 1, 6: 1},  # an import is running
    }
)
FAULTS_A_CRAWL: Mapping[bool, Mapping[int, int]] = MappingProxyType(
    {
        False: {0: 30, 1: 30, 2: 20, 3: 12, 4: 8},  # a third without any, as only events make claims false there
        True: {4: 1, 6: 1, 8: 1},
    }
)
RUN = 0.25  # of faults that may hold for several requests do; a crawler tries three times, so runs of three decide
STICKY = 0.2  # of runs go with one address instead of with the time: a record that its page cannot be rendered with
SAME_GAP = 0.5  # of pairs happen between the same two requests, so that no total ever shows them
FARTHEST_APART = 4  # requests between the two of a pair, else
TO_NEWEST = 0.3  # of moves; to be re-dated to now is the commonest reason to move

EVENTS: Mapping[str, Odds] = MappingProxyType(
    {
        "insert": Odds(20, "what an archive is for: a new record, the newest of all"),
        "insert-old": Odds(5, "a draft is published late, under the day on which it was begun"),
        "delete": Odds(15, "withdrawn by its keeper; shifts all that is older by one"),
        "swap": Odds(25, "a delete and an insert: the total is as before, so it hides what both shift; the main enemy"),
        "swap-old": Odds(5, "the same with a late draft: the shift does not even out by the end"),
        "move": Odds(12, "re-dated or imported anew: shifts only what lies between its old and its new place"),
        "republish": Odds(8, "taken down to be mended, and put back at its old place"),
        "change": Odds(10, "a title or a summary is mended; nothing moves"),
    }
)

FAULTS: Mapping[str, Odds] = MappingProxyType(
    {
        "429-seconds": Odds(4, "the usual word for: slower", 4),
        "429-date": Odds(2, "allowed by RFC 9110, 10.2.3, and rare", 4),
        "429": Odds(2, "many servers don't say for how long", 4),
        "429-day": Odds(0, "put in by hand: who obeys it makes a test last for a day", 4),
        "503-seconds": Odds(3, "maintenance", 6),
        "503-date": Odds(2, "maintenance with an end", 6),
        "503": Odds(4, "overload", 6),
        "503-day": Odds(0, "as 429-day", 4),
        "500": Odds(4, "one page cannot be rendered", 6),
        "502": Odds(2, "the server behind the proxy starts anew", 4),
        "504": Odds(2, "the search behind it is slow", 4),
        "520": Odds(1, "what one large proxy says for anything else", 4),
        "404": Odds(2, "a route is lost while caches are rebuilt", 3),
        "soft-404": Odds(2, "the same, and the status does not tell", 3),
        "empty": Odds(3, "a worker died before its first byte", 3),
        "login": Odds(2, "a page was locked by mistake", 4),
        "challenge": Odds(3, "a doorkeeper became suspicious; status 200", 6),
        "block": Odds(2, "it made up its mind", 6),
        "reset": Odds(3, "a network", 3),
        "close": Odds(3, "a worker was recycled", 3),
        "stall": Odds(0, "put in by hand: real time is precious"),
        "drip": Odds(1, "harmless and slow, so it is rare"),
        "cut": Odds(4, "a network; Content-Length tells", 3),
        "length-short": Odds(2, "a proxy that counts characters instead of bytes; nothing tells"),
        "length-long": Odds(1, "the reverse"),
        "gzip-cut": Odds(3, "a cache kept half a page, and knows its length", 3),
        "gzip-flipped": Odds(2, "bad memory: only the checksum tells"),
        "gzip-crc": Odds(1, "the page is right and cannot be known to be"),
        "gzip-not": Odds(2, "two layers disagree on who packs"),
        "charset": Odds(3, "a server's default over the page's own word", 6),
        "script-died": Odds(2, "PHP's time limit amid the rows, status 200", 2),
        "script-died-tidy": Odds(2, "the same behind a filter that closes what is open", 2),
        "redirect-circle": Odds(2, "a wrong rule for slashes or hosts; browsers give up at 20", 25),
        "redirect-elsewhere": Odds(1, "a rule put in for the day of a move", 3),
        "redirect-page": Odds(1, "a page number is taken for too large"),
        "redirect-order": Odds(1, "a canonical address without the sort"),
        "stale": Odds(6, "a cache; the most plausible wrong page that there is", 6),
        "facet": Odds(2, "a cache that leaves the filters out of its key"),
        "page-before": Odds(3, "a cache that leaves the page out of its key"),
        "nothing-found": Odds(4, "the search index is down or being rebuilt", 4),
        "other-site": Odds(1, "a host that serves several archives mixes them up"),
        "parked": Odds(1, "the machine was set up anew", 3),
        "row-lost": Odds(4, "the index has a row that the database lacks: the site shows nothing for it", 2),
        "ties-swapped": Odds(4, "an order that leaves ties open, as two replicas answer it"),
        "rows-before": Odds(2, "a cache of parts: the counter is new, the rows are not"),
        "miscounted": Odds(3, "an estimated total, or a record between counting and showing", 3),
        "uncounted": Odds(2, "the counter's block failed", 3),
    }
)

# How many faults there are among the requests for documents' pages of one crawl, and how many among those for files.
DOCUMENT_FAULTS_A_CRAWL: Mapping[int, int] = MappingProxyType({0: 2, 1: 4, 2: 3, 4: 1})

DOCUMENT_FAULTS: Mapping[str, Odds] = MappingProxyType(
    {
        "404": Odds(2, "unpublished between the listing and the visit", 3),
        "503": Odds(4, "overload; a document costs more than a row", 4),
        "503-seconds": Odds(3, "maintenance", 4),
        "challenge": Odds(3, "a doorkeeper became suspicious of so many pages", 4),
        "reset": Odds(3, "a network", 3),
        "text-cut": Odds(4, "a network; the text is the longest part; Content-Length tells", 3),
        "text-ended": Odds(3, "a time limit amid a long text, status 200", 2),
        "other-document": Odds(3, "a cache; whole, sound, and of another document", 2),
        "unknown-label": Odds(2, "a new field of the catalogue", 6),
        "unknown-pills": Odds(1, "a new list of names", 6),
        "loose-text": Odds(1, "a notice of the editors", 6),
    }
)

FILE_FAULTS: Mapping[str, Odds] = MappingProxyType(
    {
        "404": Odds(2, "moved, and the page not told", 3),
        "503": Odds(3, "overload", 4),
        "503-seconds": Odds(2, "maintenance", 4),
        "challenge": Odds(2, "as for pages", 4),
        "reset": Odds(3, "a network", 3),
        "file-cut": Odds(5, "a network; files are large; Content-Length tells", 3),
        "file-changed": Odds(3, "replaced by a better scan between two parts"),
        "file-html": Odds(2, "a page for browsers that wait, status 200", 3),
        "file-longer": Odds(1, "a proxy that promised less than there is", 2),
        "file-whole": Odds(2, "one of several servers knows no parts", 2),
        "file-other-part": Odds(1, "a cache that keeps parts and mixes them up", 2),
    }
)
