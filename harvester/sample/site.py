"""Answers requests as the sample site does; a function of the archive and the request, without any network."""

import re
from urllib.parse import unquote

from harvester.sample.archive import Archive
from harvester.sample.document_page import render_document
from harvester.sample.exchange import HTML, Answer, Request
from harvester.sample.frame import render_page
from harvester.sample.listing_page import render_listing

ALLOW_ALL = "User-agent: *\nDisallow:\n"
LONGEST_ID = 18  # digits


def answer_request(archive: Archive, request: Request, robots: str | None) -> Answer:
    """Return the site's answer; robots is the text of robots.txt, None if the site has none."""
    if request.method not in ("GET", "HEAD"):
        return Answer(405, {"Allow": "GET, HEAD", "Content-Type": HTML}, "<h1>Method Not Allowed</h1>\n")
    path = unquote(request.path)
    if path == "/search":
        return _show(render_listing(archive, request.query))
    if path == "/":
        return _show(_render_home(archive))
    if path == "/robots.txt" and robots is not None:
        return Answer(200, {"Content-Type": "text/plain"}, robots)
    if found := re.fullmatch(r"/node/([0-9]+)", path):
        return _redirect_node(archive, int(found[1][:LONGEST_ID]))
    return _show_document(archive, request, path)


def _show(page: str, status: int = 200) -> Answer:
    return Answer(status, {"Content-Type": HTML, "Content-Language": "en", "X-Generator": "Drupal 10"}, page)


def _redirect_node(archive: Archive, node: int) -> Answer:
    record = archive.find_node(node)
    return Answer(301, {"Location": record.path, "Content-Type": HTML}) if record else _miss(archive, f"/node/{node}")


def _show_document(archive: Archive, request: Request, path: str) -> Answer:
    record = archive.find_slug(path.removeprefix("/document/")) if path.startswith("/document/") else None
    if record is None:
        return _miss(archive, path)
    host = request.headers.get("Host", "localhost")
    return _show(render_document(record, f"http://{host}", archive.featured))


def _miss(archive: Archive, path: str) -> Answer:
    main = '<h1 class="page-title">Page not found</h1>\n<p>The requested page could not be found.</p>'
    return _show(render_page("Page not found", main, path, archive.featured), 404)


def _render_home(archive: Archive) -> str:
    main = (
        '<h1 class="title">Welcome</h1>\n<p>An invented archive of papers that never were.</p>\n'
        f'<p><a href="/search">Search {len(archive.records)} documents</a></p>'
    )
    return render_page("Home", main, "/", archive.featured)
