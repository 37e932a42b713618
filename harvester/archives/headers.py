"""Headers of tar archives: the old one, POSIX's (ustar), GNU's; 512 bytes each."""

from dataclasses import dataclass

BLOCK = 512
_SUM = slice(148, 156)
_SPACES = b" " * 8


@dataclass(frozen=True, slots=True)
class Header:
    """What a header says of its member: `kind` is the type flag, `size` the bytes that follow in the archive."""

    name: bytes
    kind: bytes
    size: int
    link: bytes
    is_ustar: bool
    goes_on: bool


def is_header(block: bytes) -> bool:
    """Return whether a block is a header: its checksum says so."""
    return read_header(block) is not None


def read_header(block: bytes) -> Header | None:
    """Return a header, None if the block is none."""
    if len(block) < BLOCK or not block[0]:  # a name is never empty, and zeros have a checksum too
        return None
    told, size = _number(block[_SUM]), _number(block[124:136])
    plain = block[:148] + _SPACES + block[156:]
    signed = sum(plain) - 256 * sum(byte > 127 for byte in plain)  # as some old programs counted
    if told not in {sum(plain), signed} or size is None or size < 0:
        return None
    is_ustar = block[257:262] == b"ustar"
    name = _text(block[:100])
    if block[257:265] == b"ustar\x0000" and (prefix := _text(block[345:500])):
        name = prefix + b"/" + name
    return Header(name, block[156:157], size, _text(block[157:257]), is_ustar, bool(block[482]))


def _text(field: bytes) -> bytes:
    return field.partition(b"\x00")[0]


def _number(field: bytes) -> int | None:
    """Return a number: octal digits, or GNU's binary form for what they cannot hold; None if it is none."""
    if field[0] in {0x80, 0xFF}:
        return int.from_bytes(field[1:], "big") - (256 ** (len(field) - 1) if field[0] == 0xFF else 0)
    digits = field.strip(b" \x00")
    if digits.strip(b"01234567"):
        return None
    return int(digits or b"0", 8)


def read_pax(body: bytes) -> dict[bytes, bytes] | None:
    """Return the records of a pax header ("27 path=a/long/name\\n" each); None if they cannot be read."""
    found: dict[bytes, bytes] = {}
    while body.strip(b"\x00"):
        length, _, _ = body.partition(b" ")
        if not length.isdigit() or len(length) > 9 or not len(length) < int(length) <= len(body):
            return None
        key, equals, value = body[len(length) + 1 : int(length) - 1].partition(b"=")
        if not equals or body[int(length) - 1 : int(length)] != b"\n":
            return None
        found[key] = value
        body = body[int(length) :]
    return found
