"""Pagers: the counter is believed before them; a chain is followed within its listing only, and never in a circle."""

from pathlib import Path

import pytest
from conftest import Harvest, read_json, read_lines

from harvester.sample import Answer, Request, Server

SITE = """
import re
from urllib.parse import parse_qs, urlsplit
from harvester.items import Address
from harvester.sites import Site

class Chain(Site):
    name = "chain"
    hosts = ("chain.example",)
    document_path = re.compile(r"/item/[0-9]+")
    paging = "chained"

    def explain(self, url):
        found = super().explain(url)
        parts = urlsplit(url)
        if found is None or parts.path != "/list":
            return found
        return Address(self.name, "listing", "/list?q=" + parse_qs(parts.query).get("q", [""])[0])
"""

STEPS = {"": "b7", "b7": "x1", "x1": None}


def page(token: str, following: str | None) -> str:
    first = list(STEPS).index(token) * 2 + 1
    rows = "".join(
        f"<li><span class=date>{1950 + n}</span> <a href='/item/{n}'>Log {n}</a></li>" for n in (first, first + 1)
    )
    pager = f"<nav class=pager><a rel=next href='{following}'>Next</a></nav>" if following else ""
    return f"<html><body><main><p>{first} - {first + 1} of 6</p><ul>{rows}</ul>{pager}</main></body></html>"


def chain(server: Server, links: dict[str, str | None]) -> None:
    """Serve three pages chained by tokens; `links` says where each leads."""

    def intercept(request: Request) -> Answer | None:
        if request.path != "/list":
            return None
        token = request.query.partition("after=")[2]
        return Answer(200, {}, page(token, links[token]))

    server.intercept = intercept


def crawl(harvest: Harvest, server: Server, tmp_path: Path):
    (tmp_path / "chain.py").write_text(SITE)
    return harvest("crawl", f"{server.url}/list?q=log", "--site", tmp_path / "chain.py", "-o", tmp_path / "d")


def test_a_chain_is_followed_to_its_end(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    chain(server, {"": "/list?q=log&after=b7", "b7": "?q=log&after=x1", "x1": None})
    ran = crawl(harvest, server, tmp_path)
    assert ran.code == 0, ran.err
    assert [record["title"] for record in read_lines(tmp_path / "d" / "records.jsonl")].count("Log 6") == 1
    (listing,) = read_json(tmp_path / "d" / "coverage.json")["listings"]
    assert (listing["rows"], listing["verdict"]) == (6, "complete as captured, order unproven")


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("/list?q=log", "leads back"),
        ("/list?q=other&after=x1", "out of the listing"),
        ("https://elsewhere.example/list?q=log&after=x1", "out of the listing"),
    ],
    ids=["loop", "other-listing", "other-site"],
)
def test_a_chain_that_lies_is_reported_and_not_followed(
    harvest: Harvest, server: Server, tmp_path: Path, link: str, said: str
) -> None:
    chain(server, {"": "/list?q=log&after=b7", "b7": link, "x1": None})
    ran = crawl(harvest, server, tmp_path)
    assert ran.code == 3
    (listing,) = read_json(tmp_path / "d" / "coverage.json")["listings"]
    assert (listing["rows"], listing["missing"]) == (4, [[5, 6]])
    assert said in listing["remarks"][0]
    assert sum(request.path == "/list" for request in server.log) == 2


@pytest.mark.parametrize(
    ("lie", "said"),
    [
        ("?page=9", "the pager leads to page 9, the counter to page 3"),
        ("?f%5B0%5D=topics%3A1&page=3", "out of the listing"),
        ("https://example.org/search?page=3", "out of the listing"),
    ],
    ids=["wrong-number", "other-listing", "other-site"],
)
def test_a_numbered_pager_that_lies_is_reported_and_the_counter_followed(
    harvest: Harvest, server: Server, tmp_path: Path, lie: str, said: str
) -> None:
    def intercept(request: Request) -> Answer | None:
        if not request.path_qs.endswith("page=2"):
            return None
        body = server.answer(request).body
        text = body if isinstance(body, str) else body.decode()
        at = text.index('rel="next"')
        start = text.rindex('href="', 0, at) if text.rfind('href="', text.rindex("<a", 0, at), at) > 0 else at
        start = text.index('href="', text.rindex("<a", 0, at)) + len('href="')
        return Answer(200, {}, text[:start] + lie + text[text.index('"', start) :])

    server.intercept = intercept
    ran = harvest("crawl", f"{server.url}/search", "--site", "wilson", "--page-size", 10, "-o", tmp_path / "d")
    assert ran.code == 0
    (listing,) = read_json(tmp_path / "d" / "coverage.json")["listings"]
    assert any(said in remark for remark in listing["remarks"]), listing["remarks"]
