"""Answers requests for documents under all their addresses, and for their files; a function of archive and request."""

import re

from harvester.sample.archive import Archive
from harvester.sample.citation import render_ris
from harvester.sample.document_page import render_paper
from harvester.sample.exchange import HTML, Answer, Request
from harvester.sample.old_page import render_old_paper
from harvester.sample.ranges import send_file
from harvester.sample.record import Record
from harvester.sample.scans import find_file

LONGEST_ID = 18  # digits
RIS = "application/x-research-info-systems"
_NODE = re.compile(r"/node/([0-9]+)")
_OLD = re.compile(r"/document/([0-9]+)(\.pdf|\.ris|)")
_DOWNLOAD = re.compile(r"/document/([0-9]+)/download")
_STORED = re.compile(r"/sites/default/files/(?:documents|scans)/([0-9]+)(?:-[0-9])?\.(?:pdf|png)")


def answer_document(archive: Archive, request: Request, path: str) -> Answer | str | None:
    """Return a page, or another answer, for the path of a document or of a file; None if there is nothing at it."""
    if archive.habits.era == "old":
        return _answer_old(archive, request, path)
    if path.startswith("/document/") and (record := archive.find_slug(path.removeprefix("/document/"))):
        return show_record(archive, request, record)
    if found := _NODE.fullmatch(path):
        record = archive.find_node(_read_id(found[1]))
        if record is None:
            return None
        return show_record(archive, request, record) if archive.habits.direct_nodes else _send_on(record)
    if found := _DOWNLOAD.fullmatch(path) or _STORED.fullmatch(path):
        return _answer_file(archive, request, path, archive.find_node(_read_id(found[1])))
    return _answer_old(archive, request, path)


def is_file(path: str) -> bool:
    """Return whether a path (without its query) is one of a document's files, and not of its page."""
    return bool(_DOWNLOAD.fullmatch(path) or _STORED.fullmatch(path) or re.fullmatch(r"/document/[0-9]+\.pdf", path))


def is_page(path: str) -> bool:
    """Return whether a path (without its query) is one of a document's page, and not of a file."""
    return bool(re.fullmatch(r"/document/[^/]+|/node/[0-9]+", path)) and not is_file(path)


def show_record(archive: Archive, request: Request, record: Record) -> str:
    """Return the page of a record, in the layout of the era."""
    if archive.habits.era == "old":
        return render_old_paper(archive.paper(record))
    return render_paper(archive.paper(record), _find_base(request), archive.featured)


def _answer_old(archive: Archive, request: Request, path: str) -> Answer | str | None:
    """Answer for the addresses of the record id: the page, or the way to it as it is now; its PDF, its reference."""
    found = _OLD.fullmatch(path)
    record = archive.find_number(_read_id(found[1])) if found else None
    if found is None or record is None:
        return None
    if found[2] == ".pdf":
        return _answer_file(archive, request, path, record)
    if found[2] == ".ris":
        return Answer(200, {"Content-Type": RIS}, render_ris(archive.paper(record), _find_base(request)))
    return show_record(archive, request, record) if archive.habits.era == "old" else _send_on(record)


def _answer_file(archive: Archive, request: Request, path: str, record: Record | None) -> Answer | None:
    if record is None:
        return None
    revision = archive.habits.revisions.get(record.node, 0)
    stored = find_file(archive.paper(record), path, archive.seed, revision)
    return send_file(stored, request, ranges=archive.habits.ranges) if stored else None


def _send_on(record: Record) -> Answer:
    return Answer(301, {"Location": record.path, "Content-Type": HTML})


def _find_base(request: Request) -> str:
    return f"http://{request.headers.get('Host', 'localhost')}"


def _read_id(digits: str) -> int:
    return int(digits[:LONGEST_ID])
