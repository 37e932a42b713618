"""The document page of the layout of 2022 and later."""

from harvester.errors import NotADocument
from harvester.items import Document, FileLink, Term
from harvester.pages import DocumentObject
from harvester.pages.refusals import canonical_of
from harvester.text import join_paragraphs, squash


class DocumentPage(DocumentObject):
    """A page with tabs, pills and information blocks."""

    layout = "wilson-document"

    def recognises(self) -> bool:
        """Return whether the page has the parts that only documents have."""
        return bool(self.page.selector.css("#documentTabs, #citation-text, main h1.title > span"))

    def read(self) -> Document:
        """Return what the page says."""
        page, facts = self.page.selector, self.page.facts
        title = squash(" ".join(page.css("main h1.title > span ::text").getall()))
        if not title:
            raise NotADocument("the page has no title")
        canonical = facts.link_url(canonical_of(self.page.root) or "") or self.page.capture.url or ""
        url = facts.document_url(canonical)
        if url is None:
            raise NotADocument("the page does not say its address")
        info = {
            squash(" ".join(block.css("h3.sub-title ::text").getall())): squash(
                " ".join(block.css(".text ::text").getall())
            )
            for block in page.css(".information-block")
        }
        shortlink = facts.link_url(page.css("link[rel=shortlink]::attr(href)").get() or "")
        node = facts.document_url(shortlink) if shortlink else None
        record_id = info.get("Record ID") or None
        old = facts.document_url(f"/document/{record_id}") if record_id else None
        return Document(
            url=url,
            title=title,
            date_text=squash(" ".join(page.css("main h2.date ::text").getall())) or None,
            summary=join_paragraphs(" ".join(p.css("::text").getall()) for p in page.css("main .text-block p")),
            layout=self.layout,
            addresses=tuple(dict.fromkeys(address for address in (url, node, old) if address)),
            people=self._pills("Associated People & Organizations"),
            places=self._pills("Associated Places"),
            topics=self._pills("Associated Topics"),
            record_id=record_id,
            node_id=node.rpartition("/")[2] if node else None,
            files=tuple(
                FileLink("download", link)
                for a in page.css("main a[href$='/download']::attr(href)").getall()
                if (link := facts.link_url(a))
            ),
        )

    def _pills(self, label: str) -> tuple[Term, ...]:
        blocks = self.page.selector.css(".pill-block")
        return tuple(
            Term(squash(pill.css(".name ::text").get() or ""))
            for block in blocks
            if squash(" ".join(block.css("h3.title ::text").getall())) == label
            for pill in block.css(".pill")
        )
