"""The sample archive over HTTP: what a client gets, what the server notes, how it breaks when told to."""

import gzip
import http.client
import socket
import threading
import time
import urllib.parse
from dataclasses import replace

import pytest
from parsel import Selector

from harvester.sample import Answer, Archive, Request, render_listing, running


@pytest.fixture(scope="module")
def server():
    with running() as server:
        yield server


def ask(server, target: str, method: str = "GET", **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    host = urllib.parse.urlsplit(server.url).netloc
    connection = http.client.HTTPConnection(host, timeout=5)
    try:
        connection.request(method, target, headers={k.replace("_", "-"): v for k, v in headers.items()})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def test_a_listing_page_is_what_render_listing_gives(server):
    response, body = ask(server, "/search?page=7")
    assert response.status == 200
    assert response.headers["Content-Type"] == "text/html; charset=UTF-8"
    assert body.decode() == render_listing(Archive(), "page=7")


def test_it_listens_on_loopback_only(server):
    assert urllib.parse.urlsplit(server.url).hostname == "127.0.0.1"
    assert not server.url.endswith("/")


@pytest.mark.parametrize("accepted", ["gzip", "deflate, GZIP;q=0.5", "br,gzip"])
def test_gzip_for_who_asks(server, accepted):
    response, body = ask(server, "/search", Accept_Encoding=accepted)
    assert response.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body).decode() == render_listing(Archive())


@pytest.mark.parametrize("accepted", ["identity", "gzip;q=0", "gzip; q=0.0", "xgzip"])
def test_no_gzip_for_who_does_not(server, accepted):
    response, _ = ask(server, "/search", Accept_Encoding=accepted)
    assert "Content-Encoding" not in response.headers


def test_head_has_no_body(server):
    response, body = ask(server, "/search", "HEAD")
    assert (response.status, body) == (200, b"")
    assert int(response.headers["Content-Length"]) > 50_000


def test_a_document_page_and_the_redirect_to_it(server):
    record = server.archive.listing("page=7").records[7]
    response, body = ask(server, f"/node/{record.node}")
    assert (response.status, response.headers["Location"], body) == (301, record.path, b"")
    response, body = ask(server, record.path)
    page = Selector(body.decode())
    assert response.status == 200
    assert page.css('link[rel="canonical"]').attrib["href"] == server.url + record.path
    assert page.css("main h2.date::text").get() == record.date
    assert page.css("main h1.title > span::text").get() == record.title
    assert page.css("main .text-block p::text").getall() == list(record.summary)


@pytest.mark.parametrize("target", ["/nothing", "/node/1", "/document/nothing", "/document/", "/search/", "/%FF"])
def test_what_is_not_there_is_a_404_page(server, target):
    response, body = ask(server, target)
    assert response.status == 404
    assert Selector(body.decode()).css("main h1::text").get() == "Page not found"


def test_the_home_page_leads_to_the_search(server):
    response, body = ask(server, "/")
    assert response.status == 200
    assert Selector(body.decode()).css('main a[href="/search"]')


def test_only_reading_is_allowed(server):
    assert ask(server, "/search", "POST")[0].status == 405


def test_robots_txt_allows_all_until_told_otherwise():
    with running(Archive(1)) as server:
        assert ask(server, "/robots.txt")[1] == b"User-agent: *\nDisallow:\n"
        server.robots = "User-agent: *\nDisallow: /\n"
        assert ask(server, "/robots.txt")[1] == b"User-agent: *\nDisallow: /\n"
        server.robots = None
        assert ask(server, "/robots.txt")[0].status == 404


def test_the_log_has_all_requests_in_order_as_sent():
    with running(Archive(1)) as server:
        targets = ["/search?f%5b0%5D=a&&page=1", "/robots.txt", "/search?page=2", "/none"]
        for target in targets:
            ask(server, target, User_Agent="a test")
        assert [path_qs for _, path_qs, _ in server.log] == targets
        assert [request.query for request in server.pages()] == ["f%5b0%5D=a&&page=1", "page=2"]
        assert server.log[0].method == "GET"
        assert server.log[0].headers["user-agent"] == "a test"


def test_one_connection_serves_many_requests():
    with running(Archive(1)) as server:
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(server.url).netloc, timeout=5)
        ports = set()
        for _ in range(3):
            connection.request("GET", "/search")
            connection.getresponse().read()
            ports.add(connection.sock.getsockname())
        connection.close()
        assert len(ports) == 1


def test_changes_show_in_the_next_answer():
    with running(Archive(3)) as server:
        server.archive.add("A new one", "1979")
        assert b"1 - 4 of 4" in ask(server, "/search")[1]


def test_many_clients_at_once():
    with running() as server:
        found: list[bytes] = []

        def fetch(page: int) -> None:
            found.append(ask(server, f"/search?page={page}")[1])

        threads = [threading.Thread(target=fetch, args=(n,)) for n in range(11)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {body.decode() for body in found} == {render_listing(Archive(), f"page={n}") for n in range(11)}


def test_the_server_is_gone_after_the_context_even_with_an_answer_under_way():
    before = threading.active_count()
    with running(Archive(1)) as server:
        server.intercept = lambda request: Answer(delay=60)
        host = urllib.parse.urlsplit(server.url)
        connection = socket.create_connection((host.hostname, host.port))
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        while not server.log:
            time.sleep(0.01)
    connection.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host.hostname, host.port))
    assert threading.active_count() == before


def test_a_port_that_is_taken_is_said_to_be():
    with running(Archive(1)) as server:
        port = urllib.parse.urlsplit(server.url).port
        with pytest.raises(OSError, match="in use"), running(Archive(1), port=port):
            pass


# Faults


@pytest.fixture
def broken():
    with running() as server:
        yield server
        server.intercept = None


def test_an_interceptor_sees_each_request_and_answers_or_not(broken):
    def refuse(request: Request) -> Answer | None:
        return Answer(503, {"Retry-After": "2"}, "<p>busy</p>") if request.query == "page=1" else None

    broken.intercept = refuse
    response, body = ask(broken, "/search?page=1")
    assert (response.status, response.headers["Retry-After"], body) == (503, "2", b"<p>busy</p>")
    assert response.headers["Content-Type"] == "text/html; charset=UTF-8"
    assert ask(broken, "/search?page=2")[0].status == 200
    assert len(broken.pages()) == 2


def test_an_interceptor_may_build_on_the_sites_answer(broken):
    broken.intercept = lambda request: replace(broken.answer(request), status=418)
    response, body = ask(broken, "/search")
    assert (response.status, body.decode()) == (418, render_listing(Archive()))


def test_a_delayed_answer(broken):
    broken.intercept = lambda request: Answer(body="late", delay=0.2)
    start = time.monotonic()
    assert ask(broken, "/")[1] == b"late"
    assert time.monotonic() - start >= 0.2


def test_a_dripping_answer(broken):
    broken.intercept = lambda request: Answer(body=b"x" * 3000, pause=0.05)
    start = time.monotonic()
    assert ask(broken, "/")[1] == b"x" * 3000
    assert time.monotonic() - start >= 0.15


@pytest.mark.parametrize("cut", [0, 1, 2500])
def test_a_body_cut_short(broken, cut):
    broken.intercept = lambda request: Answer(body=b"x" * 5000, cut=cut)
    with pytest.raises(http.client.IncompleteRead) as caught:
        ask(broken, "/")
    assert (caught.value.partial, caught.value.expected) == (b"x" * cut, 5000 - cut)


def test_a_compressed_body_cut_short(broken):
    broken.intercept = lambda request: replace(broken.answer(request), cut=100)
    with pytest.raises(http.client.IncompleteRead) as caught:
        ask(broken, "/search", Accept_Encoding="gzip")
    assert caught.value.partial[:2] == b"\x1f\x8b"


def test_a_gzip_body_of_its_own_is_left_alone(broken):
    packed = gzip.compress(b"x" * 5000)[:-9]
    broken.intercept = lambda request: Answer(200, {"content-encoding": "gzip"}, packed)
    response, body = ask(broken, "/", Accept_Encoding="gzip")
    assert (body, response.headers["Content-Length"]) == (packed, str(len(packed)))


def test_a_connection_reset_amid_the_body(broken):
    broken.intercept = lambda request: Answer(body=b"x" * 5000, cut=2000, reset=True)
    with pytest.raises((ConnectionResetError, http.client.IncompleteRead)):
        ask(broken, "/")


def test_a_connection_reset_before_any_answer(broken):
    broken.intercept = lambda request: Answer(cut=-1, reset=True)
    with pytest.raises(ConnectionResetError):
        ask(broken, "/")


def test_a_connection_closed_before_any_answer(broken):
    broken.intercept = lambda request: Answer(cut=-1)
    with pytest.raises(http.client.RemoteDisconnected):
        ask(broken, "/")


def test_the_server_goes_on_after_faults(broken):
    broken.intercept = lambda request: Answer(cut=-1, reset=True)
    with pytest.raises(ConnectionResetError):
        ask(broken, "/")
    broken.intercept = None
    assert ask(broken, "/search")[0].status == 200
