"""The fixtures of a real PostgreSQL: one server a process of tests, a database a test."""

from collections.abc import Iterator

import pytest
from postgres_server import Database, Postgres, running_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Run a server while there are tests; nothing is synced, as no test cuts the power."""
    with running_postgres(fsync="off", synchronous_commit="off", full_page_writes="off") as server:
        yield server


@pytest.fixture
def database(postgres: Postgres) -> Iterator[Database]:
    """Make a database for one test."""
    with postgres.database() as made:
        yield made
