"""Where a stream of bytes lies: in a file given, below a folder, or inside a container."""

from dataclasses import dataclass

from harvester.archives.finds import Damaged
from harvester.errors import PageError, UnreadableFile


@dataclass(frozen=True, slots=True)
class Place:
    """`file` is the name that provenance tells; `parts` are those of the path, in which a mirror's host may stand.

    `alone` says that the file was given by itself, `inside` that it is a member of a tar archive.
    """

    file: str
    parts: tuple[str, ...] = ()
    alone: bool = False
    inside: bool = False

    def member(self, name: str) -> "Place":
        """Return the place of a tar archive's member."""
        return Place(f"{self.file}#{printable(name)}", tuple(name.split("/")), inside=True)

    def damaged(self, error: PageError | OSError, url: str | None = None) -> Damaged:
        """Return what to tell of this place where it cannot be read."""
        if isinstance(error, OSError):
            error = UnreadableFile(f"it cannot be read: {error.strerror or error}")
        return Damaged(error, self.file, url=url)


def printable(name: str) -> str:
    """Return a name as JSON can have it: what is not UTF-8 is told in escapes."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
