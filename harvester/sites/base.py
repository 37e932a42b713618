"""What a site is: hosts, addresses, dates, paging, page objects. A new one overrides what differs."""

import re
from collections.abc import Collection, Sequence
from copy import copy
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import SplitResult, urljoin

from harvester.captures import Capture
from harvester.dates import ENGLISH, DateStyle
from harvester.items import Address, Document, Reading
from harvester.pages import (
    DocumentObject,
    EmptyListing,
    Origin,
    PageObject,
    StructuralListing,
    TextExtract,
    find_origins,
    read_document,
    read_listing,
)
from harvester.pages.facts import ENGLISH_COUNTER, ENGLISH_NONE
from harvester.urls import clean_path, host_of, is_loopback, original_url, spell_url, split_url

_NO_HOST = re.compile(r"(?:https?:)?///", re.I)  # to a browser what follows is the host
_LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]"})


@dataclass(frozen=True, slots=True)
class Walk:
    """A way through a listing that proves completeness: its order, first page to last, strictly in turn."""

    order: str


class Site:
    """One archive. Subclass it, set the facts, override `explain` and `listing_url`; docs/adding-a-site.md shows how.

    `hosts[0]` is the site's own host, the others are its aliases; nothing stored ever names an alias.
    """

    name: str
    title: ClassVar[str | None] = None  # what the archive calls itself; None: its name stands for it
    hosts: ClassVar[tuple[str, ...]]
    scheme: ClassVar[str] = "https"
    dates: DateStyle = ENGLISH
    counter: re.Pattern[str] = ENGLISH_COUNTER
    none_found: re.Pattern[str] = ENGLISH_NONE
    furniture: frozenset[str] = frozenset(
        {"results", "search results", "documents", "records", "pagination", "skip to content", "skip to main content"}
    )
    closing: frozenset[str] = frozenset({"pagination"})
    layouts: ClassVar[Sequence[type[PageObject]]] = (StructuralListing, TextExtract, EmptyListing)
    document_layouts: ClassVar[Sequence[type[DocumentObject]]] = ()  # none: document pages are not read
    # The whole path of a document's page.
    document_path: re.Pattern[str] = re.compile(r"/document/[^/]+")
    paging: ClassVar[str] = "numbered"  # or "chained": the next link, within the same listing only
    page_sizes: ClassVar[tuple[int, ...]] = (10,)  # those that the server knows; the first is its default
    whole: ClassVar[str | None] = None  # the listing of everything: that it has no results is never believed
    proof: ClassVar[Walk | None] = None  # None: only two passes that agree prove completeness

    def __init__(self) -> None:
        self.aliases: frozenset[str] = frozenset(host.lower() for host in self.hosts)

    def with_alias(self, host: str) -> "Site":
        """Return this site, also known on another host: a staging copy, a simulator on loopback."""
        other = copy(self)
        other.aliases = self.aliases | {host.lower()}
        return other

    @property
    def base_url(self) -> str:
        """Return the site's own origin."""
        return f"{self.scheme}://{self.hosts[0]}"

    def owns(self, url: str) -> bool:
        """Return whether a URL is of this site, on any of its hosts, or in a web archive's copy of it."""
        return host_of(original_url(url)) in self.aliases

    def canonical_url(self, url: str) -> str:
        """Return the URL on the site's own host; a URL of another site stays as it is."""
        parts = split_url(original_url(url))
        if parts is None or not self.owns(url):
            return url
        return parts._replace(scheme=self.scheme, netloc=self.hosts[0], fragment="").geturl()

    def document_url(self, href: str, base: str | None = None) -> str | None:
        """Return the canonical URL of the document that a link leads to: no query, no fragment, the site's own host.

        None for a link that leads elsewhere, or that is none (`javascript:`, `\\\\host`). Relative links are taken
        against `base`, else against the site itself.
        """
        href = href.strip()
        if not href or href[0] in "#?" or "\\" in href or _NO_HOST.match(href):
            return None
        if ":" in href.split("/", 1)[0] and not href.lower().startswith(("http:", "https:")):
            return None
        parts = self._absolute(href, base)
        if parts is None or not self.owns(parts.geturl()):
            return None
        return self._document(clean_path(parts.path))

    def _absolute(self, href: str, base: str | None) -> SplitResult | None:
        """Return the parts of the address that a link leads to, of a web archive's the original; None if it is none."""
        try:
            return split_url(original_url(urljoin(base or self.base_url + "/", original_url(href))))
        except ValueError:
            return None

    def _document(self, path: str) -> str | None:
        """Return the canonical URL for a document's path, None if the path is no document's."""
        return self.base_url + path if self.document_path.fullmatch(path) else None

    def link_url(self, href: str, base: str | None = None) -> str | None:
        """Return the absolute address that a link leads to; on the site's own host if it is of the site.

        A page served from this very machine names its address there, which is nobody's: it is the site's. None for a
        link that leads nowhere (`javascript:`, `mailto:`, a fragment).
        """
        href = href.strip()
        if not href or href[0] == "#":
            return None
        parts = self._absolute(href, base)
        if parts is None:
            return None
        if self.owns(parts.geturl()) or is_loopback(parts.geturl()):
            parts = parts._replace(scheme=self.scheme, netloc=self.hosts[0], fragment="")
        return spell_url(parts.geturl())

    def standing(self, address: str) -> int:
        """Return how well an address of a document names it, of several that it has; the least number names it best."""
        return 0

    def names_another(self, address: str, addresses: Collection[str]) -> bool:
        """Return whether an address is none of a document's, though of a kind of which a document has one only.

        Names change, and a redirect leads from the old one to the new; ids don't.
        """
        kind = self.standing(address)
        return kind > 0 and address not in addresses and kind in map(self.standing, addresses)

    def explain(self, url: str) -> Address | None:
        """Return what a URL of this site is; None if it is not the site's, ValueError with a reason if it is wrong."""
        if not self.owns(url):
            return None
        document = self.document_url(url)
        return Address(self.name, "document", document=document) if document else Address(self.name, "other")

    def listing_url(self, address: Address) -> str:
        """Return the URL of a listing's page, on the site's own host."""
        raise NotImplementedError(f"{self.name} has no listing_url")

    def fold_hosts(self, text: str) -> str:
        """Return a text with the site's own origin in place of its aliases' and of this very machine's."""
        names = "|".join(re.escape(host) for host in sorted(self.aliases | _LOCAL))
        return re.sub(rf"https?://(?:{names})(?::\d+)?(?![\w.-])", self.base_url, text, flags=re.I)

    def read(self, capture: Capture) -> Reading:
        """Read a results page; raises the PageError that says what it is instead."""
        return read_listing(capture, self, self.layouts)

    def read_document(self, capture: Capture) -> Document:
        """Read a document's page; raises the PageError that says what it is instead."""
        return read_document(capture, self, self.document_layouts)

    def origins(self, capture: Capture, row: int) -> dict[str, tuple[Origin, ...]]:
        """Return where the fields of a row that was read from a results page stand on it."""
        return find_origins(capture, self, self.layouts, row)
