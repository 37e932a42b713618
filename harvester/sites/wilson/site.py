"""The archive's hosts, and its addresses over two layouts."""

import json
import re
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from harvester.items import Address
from harvester.pages import EmptyListing, StructuralListing, TextExtract
from harvester.sites.base import Site, Walk
from harvester.sites.wilson.document import DocumentPage
from harvester.sites.wilson.listing import OldResults, ResultsTable
from harvester.sites.wilson.old_document import OldDocumentPage
from harvester.urls import original_url

_FACET = re.compile(r"f\[\d*\]")
_FILE = re.compile(r"/document/\d+/download")
_OLD_LISTING = re.compile(r"/search-results/(\d{1,7})/(.+?)(?:/(newest|oldest|relevance))?/?")
_SIZE = 10


class Wilson(Site):
    """Known of the site, and from where, is written down in docs/sites/wilson.md."""

    name = "wilson"
    title = "Wilson Center Digital Archive"
    hosts = (
        "digitalarchive.wilsoncenter.org",
        "www.digitalarchive.wilsoncenter.org",
        "wilson-center.drivingcreative.com",
        "wilson-center-digital-archive.dvincitest.com",
    )
    layouts = (OldResults, ResultsTable, StructuralListing, TextExtract, EmptyListing)
    document_layouts = (DocumentPage, OldDocumentPage)
    document_path = re.compile(r"/(?:document|node)/[^/]+")
    page_sizes = (_SIZE, 25, 100)
    whole = "/search"
    # Measured on simulated walks with records coming and going: only newest first, strictly in order, proves that
    # nothing was missed (docs/promises.md).
    proof = Walk("created_DESC")

    def _document(self, path: str) -> str | None:
        path = re.sub(r"\.html?$", "", path)  # mirroring programs turn links to the files that they made
        path = re.sub(r"\.(?:pdf|ris)$", "", path) if re.match(r"/document/\d+\.(?:pdf|ris)$", path) else path
        return super()._document(path)

    def standing(self, address: str) -> int:
        """Return 0 for the slug of today, 1 for a record id of the old layout, 2 for a node."""
        path = urlsplit(address).path
        return 2 if path.startswith("/node/") else int(re.fullmatch(r"/document/\d+", path) is not None)

    def explain(self, url: str) -> Address | None:
        """Return what a URL is: listings of both layouts, documents under their three addresses, or other.

        Raises ValueError with the reason where a listing's page or size is no number.
        """
        found = super().explain(url)
        if found is None or found.kind == "document":
            return found
        parts = urlsplit(original_url(url.strip()))
        path = parts.path.rstrip("/")
        if _FILE.fullmatch(path):
            return Address(self.name, "file")
        if path == "/search":
            return self._explain_search(parts.query)
        old = _OLD_LISTING.fullmatch(unquote(parts.path))
        return self._explain_old(old, parts.query) if old else found

    def _explain_search(self, query: str) -> Address:
        # PHP's rules: the last of repeated keys counts. Keys are decoded once: what is then no f[n] is a ghost.
        given = parse_qsl(query, keep_blank_values=True)
        pairs = dict(given)
        facets = {value for key, value in pairs.items() if _FACET.fullmatch(key)}
        facets |= {value for key, value in given if key == "f[]"}  # which appends, where a number replaces
        terms = [("f", value) for value in sorted(facets - {""})]
        if pairs.get("search_api_fulltext", "").strip():
            terms.append(("search_api_fulltext", pairs["search_api_fulltext"]))
        listing = "/search" + ("?" if terms else "") + "&".join(f"{key}={_plain(value)}" for key, value in terms)
        page = _number(pairs.get("page", ""), "page", 0)
        size = _number(pairs.get("items_per_page", ""), "items_per_page", _SIZE)
        return Address(self.name, "listing", listing, _order(pairs), page, size)

    def _explain_old(self, found: re.Match[str], query: str) -> Address:
        """The old layout counts pages from 1; its query is JSON, whose order of keys means nothing."""
        try:
            query_json = json.loads(found[2], parse_constant=_no_constant)
            asked = json.dumps(query_json, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        except (ValueError, RecursionError) as error:
            raise ValueError(f"the query in the address is no JSON: {found[2][:80]}") from error
        kind = dict(parse_qsl(query)).get("recordType")
        listing = f"/search-results/{asked}" + (f"?recordType={_plain(kind)}" if kind else "")
        return Address(self.name, "listing", listing, found[3], max(int(found[1]), 1) - 1, _SIZE)

    def listing_url(self, address: Address) -> str:
        """Return the URL of a listing's page; the old layout's listings are captures only and have none to crawl."""
        if not address.listing or not address.listing.startswith("/search") or "/search-results/" in address.listing:
            raise ValueError("only listings of the present layout can be asked for")
        terms = parse_qsl(address.listing.partition("?")[2])
        facets = [value for key, value in terms if key == "f"]
        query = [(f"f[{i}]", value) for i, value in enumerate(facets)]
        query += [term for term in terms if term[0] != "f"]
        if address.order:
            query.append(("sort_bef_combine", address.order))
        if address.page_size not in {None, _SIZE}:
            query.append(("items_per_page", str(address.page_size)))
        if address.page:
            query.append(("page", str(address.page)))
        encoded = "&".join(f"{quote(key)}={quote(value, safe='')}" for key, value in query)
        return f"{self.base_url}/search" + (f"?{encoded}" if encoded else "")


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _plain(value: str) -> str:
    """Return a value decoded as far as the canonical string stays readable by a query parser."""
    return re.sub(r"[%&#+\x00-\x1f\x7f]", lambda c: quote(c[0], safe=""), value)


def _number(text: str, key: str, default: int) -> int:
    if not text.strip():
        return default
    if not re.fullmatch(r"\d{1,7}", text.strip(), re.ASCII):
        raise ValueError(f"{key} is no number: {text[:40]}")
    return int(text)


def _order(pairs: dict[str, str]) -> str | None:
    if pairs.get("sort_bef_combine", "").strip():
        return pairs["sort_bef_combine"].strip()
    by, direction = pairs.get("sort_by", "").strip(), pairs.get("sort_order", "").strip().upper()
    return "_".join(part for part in (by, direction) if part) or None
