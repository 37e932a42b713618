"""Checks bytes against the digest that a record gives of them."""

import base64
import binascii
import hashlib
from collections.abc import Iterable

# As tools write them; others cannot be checked, and are believed.
_KNOWN = frozenset({"md5", "sha1", "sha224", "sha256", "sha384", "sha512"})


def tell_digest(claimed: str | None) -> str | None:
    """Return a digest in one spelling: tools write SHA-1 in base32, others in hexadecimal; None if none is claimed.

    >>> tell_digest("sha-1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ")
    'sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709'
    """
    if not claimed:
        return None
    label, _, value = claimed.partition(":")
    label, value = label.strip().lower(), value.strip()
    name = label.replace("-", "") if label.replace("-", "") in _KNOWN else label
    if name not in _KNOWN:
        return f"{name}:{value}"
    return f"{name}:{_to_hex(value, hashlib.new(name, usedforsecurity=False).digest_size) or value}"


def is_digest_of(digest: str | None, bodies: Iterable[bytes]) -> bool:
    """Return whether a digest, as `tell_digest` returns it, is of one of the bodies, or cannot be checked."""
    name, _, value = (digest or "").partition(":")
    if name not in _KNOWN:
        return True
    return any(hashlib.new(name, body, usedforsecurity=False).hexdigest() == value for body in bodies)


def _to_hex(value: str, size: int) -> str | None:
    """Return the bytes of that number which a value spells, in hexadecimal; None if it spells none."""
    padded = value.upper().rstrip("=")
    for decode, text in (
        (bytes.fromhex, value),
        (base64.b32decode, padded + "=" * (-len(padded) % 8)),
        (base64.b64decode, value),
    ):
        try:
            decoded = decode(text)
        except (ValueError, binascii.Error):
            continue
        if len(decoded) == size:
            return decoded.hex()
    return None
