"""Reads the tabs of a document's page: its texts, each with kind and language, and the scans that they show."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import parse_qs, urlsplit

from lxml.etree import _Element as Element

from harvester.items import FileLink, Text, Unknown
from harvester.pages.blocks import class_tokens, is_element, path_of
from harvester.pages.facts import Facts
from harvester.pages.limits import LONGEST_UNKNOWN, MOST_PARTS, refuse
from harvester.pages.paragraphs import paragraphs_of
from harvester.sites.wilson.kinds import name_pane
from harvester.text import squash

_SCANNED = {"object": "data", "embed": "src", "iframe": "src"}
_MAY_BE_FILE = re.compile(r"download|\.pdf", re.I)
_FILE = re.compile(r"/document/[^/]+/download|.+\.pdf", re.I)

_LOCAL = re.compile(r"(?:\./)?[^/:?]*_files/|file:|blob:|data:", re.I)  # what a browser saved beside the page


@dataclass(frozen=True, slots=True)
class Tabs:
    """What the tabs hold; `read` are the elements that were read, `labels` the names of their tabs."""

    texts: tuple[Text, ...]
    scans: tuple[FileLink, ...]
    unknown: tuple[Unknown, ...]
    read: dict[Element, str]


def is_pane(element: Element) -> bool:
    """Return whether an element is what one tab shows."""
    return is_element(element) and "tab-pane" in class_tokens(element)


def read_tabs(boxes: list[Element], main: Element, facts: Facts, base: str | None) -> Tabs:
    """Return what the tabs in some boxes hold; of panes in a pane the innermost are the texts."""
    panes = [element for box in boxes for element in box.iter() if is_pane(element)]
    if len(panes) > MOST_PARTS:
        refuse(f"has {len(panes):,} tabs", MOST_PARTS)
    outer = {up for pane in panes for up in pane.iterancestors()}
    leaves = [pane for pane in panes if pane not in outer]
    tabs = _tab_links(main, set(leaves), {pane.get("id") for pane in panes})
    named = {target: squash("".join(link.itertext())) for link, target in tabs.items()}
    texts, scans, unknown = list[Text](), list[FileLink](), list[Unknown]()
    for pane in leaves:
        above = [up for up in pane.iterancestors() if up in outer and is_pane(up)]
        ids = [up.get("id") or "" for up in (pane, *above)]
        kind, language = name_pane([(name, named.get(name, "")) for name in ids])
        text = Text(kind, language, paragraphs_of(pane, downloads_in(pane, facts, base)))
        found = list(_scans(pane, facts, base, alone=not text.paragraphs))
        scans += found
        if text.paragraphs:
            texts.append(text)
        elif not found:
            unknown += _promised(pane, named.get(ids[0]) or ids[0])
        unknown += _unread(pane, facts, base, named.get(ids[0]) or ids[0], alone=not text.paragraphs)
    ids_held = {pane.get("id") for pane in panes}
    unknown += [Unknown(named[target], "", path_of(link)) for link, target in tabs.items() if target not in ids_held]
    read = {pane: named.get(pane.get("id") or "", pane.get("id") or "") for pane in leaves}
    links = dict.fromkeys(tabs, "")
    return Tabs(tuple(dict.fromkeys(texts)), tuple(scans), tuple(unknown), read | links)


def downloads_in(top: Element, facts: Facts, base: str | None) -> dict[Element, FileLink]:
    """Return the links below an element that offer a file of the document, on the site's own host."""
    found = {}
    for link in top.iter("a"):
        if not _MAY_BE_FILE.search(link.get("href") or ""):
            continue
        url = facts.link_url(link.get("href") or "", base)
        if url is not None and facts.owns(url) and _FILE.fullmatch(urlsplit(url).path):
            found[link] = FileLink("download", url)
        if len(found) > MOST_PARTS:
            refuse("offers too many files", MOST_PARTS)
    return found


def previews_in(top: Element, facts: Facts, base: str | None) -> list[FileLink]:
    """Return the scans that a page shows by the class that it has for them, in tabs or not."""
    shown = (_shown(element, facts, base) for element in top.iter() if _is_preview(element))
    return [FileLink("scan", url) for url in shown if url is not None]


def unique_files(links: list[FileLink]) -> tuple[FileLink, ...]:
    """Return the files, each once, under the first kind that it is called."""
    found: dict[str, FileLink] = {}
    for link in links:
        found.setdefault(link.url, link)
    return tuple(found.values())


def _tab_links(main: Element, leaves: set[Element], ids: set[str | None]) -> dict[Element, str]:
    """Return what opens a pane, with the pane's id: links and buttons outside the texts."""
    found = {}
    stack = [main]
    while stack:
        element = stack.pop()
        if element in leaves:
            continue
        stack.extend(child for child in reversed(element) if is_element(child))
        target = next(filter(None, map(element.get, ("href", "data-bs-target", "data-target"))), "")
        opens = element.get("role") == "tab" or "tab" in {element.get("data-toggle"), element.get("data-bs-toggle")}
        target = target.rpartition("#")[2] if "#" in target else element.get("aria-controls") or ""
        if element.tag in {"a", "button"} and target and (target in ids or opens):
            found[element] = target
        if len(found) > MOST_PARTS:
            refuse("has too many tabs", MOST_PARTS)
    return found


def _scans(pane: Element, facts: Facts, base: str | None, *, alone: bool) -> Iterator[FileLink]:
    """Yield the files that a pane shows: what is marked as one, PDFs, and of a pane without text all of the site."""
    shown = list(islice((element for element in pane.iter() if _source(element) is not None), MOST_PARTS + 1))
    if len(shown) > MOST_PARTS:
        refuse("shows too many files", MOST_PARTS)
    for element in shown:
        url = _shown(element, facts, base)
        if url is None:
            continue
        if _is_preview(element) or urlsplit(url).path.lower().endswith(".pdf") or (alone and facts.owns(url)):
            yield FileLink("scan", url)


def _unread(pane: Element, facts: Facts, base: str | None, label: str, *, alone: bool) -> Iterator[Unknown]:
    """Yield what a pane shows that is neither text nor a file that can be named: a film, a viewer."""
    known = {link.url for link in _scans(pane, facts, base, alone=alone)}
    for element in pane.iter():
        source = _source(element)
        if source is not None and _shown(element, facts, base) not in known:
            yield Unknown(label, source[:LONGEST_UNKNOWN], path_of(element))


def _promised(pane: Element, label: str) -> Iterator[Unknown]:
    """Yield that a pane has nothing to read, with the picture that it may show instead."""
    if any(_source(element) is not None for element in pane.iter()):
        return
    pictures = " ".join(image.get("src") or "" for image in pane.iter("img"))
    yield Unknown(label, pictures[:LONGEST_UNKNOWN], path_of(pane))


def _is_preview(element: Element) -> bool:
    return is_element(element) and "pdf-preview" in class_tokens(element)


def _source(element: Element) -> str | None:
    """Return the address that an element shows, as printed; None for one that shows none."""
    if not is_element(element):
        return None
    name = "data" if _is_preview(element) else _SCANNED.get(str(element.tag))
    return (element.get(name) or "").strip() or None if name else None


def _shown(element: Element, facts: Facts, base: str | None) -> str | None:
    """Return the address of the file that an element shows; a viewer has it in its query, as `file`."""
    source = _source(element)
    if source is None:
        return None
    if _LOCAL.match(source):
        return None
    try:
        inner = parse_qs(urlsplit(source).query).get("file", [source])[0]
    except ValueError:
        return None
    return facts.link_url(inner, base)
