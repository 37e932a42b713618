"""Writes PDF and PNG files by hand, small but valid, the same bytes on any machine: nothing in them is compressed."""

import struct
import zlib
from collections.abc import Sequence

WIDTH = 256  # pixels
STORED = 65_535  # bytes that a stored block of deflate holds at most


def write_pdf(lines: Sequence[str], pixels: bytes) -> bytes:
    """Return a PDF of one page: lines of ASCII above an image of grey pixels, as many whole rows as there are."""
    rows = len(pixels) // WIDTH
    text = " ".join(f"({_escape(line)}) Tj T*" for line in lines)
    drawn = f"BT /F1 11 Tf 14 TL 56 780 Td {text} ET"
    drawn += " q 480 0 0 400 56 60 cm /Im1 Do Q" if rows else ""
    image = f"/Subtype /Image /Width {WIDTH} /Height {rows} /ColorSpace /DeviceGray /BitsPerComponent 8"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R"
        b" /Resources << /Font << /F1 4 0 R >> /XObject << /Im1 6 0 R >> >> >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
        _stream("", drawn.encode("ascii")),
        _stream(f"/Type /XObject {image} ", pixels[: rows * WIDTH]),
    ]
    if not rows:
        objects = [*objects[:2], objects[2].replace(b" /XObject << /Im1 6 0 R >>", b""), *objects[3:5]]
    return _join(objects)


def write_png(pixels: bytes) -> bytes:
    """Return a PNG of grey pixels, as many whole rows as there are."""
    rows = len(pixels) // WIDTH
    data = b"".join(b"\0" + pixels[row * WIDTH : (row + 1) * WIDTH] for row in range(rows))
    head = struct.pack(">IIBBBBB", WIDTH, rows, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", _store(data)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )


def _join(objects: Sequence[bytes]) -> bytes:
    """Return the file that has these objects, numbered from 1, with the table of where they begin."""
    written, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(written))
    return written + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + trailer


def _stream(entries: str, data: bytes) -> bytes:
    return b"<< %s/Length %d >>\nstream\n%s\nendstream" % (entries.encode(), len(data), data)


def _escape(line: str) -> str:
    plain = line.encode("ascii", "replace").decode()
    return plain.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _store(data: bytes) -> bytes:
    """Return data as zlib has it, in stored blocks: packed, its bytes would go with the version of the library."""
    pieces = [data[start : start + STORED] for start in range(0, len(data), STORED)] or [b""]
    blocks = [
        struct.pack("<BHH", number == len(pieces), len(piece), len(piece) ^ 0xFFFF) + piece
        for number, piece in enumerate(pieces, start=1)
    ]
    return b"\x78\x01" + b"".join(blocks) + struct.pack(">I", zlib.adler32(data))
