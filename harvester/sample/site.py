"""Answers requests as the sample site does; a function of the archive and the request, without any network."""

from urllib.parse import unquote

from harvester.sample.archive import Archive
from harvester.sample.documents import answer_document
from harvester.sample.exchange import HTML, Answer, Request
from harvester.sample.frame import render_page
from harvester.sample.listing_page import render_listing

ALLOW_ALL = "User-agent: *\nDisallow:\n"


def answer_request(archive: Archive, request: Request, robots: str | None) -> Answer:
    """Return the site's answer; robots is the text of robots.txt, None if the site has none."""
    if request.method not in ("GET", "HEAD"):
        return Answer(405, {"Allow": "GET, HEAD", "Content-Type": HTML}, "<h1>Method Not Allowed</h1>\n")
    path = unquote(request.path)
    if path == "/search" and archive.habits.era == "new":
        return _show(render_listing(archive, request.query))
    if path == "/":
        return _show(_render_home(archive))
    if path == "/robots.txt" and robots is not None:
        return Answer(200, {"Content-Type": "text/plain"}, robots)
    found = answer_document(archive, request, path)
    if isinstance(found, str):
        return _show(found)
    return found or _miss(archive, path)


def _show(page: str, status: int = 200) -> Answer:
    return Answer(status, {"Content-Type": HTML, "Content-Language": "en", "X-Generator": "Drupal 10"}, page)


def _miss(archive: Archive, path: str) -> Answer:
    main = '<h1 class="page-title">Page not found</h1>\n<p>The requested page could not be found.</p>'
    return _show(render_page("Page not found", main, path, archive.featured), 404)


def _render_home(archive: Archive) -> str:
    main = (
        '<h1 class="title">Welcome</h1>\n<p>An invented archive of papers that never were.</p>\n'
        f'<p><a href="/search">Search {len(archive.records)} documents</a></p>'
    )
    return render_page("Home", main, "/", archive.featured)
