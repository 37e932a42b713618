"""Opens a PostgreSQL database fit to be loaded into, and says in words what PostgreSQL refuses.

No message has any part of the address: the server's own say host, user and database, and never the password.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from harvester.errors import DestinationError, UsageProblem
from harvester.exports.postgres.refusals import refusal

OLDEST = 14
_USUAL = {"application_name": "harvest export", "connect_timeout": "15"}


@contextmanager
def connecting(address: str) -> Iterator[psycopg.Connection[Any]]:
    """Open a database; raises DestinationError if it cannot be reached, or is not fit.

    Nothing is set for the session, and no statement is prepared, so that a pool such as PgBouncer may stand between.
    """
    told = {**_USUAL, **_parts(address), "client_encoding": "UTF8"}
    try:
        connection = psycopg.connect(**told, autocommit=True, prepare_threshold=None)
    except psycopg.Error as error:
        raise refusal(error) from error
    with connection:
        _refuse_unfit(connection)
        yield connection


@contextmanager
def refusing() -> Iterator[None]:
    """Turn what PostgreSQL refuses, or a connection that broke, into a DestinationError."""
    try:
        yield
    except psycopg.Error as error:
        raise refusal(error) from error


def _parts(address: str) -> dict[str, Any]:
    """Return the parts of an address. What libpq says of one that it cannot read quotes it, password and all.

    In capitals the scheme of a URL is the same (RFC 3986, 3.1), to libpq it is none.
    """
    scheme, between, rest = address.partition("://")
    try:
        return conninfo_to_dict(scheme.lower() + between + rest)
    except (psycopg.ProgrammingError, UnicodeEncodeError):  # an argument may have bytes that are no UTF-8
        raise UsageProblem(
            "the address of the PostgreSQL database cannot be read",
            advice="Write postgresql://user@host:port/database, and %40 for an @ in a password (%25 for a %).",
        ) from None


def _refuse_unfit(connection: psycopg.Connection[Any]) -> None:
    version, encoding = connection.info.server_version, connection.info.parameter_status("server_encoding")
    if version < OLDEST * 10000:
        raise DestinationError(
            f"it is a PostgreSQL {version // 10000}, and {OLDEST} is the oldest that can be loaded into",
            advice="Name a newer server.",
        )
    if encoding != "UTF8":
        raise DestinationError(
            f"the database keeps text as {encoding}, which does not hold what is in the records",
            advice="Make one that keeps UTF-8: createdb --encoding=UTF8 --template=template0 NAME",
        )
