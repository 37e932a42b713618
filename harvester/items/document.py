"""What one document's page says: its metadata as labelled there, its texts, and where its files are."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """A name that the page puts on the document (a person, a place, a topic); `url` is where it leads, None if nowhere.

    The link is absolute, and on the site's own host where it is of the site.
    """

    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a document, whole: `kind` (translation, transcript...) and `language` as the page names them.

    `language` is None where the page names none. A line end in a paragraph is a hard break of the page's.
    """

    kind: str
    language: str | None
    paragraphs: tuple[str, ...]

    @property
    def body(self) -> str:
        """Return the text as it is published: paragraphs apart by a blank line, a line end at the end."""
        return "\n\n".join(self.paragraphs) + "\n"


@dataclass(frozen=True, slots=True)
class FileLink:
    """A file that the page offers: `kind` (scan, download), and its absolute address, as a Term's."""

    kind: str
    url: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A part of the page that is neither read nor ignored on purpose: its label (empty if none), text, XPath."""

    label: str
    text: str
    place: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document's page as printed. What the page does not have is None, or empty.

    `url` is its canonical address; `addresses` are all by which the page says that it is known, `url` among them:
    canonical link, node, record id. `title` has hard breaks as spaces; `summary` has paragraphs apart by a blank line.
    `uploaded` is a day as printed. `layout` names the page object.
    """

    url: str
    title: str
    date_text: str | None
    summary: str | None
    layout: str
    addresses: tuple[str, ...] = ()
    authors: tuple[Term, ...] = ()
    people: tuple[Term, ...] = ()
    places: tuple[Term, ...] = ()
    topics: tuple[Term, ...] = ()
    subjects: tuple[Term, ...] = ()
    source: str | None = None
    original_archive: str | None = None
    rights: str | None = None
    type: str | None = None
    languages: tuple[str, ...] = ()
    classification: str | None = None
    donors: tuple[str, ...] = ()
    support: str | None = None
    uploaded: str | None = None
    citation: str | None = None
    record_id: str | None = None
    node_id: str | None = None
    texts: tuple[Text, ...] = ()
    files: tuple[FileLink, ...] = ()
    unknown: tuple[Unknown, ...] = ()
