"""One document of the sample archive, as its keeper sees it: all that its page shows, as values, without any markup."""

from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True, slots=True)
class Pill:
    """A name put on a document; `href` is where it leads, None if nowhere."""

    name: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a text: a heading, paragraph, item, quote, note or table.

    A table has a row a line and several cells in it; all else has lines of one cell, apart by hard breaks.
    """

    kind: str
    rows: tuple[tuple[str, ...], ...]

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """Return the part as plain text: one paragraph with its lines; of a table one a row, cells apart by tabs."""
        if self.kind == "table":
            return tuple("\t".join(cells) for cells in self.rows)
        return ("\n".join(line for (line,) in self.rows),)


@dataclass(frozen=True, slots=True)
class Prose:
    """One text of a document: its kind ("translation", "transcription", "original"), language and parts.

    `language` is None where the page names none. `dialect` is the kind of markup that it is pasted in as.
    """

    kind: str
    language: str | None
    parts: tuple[Part, ...]
    dialect: str

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """Return the parts as plain text; a line end is a hard break, a tab ends a table's cell."""
        return tuple(paragraph for part in self.parts for paragraph in part.paragraphs)


@dataclass(frozen=True, slots=True)
class File:
    """A file that a document's page leads to: `kind` is scan or download, `path` where it lies, `type` what it is.

    A scan may be `linked` as well: shown and offered to load down under one address, it is still one file.
    """

    kind: str
    path: str
    type: str = "application/pdf"
    linked: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """What a document's page shows. What it does not show is None, or empty; line ends in `title` are hard breaks.

    `path` is where its page lies; `node` and `number` are its node id and record id, shown or not. `record_id` and
    `node_id` are those that the page shows somewhere.
    """

    node: int
    number: int
    path: str
    title: str
    date: str
    summary: tuple[str, ...]
    authors: tuple[Pill, ...] = ()
    people: tuple[Pill, ...] = ()
    places: tuple[Pill, ...] = ()
    topics: tuple[Pill, ...] = ()
    subjects: tuple[Pill, ...] = ()
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
    labelled: bool = True
    texts: tuple[Prose, ...] = ()
    files: tuple[File, ...] = ()

    @property
    def line(self) -> str:
        """Return the title in one line."""
        return self.title.replace("\n", " ")

    @property
    def record_id(self) -> str | None:
        """Return the record id if the page shows it: labelled so, or as the address that the citation gives."""
        return str(self.number) if self.labelled or self.citation is not None else None

    @property
    def node_id(self) -> str | None:
        """Return the node id if the page shows it; pages of the old layout lie at the record id, and know no other."""
        return None if self.path == self.old_path else str(self.node)

    @property
    def old_path(self) -> str:
        """Return where the page lay until 2022."""
        return f"/document/{self.number}"

    def before(self) -> Self:
        """Return the paper as the old layout showed it: no slug or node, no citation, no texts, no links but one."""
        files = (File("download", f"{self.old_path}.pdf?v={self.node:x}"),) if self.files else ()
        return replace(
            self,
            path=self.old_path,
            authors=_bare(self.authors),
            people=_bare(self.people),
            places=_bare(self.places),
            topics=_bare(self.topics),
            subjects=_bare(self.subjects),
            support=None,
            citation=None,
            labelled=True,
            texts=(),
            files=files,
        )


def _bare(pills: tuple[Pill, ...]) -> tuple[Pill, ...]:
    return tuple(Pill(pill.name) for pill in pills)
