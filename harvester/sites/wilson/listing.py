"""The results listings of the archive, in its two layouts."""

from parsel import Selector, SelectorList

from harvester.pages import StructuralListing
from harvester.pages.blocks import class_tokens, path_of
from harvester.pages.row import FoundRow
from harvester.pages.rows import find_rows

# .table-striped .document a[href^="/document/"], in the forms that saved pages give to links
_TABLE = (
    "//table[contains(concat(' ', normalize-space(@class), ' '), ' table-striped ')]"
    "[.//*[contains(concat(' ', normalize-space(@class), ' '), ' document ')]//a[contains(@href, '/document/')]]"
)


class ResultsTable(StructuralListing):
    """The layout of 2022 and later: a striped table, one `td.document` a record."""

    layout = "wilson-table"

    def recognises(self) -> bool:
        """Return whether the page has the table; without a counter it is a listing that cannot be verified."""
        return self.page.medium == "html" and bool(self._tables())

    def _tables(self) -> SelectorList[Selector]:
        return self.page.selector.xpath(_TABLE)

    def find(self) -> list[FoundRow]:
        """Return the rows of the table only, the page's other links are no results; of several tables none is it."""
        tables = self._tables()
        if len(tables) > 1:
            return super().find()
        return find_rows(tables[0].root, self.page.counter, self.page.facts, known=True)


class OldResults(StructuralListing):
    """The layout until 2022: `.search-res li`, the link `.lnk-res`, the title `.itm-title`, no counter."""

    layout = "wilson-old"

    def recognises(self) -> bool:
        """Return whether the page has the old list."""
        return self.page.medium == "html" and bool(self.page.selector.css(".search-res li .lnk-res"))

    def counter(self) -> None:
        """Return that nothing is announced: the old pages never do."""

    def find(self) -> list[FoundRow]:
        """Return the list's items, one a record."""
        items = [item.root for item in self.page.selector.css(".search-res li") if item.css(".lnk-res")]
        found = []
        for item in items:
            link = next(a for a in item.iter() if isinstance(a.tag, str) and "lnk-res" in class_tokens(a))
            url = self.page.facts.document_url(link.get("href") or "")
            found.append(FoundRow(item, path_of(item), url))
        return found
