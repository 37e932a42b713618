"""Archives of the sample's pages, as other programs write them: WARC, WACZ, tar, mirrors, text extracts."""

import io
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from gzip import compress as gzip_bytes
from pathlib import Path

from backports import zstd
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from harvester.sample import Archive, render_listing, render_text

HOST = "digitalarchive.wilsoncenter.org"
SITE = f"https://{HOST}"
ARCHIVE = Archive()
PAGES = range(11)
Page = tuple[str, bytes]


def page(number: int, archive: Archive = ARCHIVE) -> bytes:
    """Return a listing page."""
    return render_listing(archive, f"page={number}").encode()


def text(number: int, form: str = "A") -> bytes:
    """Return the text extract of a listing page."""
    return render_text(ARCHIVE, f"page={number}", form).encode()


def listing_pages(pages: Iterable[int] = PAGES) -> list[Page]:
    """Return listing pages with their URLs."""
    return [(f"{SITE}/search?page={number}", page(number)) for number in pages]


def warc_records(pages: Iterable[Page], *, packed: bool, kind: str = "response", status: str = "200 OK") -> list[bytes]:
    """Return the bytes of a WARC record for each page, as warcio writes them."""
    records = []
    for i, (url, body) in enumerate(pages):
        out = io.BytesIO()
        writer = WARCWriter(out, gzip=packed)
        told = {"warc_headers_dict": {"WARC-Date": f"2025-03-16T00:{i // 60:02}:{i % 60:02}Z"}}
        if kind == "response":
            headers = [("Content-Type", "text/html; charset=utf-8")]
            told["http_headers"] = StatusAndHeaders(status, headers, protocol="HTTP/1.1")
        else:
            told["warc_content_type"] = "text/plain"
        record = writer.create_warc_record(url, kind, payload=io.BytesIO(body), **told)
        writer.write_record(record)
        record.raw_stream.close()  # a file that warcio made to take the digest
        records.append(out.getvalue())
    return records


def write_warc(path: Path, pages: Iterable[Page] | None = None) -> Path:
    """Write a WARC, packed with gzip if its name says so."""
    packed = path.name.endswith(".gz")
    path.write_bytes(b"".join(warc_records(pages or listing_pages(), packed=packed)))
    return path


def write_warc_zst(path: Path) -> Path:
    """Write a WARC in zstd, a frame each record."""
    path.write_bytes(b"".join(map(zstd.compress, warc_records(listing_pages(), packed=False))))
    return path


def write_wet(path: Path) -> Path:
    """Write text extracts as Common Crawl does: conversion records."""
    pages = [(f"{SITE}/search?page={number}", text(number)) for number in PAGES]
    path.write_bytes(b"".join(warc_records(pages, packed=True, kind="conversion")))
    return path


def write_wacz(path: Path, pages: Iterable[Page] | None = None, warc: str = "data.warc.gz") -> Path:
    """Write a WACZ with the `wacz` package."""
    source = write_warc(path.with_name(warc), pages)
    command = [sys.executable, "-m", "wacz.main", "create", str(source), "-o", str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    source.unlink()
    return path


def rewrite_zip(path: Path, change: Callable[[str, bytes], bytes | None], more: Iterable[Page] = ()) -> Path:
    """Write a ZIP file again with entries changed, left out (None) or added."""
    with zipfile.ZipFile(path) as old:
        entries = [(info, old.read(info)) for info in old.infolist()]
    with zipfile.ZipFile(path, "w") as new:
        for info, body in entries:
            if (changed := change(info.filename, body)) is not None:
                new.writestr(info, changed)
        for name, body in more:
            new.writestr(name, body)
    return path


def slug_members(pages: Iterable[int] = PAGES) -> Iterator[Page]:
    """Yield pages under names that say nothing of where they came from, documents among them."""
    for number in pages:
        yield f"search-results/search-results/results-{number:04}", page(number)


def host_members(style: str = "unix", pages: Iterable[int] = PAGES) -> Iterator[Page]:
    """Yield pages under the names that wget gives them."""
    forms = {"unix": "search?page={}", "html": "search?page={}.html", "windows": "search@page={}.html"}
    for number in pages:
        yield f"{HOST}/{forms[style].format(number)}", page(number)


def tar_bytes(members: Iterable[Page | tarfile.TarInfo], form: int = tarfile.PAX_FORMAT) -> bytes:
    """Return a tar archive of files, or of whatever a TarInfo says."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as tar:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                tar.addfile(member)
                continue
            info = tarfile.TarInfo(member[0])
            info.size = len(member[1])
            tar.addfile(info, io.BytesIO(member[1]))
    return out.getvalue()


def write_tar(path: Path, members: Iterable[Page | tarfile.TarInfo], form: int = tarfile.PAX_FORMAT) -> Path:
    """Write a tar archive, packed as its name says."""
    pack = {".gz": gzip_bytes, ".zst": zstd.compress}.get(path.suffix, bytes)
    path.write_bytes(pack(tar_bytes(members, form)))
    return path


def write_folder(folder: Path, members: Iterable[Page]) -> Path:
    """Write files below a folder."""
    for name, body in members:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    return folder
