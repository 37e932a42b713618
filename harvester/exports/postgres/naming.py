"""Which schema holds a dataset: the one that was named, else one named as the dataset is."""

import re
import unicodedata

from harvester.errors import UsageProblem

_LONGEST = 63  # bytes; PostgreSQL cuts a longer name without a word, and two could become one
_ITS_OWN = re.compile(r"pg_|information_schema$|public$")


def schema_name(dataset: str, named: str | None) -> str:
    """Return the name of the schema; raises UsageProblem for one that PostgreSQL would not take as it is."""
    if named is None:
        return identifier(dataset)
    if not named or "\0" in named or len(named.encode("utf-8", "replace")) > _LONGEST:
        raise UsageProblem(f"{named!r} names no schema", advice=f"Give --schema a name of 1 to {_LONGEST} bytes.")
    if named.startswith("pg_") or named == "information_schema":
        raise UsageProblem(f"{named} is a schema of PostgreSQL's own", advice="Give --schema another name.")
    return named


def identifier(name: str) -> str:
    """Return a name that SQL takes without quotes: of lower-case ASCII letters, digits and `_`.

    >>> identifier("Wilson-Center 2024"), identifier("Łódź"), identifier("1958"), identifier("public")
    ('wilson_center_2024', 'odz', 'harvest_1958', 'harvest_public')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    folded = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    if not folded:
        return "harvest"
    return (folded if folded[0].isalpha() and not _ITS_OWN.match(folded) else f"harvest_{folded}")[:_LONGEST]
