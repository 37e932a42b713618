"""Where on a page a value stands that was read there: found by its text, for readers that keep no places."""

from collections.abc import Callable, Iterable, Iterator

from lxml import etree
from lxml.etree import _Element as Element

from harvester.captures import Capture
from harvester.pages.blocks import is_element, path_of, text_of
from harvester.pages.facts import Facts
from harvester.pages.origins import Origin
from harvester.pages.page import Page

_MOST = 3  # places told of one text: a name may stand in every line


def find_places(capture: Capture, facts: Facts, texts: Iterable[str]) -> tuple[Origin, ...]:
    """Return the innermost elements that show a text; those that show nothing else, if there are any."""
    page = Page(capture, facts)
    found: list[Origin] = []
    for text in dict.fromkeys(texts):
        holding = list(_innermost(page.main, text)) or list(_innermost(page.root, text))
        alone = [element for element in holding if text_of(element) == text]
        found += [_origin(element, text) for element in (alone or holding)[:_MOST]]
    return tuple(found)


def find_links(capture: Capture, facts: Facts, url: str) -> tuple[Origin, ...]:
    """Return the first element that leads to an address: as it stands there, or as a document's."""
    base = capture.url
    leads: tuple[Callable[[str], str | None], ...] = (
        lambda href: facts.link_url(href, base),
        lambda href: facts.document_url(href, base),
    )
    for element in Page(capture, facts).root.iter():
        href = element.get("href") or element.get("data") or element.get("src") if is_element(element) else None
        if href and url in {lead(href) for lead in leads}:
            return (_origin(element, href),)
    return ()


def _innermost(top: Element, text: str) -> Iterator[Element]:
    """Yield the elements that hold a text, none of whose children does."""
    if not text or text not in text_of(top):
        return
    stack = [top]
    while stack:
        element = stack.pop()
        within = [child for child in element if is_element(child) and text in text_of(child)]
        stack += reversed(within)
        if not within:
            yield element


def _origin(element: Element, text: str) -> Origin:
    markup = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
    return Origin(path_of(element), markup, text)
