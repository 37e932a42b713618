"""Tells the parts of a page apart: its main part, the parts beside the results, the lines that frame them."""

from lxml.etree import _Element as Element

from harvester.pages.blocks import class_tokens, hidden, is_element

_ASIDE_TAGS = frozenset({"nav", "form", "dialog"})
_ASIDE_ROLES = frozenset({"navigation", "complementary", "search", "banner", "contentinfo", "menu"})
_ASIDE_CLASSES = frozenset(
    "sidebar related featured facets facet-list menu mega-menu megamenu breadcrumb breadcrumbs recommended popular"
    " most-read recently-viewed promo pager pagination carousel see-also".split()
)
_ASIDE_PREFIXES = ("sidebar-", "layout-sidebar", "block-facet", "facets-widget", "related-", "featured-")


def is_aside(element: Element) -> bool:
    """Return whether an element is a part of the page beside its results: menu, sidebar, form, pager."""
    if element.tag in {"header", "footer"}:
        above = element.getparent()
        if above is None or above.tag in {"body", "main"} or element.find(".//nav") is not None:
            return True
    elif element.tag == "aside":
        return next(element.iterancestors("article", "li", "td"), None) is None
    elif element.tag in _ASIDE_TAGS:
        return True
    if element.get("role") in _ASIDE_ROLES:
        return True
    return any(map(_names_aside, class_tokens(element)))


def _names_aside(token: str) -> bool:
    """Return whether a class names a part beside the results; "has-sidebar" is said of the page that has one."""
    if token in _ASIDE_CLASSES or token.startswith(_ASIDE_PREFIXES):
        return True
    return token.endswith("-sidebar") and not token.startswith(("has-", "with-", "no-", "main-", "content-"))


def main_of(root: Element) -> Element:
    """Return the page's main part: the first <main>, else role=main, else the body without menu and footer."""
    for path in (".//main", ".//*[@role='main']", ".//body"):
        for found in root.iterfind(path):
            if is_element(found) and not hidden(found):
                return found
    return root


def by_id(root: Element, name: str) -> list[Element]:
    """Return the elements of an id, of several one in another the outermost."""
    found: dict[Element, None] = {}
    for element in root.xpath(".//*[@id = $name]", name=name):
        if found.keys().isdisjoint(element.iterancestors()):
            found[element] = None
    return list(found)
