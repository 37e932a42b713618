"""The document page of the layout until 2022, of which little is known: labels in `h4`, subjects in a list."""

from harvester.items import Document
from harvester.pages import DocumentObject
from harvester.pages.account import Account
from harvester.pages.labelled import is_heading
from harvester.pages.regions import by_id
from harvester.pages.spilled import text_behind, text_swallowed
from harvester.sites.wilson.addresses import find_addresses
from harvester.sites.wilson.fields import Fields, read_fields
from harvester.sites.wilson.ignored import IGNORED
from harvester.sites.wilson.old_heads import is_box, take_date, take_subjects, take_summary, take_title
from harvester.sites.wilson.tabs import downloads_in, unique_files
from harvester.urls import original_url


class OldDocumentPage(DocumentObject):
    """A page with an information box and a list of subjects; the rest is read by structure, or left over."""

    layout = "wilson-old-document"

    def recognises(self) -> bool:
        """Return whether the page has the parts that only the old layout has."""
        return bool(by_id(self.page.root, "subj-list")) or any(map(is_box, self.page.root.iter("*")))

    def read(self) -> Document:
        """Return what the page says."""
        page, facts = self.page, self.page.facts
        base = original_url(page.capture.url) if page.capture.url else None
        account = Account(page.main, IGNORED, is_heading)
        account.refuse_crowded()
        downloads = downloads_in(page.main, facts, base)
        account.read(*downloads)
        title = take_title(account)
        fields = Fields()
        subjects = take_subjects(account, facts, base)
        stops = account.holders() | {element for element, part in account.claimed if part == "all"}
        read_fields(account, fields, facts, base, stops, is_box)
        told = fields.told()
        told["subjects"] = tuple(dict.fromkeys((*subjects, *told.get("subjects", ()))))
        date_text = fields.texts.get("date") or take_date(account, facts)
        summary = fields.texts.get("summary") or take_summary(account)
        addresses = find_addresses(page, fields.record, ())
        return Document(
            url=addresses.url,
            title=title,
            date_text=date_text,
            summary=summary,
            layout=self.layout,
            addresses=addresses.all,
            **told,
            record_id=addresses.record_id,
            node_id=addresses.node_id,
            files=unique_files(list(downloads.values())),
            unknown=(*account.leftovers(), *addresses.unknown, *text_behind(page.main), *text_swallowed(page.main)),
        )
