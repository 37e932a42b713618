"""Which file an SQLite destination names: `sqlite:///relative`, `sqlite:////absolute`, or a path as it is."""

from pathlib import Path

from harvester.errors import UsageProblem

_SCHEME = "sqlite://"
_ADVICE = "Name a file: sqlite:///relative/path.sqlite, sqlite:////absolute/path.sqlite, or its path alone."


def find_file(target: str) -> Path:
    """Return the path that a destination names; raises UsageProblem where it names none.

    What stands behind `sqlite:///` is the path as it is: nothing is decoded, as SQLAlchemy does not either, so a file
    may have a `%` in its name.

    >>> str(find_file("sqlite:///a/b%20c.db"))
    'a/b%20c.db'
    >>> str(find_file("SQLite:////tmp/a.db"))
    '/tmp/a.db'
    """
    if not target.lower().startswith(_SCHEME):
        return Path(target)
    rest = target[len(_SCHEME) :]
    if not rest.startswith("/"):
        raise UsageProblem(f"{target} has two slashes where three begin a path", advice=_ADVICE)
    named = rest[1:]
    if named in {"", "/"} or ":memory:" in named:
        raise UsageProblem(f"{target} names no file, and a database in memory would be gone at once", advice=_ADVICE)
    if "?" in named:
        raise UsageProblem(f"{target} has options, and there are none for SQLite", advice=_ADVICE)
    return Path(named)
