"""Finds the addresses by which a document's page says that it is known; what contradicts itself is not claimed."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml.etree import _Element as Element

from harvester.errors import NotADocument, OtherDocument
from harvester.items import Unknown
from harvester.pages.blocks import path_of
from harvester.pages.facts import Facts
from harvester.pages.limits import LONGEST_UNKNOWN
from harvester.pages.page import Page
from harvester.pages.refusals import links_of
from harvester.text import squash

_NODE = re.compile(r"/node/(\d+)")
_RECORD = re.compile(r"/document/(\d+)")
_SETTINGS = ".//script[@data-drupal-selector='drupal-settings-json']"
_OLD_SETTINGS = re.compile(r'"currentPath"\s*:\s*"node\\?/(\d+)"')
_MOST_NAMED = 4
_ADDRESS = re.compile(r"https?://[^\s<>\"'”’]+")


@dataclass(frozen=True, slots=True)
class Said:
    """One address that a page says, and where: its name for people, and the element."""

    url: str
    name: str
    element: Element


@dataclass(frozen=True, slots=True)
class Addresses:
    """What a page says of its addresses; `url` is its canonical one."""

    url: str
    all: tuple[str, ...]
    node_id: str | None
    record_id: str | None
    unknown: tuple[Unknown, ...]


def find_addresses(page: Page, record: tuple[str, Element] | None, cited: Iterable[Element]) -> Addresses:
    """Return the addresses of a page; `record` is its record id and the element that shows it, `cited` its citation.

    The address of the capture is one of them only where the page names none of its kind: a server that mixes pages up,
    or a mirror, may have filed it under another document's. Raises OtherDocument for a page that names others only and
    contradicts itself, NotADocument for one that has no address at all.
    """
    said = [*_linked(page), *_in_settings(page)]
    if record is not None and (url := page.facts.document_url(f"/document/{record[0]}")):
        said.append(Said(url, "Record ID", record[1]))
    for element in cited:
        said += _in_citation(element, page)
    asked = page.facts.document_url(page.capture.url) if page.capture.url else None
    sorts = _sorted(said, asked)
    unknown = list(_misled(page))
    for sort, those in sorts.items():
        sorts[sort], doubt = _agreeing(those, sort)
        unknown += doubt
    believed = [one for those in sorts.values() for one in those]
    rivals = {one.url for one in said if asked is not None and _sort(one.url) == _sort(asked)}
    url = _url_of(believed, asked if not rivals or asked in rivals else None)
    if url is None and asked is not None:
        raise OtherDocument(f"the page names other addresses than this: {', '.join(sorted(rivals)[:_MOST_NAMED])}")
    if url is None:
        raise NotADocument("the page does not say its address")
    urls = tuple(dict.fromkeys([url, *(one.url for one in believed)]))
    return Addresses(url, urls, _id(sorts["node"]), _id(sorts["record id"]), tuple(unknown))


def _sorted(said: list[Said], asked: str | None) -> dict[str, list[Said]]:
    """Return what is said, by its sort.

    A slug may be a title in figures ("/document/1979"): a canonical link beside another record id is one if a second
    witness names it, the citation or the capture.
    """
    shown = {one.url for one in said if one.name == "Record ID"}
    witnesses = {asked, *(one.url for one in said if one.name == "citation")}
    slugs = {one.url for one in said if one.name == "canonical link" and shown and one.url in witnesses - shown}
    sorts: dict[str, list[Said]] = {"node": [], "record id": [], "name": []}
    for one in said:
        sorts["name" if one.url in slugs else _sort(one.url)].append(one)
    return sorts


def _sort(url: str) -> str:
    """Return what an address names a document by."""
    path = urlsplit(url).path
    return "node" if _NODE.fullmatch(path) else "record id" if _RECORD.fullmatch(path) else "name"


def _agreeing(said: list[Said], kind: str) -> tuple[list[Said], list[Unknown]]:
    """Return what is believed of the addresses of one kind, and what is reported: none where they contradict.

    Of two names the canonical link has the one in force; an older may stand in a citation.
    """
    if len({one.url for one in said}) < 2:
        return said, []
    first = [one for one in said if kind == "name" and one.name == "canonical link"]
    doubted = [one for one in said if not first or one.url != first[0].url]
    text = "; ".join(dict.fromkeys(f"{one.name}: {one.url}" for one in said))
    return first, [Unknown(f"two addresses ({kind})", text, path_of(doubted[0].element))]


def _url_of(believed: list[Said], asked: str | None) -> str | None:
    """Return the canonical address, else that of the capture, else the best of the others."""
    canonical = next((one.url for one in believed if one.name == "canonical link"), None)
    order = ("Record ID", "citation", "shortlink", "settings")
    others = [one.url for name in order for one in believed if one.name == name]
    return canonical or asked or next(iter(others), None)


def _id(said: list[Said]) -> str | None:
    return urlsplit(said[0].url).path.rpartition("/")[2] if said else None


def _linked(page: Page) -> Iterator[Said]:
    for relation, name in (("canonical", "canonical link"), ("shortlink", "shortlink")):
        for link in links_of(page.root, relation):
            url = _own(link.get("href") or "", page)
            if url is not None:
                yield Said(url, name, link)


def _misled(page: Page) -> Iterator[Unknown]:
    """Yield a canonical link that leads to no document; one that leads to another site was refused before."""
    for link in links_of(page.root, "canonical"):
        href = (link.get("href") or "").strip()
        if href and _own(href, page) is None:
            yield Unknown("canonical link", href[:LONGEST_UNKNOWN], path_of(link))


def _in_settings(page: Page) -> Iterator[Said]:
    """Yield the node that Drupal's settings name, as JSON of their own or within a script."""
    for script in page.root.iter("script"):
        text = script.text or ""
        if "currentPath" not in text or any(up.get("id") == "documentTabs" for up in script.iterancestors()):
            continue
        node = _current_path(text) or next((f"node/{found}" for found in _OLD_SETTINGS.findall(text)), "")
        url = page.facts.document_url(f"/{node}") if _NODE.fullmatch(f"/{node}") else None
        if url is not None:
            yield Said(url, "settings", script)


def _current_path(text: str) -> str | None:
    try:
        settings = json.loads(text)
        path = settings["path"]["currentPath"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return path if isinstance(path, str) else None


def _in_citation(element: Element, page: Page) -> Iterator[Said]:
    """Yield the addresses in a citation: links, values of fields, and those in its words."""
    hrefs = [child.get(name) for child in element.iter() for name in ("href", "value")]
    words = _ADDRESS.findall(squash(" ".join(element.itertext())))
    for href in dict.fromkeys(filter(None, [*hrefs, *(word.rstrip(".,;:)]") for word in words)])):
        url = _own(href, page)
        if url is not None:
            yield Said(url, "citation", element)


def _own(href: str, page: Page) -> str | None:
    facts: Facts = page.facts
    url = facts.link_url(href, page.capture.url)
    return facts.document_url(url) if url is not None else None
