"""A snapshot holds every byte that goes over the wire, whatever a server sends and however it ends."""

import gzip
import inspect
import re
import socket
import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import ROOT, Harvest
from raw_server import RawServer, Reply, raw_server
from snapshots import answers_of, records_of, waczs, warc_of

from harvester.sample import Answer, Archive, Request, Server
from harvester.sample.site import answer_request
from harvester.settings import DOWNLOAD_MAXSIZE
from tests.soak.engine import Clock, crawl, run

ARCHIVE = Archive()


def page(target: str) -> bytes:
    """Return a page of the sample archive."""
    return answer_request(ARCHIVE, Request("GET", target, {}), None).data


def plain(target: str) -> Reply:
    body = page(target)
    return Reply((b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body), body))


def in_chunks(data: bytes, size: int) -> bytes:
    pieces = [data[i : i + size] for i in range(0, len(data), size)]
    return b"".join(b"%x;q=1\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\nX-Last: yes\r\n\r\n"


def odd_head(target: str) -> Reply:
    body = page(target)
    head = b"HTTP/1.1 200 Fine, thank  you\r\nx-ODD:   a\r\nCONTENT-length: %d\r\nX-odd:b \r\n\tfolded\r\n\r\n" % len(
        body
    )
    return Reply((head, body[:100], body[100:]))


def chunked(target: str) -> Reply:
    body = in_chunks(gzip.compress(page(target), mtime=0), 1000)
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\ncontent-encoding: gzip\r\n\r\n"
    return Reply((head + body[:500], body[500:900], body[900:]))


def until_the_end(target: str) -> Reply:
    return Reply((b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + page(target),), close=True)


def bare_line_ends(target: str) -> Reply:
    body = page(target)
    return Reply((b"HTTP/1.1 200 OK\nContent-Length: %d\n\n" % len(body) + body,))


SENDINGS = [plain, odd_head, chunked, until_the_end, bare_line_ends]


def harvest(raw: RawServer, folder: Path, **settings: object):
    return run(crawl([f"{raw.url}/search"], folder, Clock(), settings=settings, snapshot=True))


@pytest.mark.parametrize("send", SENDINGS, ids=lambda send: send.__name__)
def test_every_byte_is_kept_as_it_was_sent(tmp_path: Path, send) -> None:
    with raw_server(send) as raw:
        assert harvest(raw, tmp_path / "d").code == 0
        sent = [send(request.split()[1].decode()).data for request in raw.asked]
    assert len(sent) == 3
    assert [record.block for record in answers_of(tmp_path / "d")] == sent
    assert [record.block for record in answers_of(tmp_path / "d", "request")] == raw.asked
    assert raw.connections == (3 if send is until_the_end else 1)


def test_every_byte_inside_tls_is_kept(tmp_path: Path) -> None:
    with raw_server(odd_head, tls(tmp_path)) as raw:
        assert harvest(raw, tmp_path / "d", DOWNLOAD_VERIFY_CERTIFICATES=False).code == 0
        sent = [odd_head(request.split()[1].decode()).data for request in raw.asked]
    assert [record.block for record in answers_of(tmp_path / "d")] == sent
    assert [record.block for record in answers_of(tmp_path / "d", "request")] == raw.asked
    assert all(record.url.startswith("https://127.0.0.1:") for record in answers_of(tmp_path / "d"))


def tls(folder: Path) -> ssl.SSLContext:
    """Return the context of a server that vouches for itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")]), datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    certificate = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "server.pem").write_bytes(key.private_bytes(*form) + certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context


def test_the_password_of_a_proxy_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with raw_server(lambda target: plain(target.removeprefix("http://127.0.0.1:9"))) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.replace("//", "//reader:secret@"))
        assert run(crawl(["http://127.0.0.1:9/search"], tmp_path / "d", Clock(), snapshot=True)).code == 0
    secret = b"Proxy-Authorization: Basic cmVhZGVyOnNlY3JldA==\r\n"
    assert all(secret in request for request in proxy.asked)
    asked = [record.block for record in answers_of(tmp_path / "d", "request")]
    assert asked == [request.replace(secret, b"") for request in proxy.asked]


def test_what_is_no_part_of_the_answer_is_left_out(tmp_path: Path) -> None:
    def send(target: str) -> Reply:
        return Reply((b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n", plain(target).data + b"left over"))

    with raw_server(send) as raw:
        assert harvest(raw, tmp_path / "d").code == 0
        sent = [plain(request.split()[1].decode()).data for request in raw.asked]
    assert [record.block for record in answers_of(tmp_path / "d")] == sent


def test_a_connection_that_was_closed_meanwhile_makes_a_request_without_an_answer(tmp_path: Path) -> None:
    """Twisted asks again by itself, on a new connection, where one that it kept turns out to be dead."""

    def send(target: str) -> Reply:
        return Reply((), close=True) if len(raw.asked) == 2 else plain(target)

    with raw_server(send) as raw:
        assert harvest(raw, tmp_path / "d").code == 0
    records = [record for record in records_of(warc_of(waczs(tmp_path / "d")[0])) if record.kind != "warcinfo"]
    told = [(record.kind, record.url.rpartition("/")[2].partition("?")[0]) for record in records]
    robots, search = (
        [("response", "robots.txt"), ("request", "robots.txt")],
        [("response", "search"), ("request", "search")],
    )
    assert told == [*robots, ("request", "search"), *search, *search]
    assert "WARC-Concurrent-To" not in records[2].fields
    assert [record.block for record in records if record.kind == "request"] == raw.asked
    assert records[4].fields["WARC-Concurrent-To"] == records[3].fields["WARC-Record-ID"]


def cut(target: str) -> Reply:
    return Reply((plain(target).data[:3000],), close=True)


def drip(target: str) -> Reply:
    return Reply(tuple(plain(target).data[i : i + 1000] for i in range(0, 20_000, 1000)), pause=0.2)


def drip_until_the_end(target: str) -> Reply:
    return Reply((b"HTTP/1.0 200 OK\r\n\r\n", *(page(target)[i : i + 1000] for i in range(0, 20_000, 1000))), pause=0.2)


def too_large(target: str) -> Reply:
    return Reply((b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n<p>",), pause=0.1)


def too_large_in_chunks(target: str) -> Reply:
    return Reply(
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", in_chunks(b" " * 2 * DOWNLOAD_MAXSIZE, 99_999))
    )


def nothing(target: str) -> Reply:
    return Reply((), close=True)


def half_a_head(target: str) -> Reply:
    return Reply((b"HTTP/1.1 200 OK\r\nContent-",), close=True)


def no_http(target: str) -> Reply:
    return Reply((b"SSH-2.0-OpenSSH\r\n\r\n",), close=True)


FAULTS = {
    cut: "disconnect",
    drip: "time",
    drip_until_the_end: "time",
    too_large: "length",
    too_large_in_chunks: "length",
    nothing: None,
    half_a_head: None,
    no_http: None,
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_an_answer_that_breaks_off_is_kept_as_far_as_it_came(tmp_path: Path, fault) -> None:
    def send(target: str) -> Reply:
        return fault(target) if target.endswith("&page=1") and len(raw.asked) == 3 else plain(target)

    with raw_server(send) as raw:
        code = harvest(raw, tmp_path / "d", DOWNLOAD_TIMEOUT=1).code
    broken = [record for record in answers_of(tmp_path / "d") if "WARC-Truncated" in record.fields]
    assert [record.fields["WARC-Truncated"] for record in broken] == ([FAULTS[fault]] if FAULTS[fault] else [])
    assert all(fault(record.url.removeprefix(raw.url)).data.startswith(record.block) for record in broken)
    assert len(answers_of(tmp_path / "d", "request")) == len(raw.asked)
    assert code == (6 if "large" in fault.__name__ else 0)
    assert len(answers_of(tmp_path / "d")) == (3 if FAULTS[fault] is None or code else 4)


def test_the_sample_is_kept_as_a_bare_socket_receives_it(server: Server, tmp_path: Path) -> None:
    run(crawl([f"{server.url}/search"], tmp_path / "d", Clock(), snapshot=True, page_size=10))
    asked, answered = (answers_of(tmp_path / "d", kind) for kind in ("request", "response"))
    assert len(asked) == len(answered) == 12
    host, _, port = server.url.rpartition("/")[2].partition(":")
    for request, response in zip(asked, answered, strict=True):
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(request.block)
            received = b""
            while len(received) < len(response.block):
                received += connection.recv(65536)
        date = rb"Date: [^\r]+"
        assert re.sub(date, b"", received) == re.sub(date, b"", response.block)


def test_redirects_retries_and_refusals_are_exchanges_too(server: Server, tmp_path: Path) -> None:
    server.robots = None
    answers = [
        Answer(500, {}, "oops"),
        Answer(302, {"Location": "/search?items_per_page=100&sort_bef_combine=created_DESC&page=1"}),
    ]
    server.intercept = lambda request: answers.pop() if request.path_qs.endswith("&page=1") and answers else None
    run(crawl([f"{server.url}/search"], tmp_path / "d", Clock(), snapshot=True))
    statuses = [record.block.split()[1].decode() for record in answers_of(tmp_path / "d")]
    assert statuses == ["404", "200", "302", "500", "200"]


def test_who_asks_stands_in_every_request(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    arguments = ("--site", "wilson", "--contact", "reader@example.org", "-o", tmp_path / "d", "--snapshot")
    assert harvest("crawl", f"{server.url}/search", *arguments).code == 0
    requests = answers_of(tmp_path / "d", "request")
    assert len(requests) == 3
    assert all(
        re.search(rb"(?m)^User-Agent: archive-harvester/\S+ \(\+reader@example.org\)\r$", r.block) for r in requests
    )


LOADED = """
import sys
from harvester.cli import main
try:
    main(sys.argv[1:])
finally:
    print("loaded", *sorted(name for name in sys.modules if "wire" in name or "archives.snapshot." in name))
"""


@pytest.mark.parametrize("asked", [False, True], ids=["without", "with"])
def test_nothing_of_it_is_loaded_unless_asked_for(server: Server, tmp_path: Path, asked: bool) -> None:
    command = ["crawl", f"{server.url}/search", "--site", "wilson", "-o", str(tmp_path / "d")]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", LOADED, *command, *(["--snapshot"] if asked else [])],
        capture_output=True,
        cwd=ROOT,
        check=True,
        timeout=60,
    )
    loaded = set(done.stdout.decode().splitlines()[-1].split()[1:]) - {"harvester.archives.snapshot.exchange"}
    assert ("harvester.middlewares.wire" in loaded, len(loaded) > 1) == (asked, asked)
    assert (tmp_path / "d" / "snapshot").exists() == asked


def test_the_private_names_that_it_leans_on_are_as_they_were() -> None:
    """If this fails, Scrapy or Twisted changed inside: see how `harvester.middlewares.wire` may hear now."""
    from scrapy.core.downloader.handlers import http11
    from twisted.web import _newclient
    from twisted.web.client import HTTPConnectionPool

    handler = inspect.getsource(http11.HTTP11DownloadHandler.__init__)
    assert "self._pool._factory = _LenientHTTP11ClientFactory" in handler
    assert "self._factory(quiescentCallback, repr(endpoint))" in inspect.getsource(HTTPConnectionPool._newConnection)
    assert "_LenientHTTP11ClientProtocol(self._quiescentCallback)" in inspect.getsource(
        http11._LenientHTTP11ClientFactory.buildProtocol
    )
    assert issubclass(http11._LenientHTTP11ClientProtocol, _newclient.HTTP11ClientProtocol)
    request = inspect.getsource(_newclient.HTTP11ClientProtocol.request)
    assert "request.writeTo(self.transport)" in request and "HTTPClientParser(request, self._finishResponse)" in request
