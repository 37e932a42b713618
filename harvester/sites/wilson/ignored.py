"""What of a document's page is ignored on purpose, each with its reason; docs/sites/wilson.md has the same list."""

import re

from lxml.etree import _Element as Element

from harvester.pages.account import Ignored
from harvester.pages.blocks import class_tokens, short_text

_SHARE = frozenset("share sharing social social-share social-media addthis addtoany a2a_kit print email".split())
_BREADCRUMB = frozenset({"breadcrumb", "breadcrumbs"})
_PAGER = frozenset({"pager", "pagination"})
_RELATED = frozenset("related related-documents related-content featured recommended see-also".split())
_MESSAGES = frozenset({"messages", "messages__wrapper", "messages-list"})
_NAVIGATION = frozenset({"navigation", "search", "menu", "menubar", "toolbar"})
# The whole text of a link or line; "Download" only where it is no link to a file, which is read.
_BUTTON = re.compile(
    r"(?:share|print|e-?mail|download|cite|citation|copy|save|export|close|expand|collapse|permalink|tweet|facebook"
    r"|twitter|linkedin|zoom (?:in|out)|full ?screen|back to (?:top|search|results|search results)"
    r"|skip to (?:main )?content|(?:show|read|view|see) (?:more|less|all))"
    r"(?:\s+(?:this|the|it|to|on|via|page|document|record|link|citation|clipboard|pdf|ris|bibtex|endnote|facebook|twitter"
    r"|linkedin|x|e-?mail))*[\s.…»›→×:]*",
    re.I,
)
_FRAMES = frozenset({"header", "footer", "site-header", "site-footer", "page-header", "page-footer"})
_LONGEST_BUTTON = 60
_CLICKED = frozenset({"btn", "button"})


def _of_class(tokens: frozenset[str], element: Element) -> bool:
    return not tokens.isdisjoint(class_tokens(element))


def _is_button(element: Element) -> bool:
    if element.tag != "a" and element.get("role") != "button" and _CLICKED.isdisjoint(class_tokens(element)):
        return False
    text = short_text(element, _LONGEST_BUTTON)
    return bool(text and _BUTTON.fullmatch(text)) and not any(map(_leads_to_file, element.iter("a")))


def _leads_to_file(link: Element) -> bool:
    path = (link.get("href") or "").split("?")[0].split("#")[0]
    return bool(re.search(r"/download$|\.(?:pdf|docx?|jpe?g|png|tiff?|zip)$", path, re.I))


def _frames(element: Element) -> bool:
    above = element.getparent()
    if above is None or above.tag != "body":
        return False
    return element.tag in {"header", "footer"} or element.get("id") in _FRAMES


IGNORED = (
    Ignored("head and foot are of every page", lambda e: _frames(e) or e.get("role") in {"banner", "contentinfo"}),
    Ignored("navigation leads elsewhere", lambda e: e.tag == "nav" or e.get("role") in _NAVIGATION),
    Ignored("the breadcrumb says where the page stands in the site", lambda e: _of_class(_BREADCRUMB, e)),
    Ignored("the pager leads to other documents", lambda e: _of_class(_PAGER, e)),
    Ignored("a form asks, it says nothing of the document", lambda e: e.tag == "form"),
    Ignored("buttons to share or print are of the page", lambda e: _of_class(_SHARE, e)),
    Ignored("related documents are other documents", lambda e: _of_class(_RELATED, e)),
    Ignored("messages of the site are of the visit", lambda e: _of_class(_MESSAGES, e)),
    Ignored("a button or link that only says what a click does", _is_button),
)
