"""A site of a few documents whose files are served byte by byte as a test wants them."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from raw_server import RawServer, Reply, raw_server

from harvester.sample import Archive, Request, Server

OWN = "https://digitalarchive.wilsoncenter.org"
PDF = b"%PDF-1.4\n" + bytes(range(256)) * 2_000 + b"\n%%EOF\n"


@dataclass
class FileSite:
    """`links` are the file links of the documents, one after the other; `behave` says what goes back for a file.

    It is given the number of requests for that path so far, from 0, and the request's headers.
    """

    links: list[list[str]]
    behave: Callable[[str, int, dict[str, str]], Reply]
    archive: Archive = field(init=False)
    raw: RawServer = field(init=False)
    met: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.archive = Archive(len(self.links))
        self.listing = Server(self.archive, compress=False)

    @property
    def url(self) -> str:
        return f"{self.raw.url}/search"

    def asked(self, path: str) -> list[dict[str, str]]:
        """Return the headers of each request for a path."""
        return self.met.get(path, [])

    def reply(self, target: str) -> Reply:
        path = target.partition("?")[0]
        lines = self.raw.asked[-1].decode("latin-1").split("\r\n")[1:]
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines if line)}
        number = len(self.met.setdefault(path, []))
        self.met[path].append(headers)
        places = {record.path: number for number, record in enumerate(reversed(self.archive.records))}
        if path in places:
            return answer(200, self._document(path, self.links[places[path]]), type="text/html")
        if path in {"/search", "/robots.txt"}:
            told = self.listing.answer(Request("GET", target, {}))
            return answer(told.status, told.data, type="text/html" if path == "/search" else "text/plain")
        return self.behave(path, number, headers)

    def _document(self, path: str, links: list[str]) -> bytes:
        (record,) = [record for record in self.archive.records if record.path == path]
        anchors = "".join(map(_show, links))
        return (
            f'<!DOCTYPE html><html><head><title>A document</title><link rel="canonical" href="{path}" />'
            f'<link rel="shortlink" href="/node/{record.node}" /></head><body><main><h2 class="date">{record.date}</h2>'
            f'<h1 class="title"><span>A document</span></h1><div id="documentTabs">{anchors}</div>'
            f'<p id="citation-text">"A document"</p></main></body></html>\n'
        ).encode()


def _show(link: str) -> str:
    """Return what offers a file: a link on the site's own host, a scan that is shown where it lies elsewhere."""
    if "://" not in link:
        return f'<a class="download" href="{link}">Download</a>'
    return f'<div class="tab-pane" id="scan"><object class="pdf-preview" data="{link}"></object></div>'


@contextmanager
def serving_files(links: list[list[str]], behave: Callable[[str, int, dict[str, str]], Reply]) -> Iterator[FileSite]:
    """Serve documents with file links while the context lasts."""
    site = FileSite(links, behave)
    with raw_server(site.reply) as site.raw:
        yield site


def answer(status: int, body: bytes, *, cut: int | None = None, length: bool = True, **headers: str) -> Reply:
    """Return an answer as it goes over the wire; `cut` sends only so many bytes of the body, then closes."""
    told = {"content_type": headers.pop("type", "application/pdf"), **headers}
    head = [f"HTTP/1.1 {status} Said"]
    head += [f"{name.replace('_', '-').title()}: {value}" for name, value in told.items()]
    head += [f"Content-Length: {len(body)}"] * length
    sent = body if cut is None else body[:cut]
    return Reply(("\r\n".join([*head, "", ""]).encode("latin-1") + sent,), close=cut is not None or not length)


def ranged(data: bytes, headers: dict[str, str], *, cut: int | None = None, **more: str) -> Reply:
    """Return what a good server answers: a part if it is asked for of this version, else the whole."""
    found = re.fullmatch(r"bytes=(\d+)-", headers.get("range", ""))
    if found and headers.get("if-range") in {more.get("etag"), more.get("last_modified")}:
        first = int(found[1])
        where = f"bytes {first}-{len(data) - 1}/{len(data)}"
        return answer(206, data[first:], cut=cut, content_range=where, **more)
    return answer(200, data, cut=cut, **more)


def any_file(data: bytes = PDF, **more: Any) -> Callable[[str, int, dict[str, str]], Reply]:
    """Return what serves one file at every address, with ranges."""
    return lambda path, number, headers: ranged(data, headers, **{"etag": '"a"', **more})
