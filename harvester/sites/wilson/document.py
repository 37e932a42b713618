"""The document page of the layout of 2022 and later: tabs with texts, pills, blocks of information."""

from lxml.etree import _Element as Element

from harvester.items import Document
from harvester.pages import DocumentObject
from harvester.pages.account import Account
from harvester.pages.blocks import class_tokens
from harvester.pages.labelled import is_heading
from harvester.pages.refusals import canonical_of, is_not_found
from harvester.pages.regions import by_id
from harvester.pages.spilled import text_behind, text_swallowed
from harvester.sites.wilson.addresses import find_addresses
from harvester.sites.wilson.fields import Fields, read_fields
from harvester.sites.wilson.heads import read_citation, read_date, read_summary, read_support, read_title
from harvester.sites.wilson.ignored import IGNORED
from harvester.sites.wilson.tabs import downloads_in, previews_in, read_tabs, unique_files
from harvester.urls import original_url

_BLOCKS = frozenset({"pill-block", "information-block"})
_CITED = ("citation-text", "citation-url")
_FRAMES = ("header", "footer", "nav")
_MOST_CITED = 10  # of one id; a page has one
_IS_DOCUMENT = "boolean(.//@id[. = 'documentTabs' or . = 'citation-text' or . = 'citation-url'])"


def is_block(element: Element) -> bool:
    """Return whether an element holds labelled parts and nothing else."""
    return not _BLOCKS.isdisjoint(class_tokens(element))


class DocumentPage(DocumentObject):
    """A page with tabs, pills and information blocks, each found wherever it stands in the main part."""

    layout = "wilson-document"

    def recognises(self) -> bool:
        """Return whether the page has parts that only documents have, or calls itself one by its address."""
        main, facts = self.page.main, self.page.facts
        if main.xpath(_IS_DOCUMENT) or any(is_block(element) for element in main.iter("*")):
            return True
        if main.find(".//h1") is None or self.page.counter is not None:
            return False
        if is_not_found(self.page.text, self.page.root) or main.find(".//input[@type='password']") is not None:
            return False
        address = facts.link_url(canonical_of(self.page.root) or "")
        dated = sum("date" in class_tokens(heading) for heading in main.iter("h2")) == 1
        return dated or (address is not None and facts.document_url(address) is not None)

    def _top(self) -> Element:
        """Return the main part; all of the body where parts of a document stand outside it.

        A text's own HTML may close more than it opened, and so the main part too.
        """
        main = self.page.main
        known = [e for e in self.page.root.iter("*") if is_block(e) or e.get("id") == "documentTabs"]
        if all(e is main or main in e.iterancestors() for e in known):
            return main
        body = self.page.root.find(".//body")
        return main if body is None else body

    def read(self) -> Document:
        """Return what the page says."""
        page, facts, root = self.page, self.page.facts, self.page.root
        base = original_url(page.capture.url) if page.capture.url else None
        top = self._top()
        account = Account(top, IGNORED, is_heading)
        if top is not page.main:
            account.read(*(e for e in top.iter(*_FRAMES) if page.main not in e.iterancestors()))
        tabs = read_tabs(by_id(root, "documentTabs"), root, facts, base)
        account.read(*tabs.read)
        account.refuse_crowded()
        downloads = downloads_in(top, facts, base)
        account.read(*downloads)
        cited = [one for name in _CITED for one in by_id(root, name)[:_MOST_CITED] if not account.has_read(one)]
        citation = read_citation(cited, account, facts)
        title = read_title(account)
        date_text = read_date(account, facts, is_block)
        support = read_support(account)
        fields = Fields()
        fields.put_text("date", date_text or "")
        read_summary(account, fields)
        stops = account.holders() | {element for element, part in account.claimed if part == "all"}
        read_fields(account, fields, facts, base, stops, is_block)
        addresses = find_addresses(page, fields.record, cited)
        return Document(
            url=addresses.url,
            title=title,
            date_text=fields.texts.get("date"),
            summary=fields.texts.get("summary"),
            layout=self.layout,
            addresses=addresses.all,
            **fields.told(),
            support=support,
            citation=citation,
            record_id=addresses.record_id,
            node_id=addresses.node_id,
            texts=tabs.texts,
            files=unique_files([*tabs.scans, *previews_in(top, facts, base), *downloads.values()]),
            unknown=(*account.leftovers(), *tabs.unknown, *addresses.unknown, *text_behind(top), *text_swallowed(top)),
        )
