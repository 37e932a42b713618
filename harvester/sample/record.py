"""One record of the sample archive, as its keeper sees it: all that any page shows of it is in here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Record:
    """A catalogue record; `date` is the printed line ("" if blank), `facets` are "facet:id", paragraphs may be none.

    `created` is the place in the order of creation (higher is newer). A line end in `title` or in a paragraph is a
    hard break, as the site has a few.
    """

    node: int
    record_id: int
    slug: str
    date: str
    title: str
    summary: tuple[str, ...]
    created: int
    facets: tuple[str, ...]

    @property
    def path(self) -> str:
        """Return the path of the document page."""
        return f"/document/{self.slug}"

    @property
    def key(self) -> tuple[str, str]:
        """Return what no two records share: the date line and the title, without regard to case and spaces."""
        return " ".join(self.date.casefold().split()), " ".join(self.title.casefold().split())
