"""What PostgreSQL refuses, in words, and what to do next."""

import psycopg
from psycopg import errors

from harvester.errors import DestinationError

_NOTHING = "Nothing was changed there"
_UNREACHED = (
    "See that the server runs and can be reached, that the database is there (else: createdb --encoding=UTF8 "
    "--template=template0 NAME), and that user and password are right (PGPASSWORD, ~/.pgpass)."
)
_ADVICE: tuple[tuple[type[psycopg.Error], str], ...] = (
    (
        errors.InsufficientPrivilege,
        "The role needs CREATE on the database, or a schema of its own: CREATE SCHEMA … AUTHORIZATION …; and TEMPORARY "
        "on the database. Tables that are there must be the role's own.",
    ),
    (errors.LockNotAvailable, "Another load or session holds the tables. Run it again when that has ended."),
    (
        errors.QueryCanceled,
        "If it took longer than the server allows, allow the role more: ALTER ROLE … SET statement_timeout = 0.",
    ),
    (
        errors.DependentObjectsStillExist,
        "The tables must be built anew, and something else is built on them. Drop that, export, and make it again.",
    ),
    (errors.ReadOnlySqlTransaction, "It is a read-only server or session: name the primary server."),
    (errors.ProgramLimitExceeded, "A value is larger than PostgreSQL can index."),
    (errors.DiskFull, "The server's disk is full: make room there, and run it again."),
)


def refusal(error: psycopg.Error) -> DestinationError:
    """Return the error that tells of one of psycopg's."""
    said = (error.diag.message_primary or str(error).partition("\n")[0]).strip() or type(error).__name__
    detail = f" ({error.diag.message_detail})" if isinstance(error, errors.DependentObjectsStillExist) else ""
    advice = next((advice for kind, advice in _ADVICE if isinstance(error, kind)), None)
    if advice is None and isinstance(error, psycopg.OperationalError):
        advice = _UNREACHED if error.sqlstate is None else "Run it again."
    return DestinationError(f"PostgreSQL says: {said}{detail}", advice=f"{_NOTHING}. {advice or ''}".strip())
