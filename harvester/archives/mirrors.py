"""A mirror's page knows its URL from its path, where that holds a host: the names that wget and its like give files."""

import os
import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from harvester.archives.finds import Judge
from harvester.harvest.wishes import Judged, Wish

# "host", "host:8080", for Windows "host+8080".
_HOST = re.compile(r"((?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]*|127(?:\.\d+){3}|localhost)(?:[:+](\d{1,5}))?", re.I)
# For Windows wget writes "@" where "?" stood; a query there has a "=", or it could not be told from a name.
_QUERY = re.compile(r"\?|@(?=[^@]*=)")
# What -E adds; HTTrack and wget name the page of a folder index.html.
_ADDED = re.compile(r"\.html?$", re.I)
_INDEX = re.compile(r"(?:^|/)index(?:\.html?)?$", re.I)
_KEPT = "%/:?@!$&'()*+,;=[]~-._|"
# wget cuts longer names to this many bytes, and so the query; what it adds comes after that.
_CUT = 236


def mirrored_url(parts: Sequence[str], judge: Judge) -> str | None:
    """Return the URL that a file was mirrored from, by the parts of its path; None if no site's host is among them.

    Where a name can be read in two ways (-E has added ".html", or the page was called so), the listing is taken.
    """
    for i, part in enumerate(parts[:-1]):
        found = _HOST.fullmatch(part)
        if found is None:
            continue
        origin = f"https://{found[1]}" + (f":{found[2]}" if found[2] else "")
        urls = [origin + path for path in _paths(parts[i + 1 :])]
        judged = [(judge(url), url) for url in urls]
        owned = [(kind, url) for kind, url in judged if kind != "other-site"]
        if owned:
            return min(owned, key=lambda found: _RANKS.get(found[0], 2))[1]
    return None


_RANKS: dict[Judged, int] = {None: 0, Wish.FILE: 0, Wish.DOCUMENT: 1, "document": 1}


def _paths(parts: Sequence[str]) -> Iterator[str]:
    """Yield the paths with query that a file's name may stand for, the likeliest first."""
    *folders, name = parts
    bare = _ADDED.sub("", name)
    if len(os.fsencode(bare)) >= _CUT:
        return
    for way in dict.fromkeys((bare, name)):
        path, mark, query = _split(way)
        whole = "/".join([*folders, path])
        paths = [_INDEX.sub("", whole), whole] if _INDEX.search(whole) else [whole]
        for each in paths:
            yield _quoted("/" + each + ("?" + query if mark else ""))


def _split(name: str) -> tuple[str, str, str]:
    found = _QUERY.search(name)
    return (name[: found.start()], found[0], name[found.end() :]) if found else (name, "", "")


def _quoted(path: str) -> str:
    """Return a path as URLs have it; "%" stays, since wget itself quotes what no file may be called."""
    return quote(path, safe=_KEPT, errors="surrogateescape")
