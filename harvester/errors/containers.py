"""Why a container (an archive, a folder), or a member of it, could not be read. The rest of it is."""

from harvester.errors.root import PageError


class CutContainer(PageError):
    """The container ends before its end; what was whole is read."""

    kind = "cut-container"
    advice = "What was whole is read. Copy or download the file again, and replay it into the same folder."


class DamagedContainer(PageError):
    """Bytes of a container that cannot be what they should: a wrong checksum, a header that is none."""

    kind = "damaged-container"
    advice = "Copy or download the file again, and replay it into the same folder; what was read stays."


class UnsafeMember(PageError):
    """A member that leads out of its container, or is no file: an absolute name, "..", a link, a device."""

    kind = "unsafe-member"
    advice = "Links, devices and names that lead elsewhere are never followed. Replay what they stand for by itself."


class OverstuffedContainer(PageError):
    """A container that unpacks to far more than any archive of pages does, or whose members lie one in another."""

    kind = "overstuffed"
    advice = "No archive of pages is packed like this. If it is genuine, unpack it yourself and replay the folder."


class UnreadKind(PageError):
    """A kind of archive that is not read, or one archive inside another."""

    kind = "unread-kind"
    advice = "Unpack it, and replay the folder."


class UnreadableFile(PageError):
    """A file below a folder that the system does not let be read."""

    kind = "unreadable-file"
    advice = "Make it readable, or leave it out; then replay the folder again."


class MisledIndex(PageError):
    """An index of an archive that cannot be read, or a line of it that leads nowhere or to another capture."""

    kind = "misled-index"
    advice = "Take the WARC files out of the package and replay them by themselves."
