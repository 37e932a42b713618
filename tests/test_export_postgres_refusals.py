"""What PostgreSQL refuses is told in a sentence with what to do next, with exit 8, and never with the password."""

import os
import socket
import threading
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from conftest import Harvest
from exporting import export as load
from postgres_exports import FEW, held, publish, versions
from postgres_server import PASSWORD, ROLE, Database, Postgres

from harvester.errors import DestinationError, UsageProblem
from harvester.exports.postgres import connections
from harvester.exports.postgres import database as loading
from harvester.exports.postgres.naming import schema_name

SECRET = "an other:secret/@&'"


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    publish(tmp_path / "d")
    return tmp_path / "d"


def addresses(postgres: Postgres) -> dict[str, tuple[str, str]]:
    """Return addresses at which nothing can be loaded, and what is said of each."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        closed = taken.getsockname()[1]
    secret = quote(SECRET, safe="")
    return {
        "no server": (f"postgresql://{ROLE}:{secret}@127.0.0.1:{closed}/x", "See that the server runs"),
        "wrong password": (postgres.dsn("postgres", ROLE, SECRET), "password authentication failed"),
        "no such role": (postgres.dsn("postgres", "nobody", SECRET), "password authentication failed"),
        "no such database": (postgres.dsn("nowhere", ROLE), "createdb --encoding=UTF8"),
        "not to be read": (f"postgresql://{ROLE}:{secret}%zz@127.0.0.1/x", "cannot be read"),
        "no such option": (f"postgresql://{ROLE}:{secret}@127.0.0.1/x?passwort=1", "cannot be read"),
        "no such port": (f"postgresql://{ROLE}:{secret}@127.0.0.1:99999/x", "port"),
    }


@pytest.mark.parametrize("kind", sorted(addresses(Postgres(1, 1))))
def test_an_address_that_leads_nowhere(harvest: Harvest, dataset: Path, postgres: Postgres, kind: str) -> None:
    address, said = addresses(postgres)[kind]
    ran = harvest("--debug", "export", dataset, address)
    assert ran.code == (2 if said == "cannot be read" else 8), ran.err
    assert said in ran.err
    for secret in (SECRET, PASSWORD):
        assert secret not in ran.out + ran.err and quote(secret, safe="") not in ran.out + ran.err


@pytest.mark.parametrize("scheme", ["postgresql://", "PostgreSQL://"])
def test_a_load_that_went_well_names_no_password(
    harvest: Harvest, dataset: Path, database: Database, scheme: str
) -> None:
    ran = harvest("export", dataset, scheme + database.dsn.partition("://")[2])
    assert ran.code == 0, ran.err
    assert PASSWORD not in ran.out + ran.err and quote(PASSWORD, safe="") not in ran.out + ran.err


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_that_does_not_hold_every_letter(dataset: Path, postgres: Postgres, encoding: str) -> None:
    like = f"TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C' ENCODING {encoding}"
    with postgres.database(like) as other, pytest.raises(DestinationError, match=f"as {encoding}") as refused:
        load(dataset, other.dsn)
    assert "--encoding=UTF8" in refused.value.advice


def test_a_server_too_old(dataset: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "OLDEST", 999)
    with pytest.raises(DestinationError, match="999 is the oldest"):
        load(dataset, database.dsn)


@pytest.mark.parametrize("variable", ["PGCLIENTENCODING", "PGOPTIONS", "PGTZ", "PGDATESTYLE"])
def test_what_the_client_is_set_to_changes_nothing(
    dataset: Path, database: Database, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    values = {"PGCLIENTENCODING": "LATIN1", "PGOPTIONS": "-c search_path=nowhere -c standard_conforming_strings=off"}
    monkeypatch.setenv(variable, values.get(variable, "Asia/Tokyo" if variable == "PGTZ" else "German, DMY"))
    publish(dataset, {**FEW[0], "title": "Łódź \\ 文書館"})
    load(dataset, database.dsn)
    monkeypatch.delenv(variable)
    assert held(database.dsn)[0]["title"] == "Łódź \\ 文書館"


def test_a_role_that_may_make_no_schema_is_told_and_one_of_its_own_is_enough(dataset: Path, postgres: Postgres) -> None:
    with postgres.database() as made:
        made.command(f'ALTER DATABASE "{made.name}" OWNER TO postgres')
        with pytest.raises(DestinationError, match="permission denied for database") as refused:
            load(dataset, made.dsn)
        assert "CREATE SCHEMA" in refused.value.advice
        made.command(f"CREATE SCHEMA theirs AUTHORIZATION {ROLE}")
        load(dataset, made.dsn, "theirs")
        load(dataset, made.dsn, "theirs", replace=True)
        assert held(made.dsn, "theirs") == list(FEW)


def test_tables_that_this_program_did_not_make_are_not_touched(dataset: Path, database: Database) -> None:
    database.run("CREATE SCHEMA d", "CREATE TABLE d.listings (mine text)", "INSERT INTO d.listings VALUES ('x')")
    before = versions(database.dsn)
    for replace in (False, True):
        with pytest.raises(DestinationError, match="has a table listings that this program did not make"):
            load(dataset, database.dsn, replace=replace)
    assert versions(database.dsn) == before


def test_a_harvest_load_of_somebody_else_is_not_touched_either(dataset: Path, database: Database) -> None:
    database.run("CREATE SCHEMA d", "CREATE TABLE d.harvest_load (mine text)", "CREATE TABLE d.records (mine text)")
    for replace in (False, True):
        with pytest.raises(DestinationError, match="has a table harvest_load that this program did not make"):
            load(dataset, database.dsn, replace=replace)
    assert database.run("SELECT count(mine) FROM d.harvest_load") == [(0,)]


def test_tables_of_which_nobody_noted_what_they_hold_are_built_anew_with_replace_only(
    dataset: Path, database: Database
) -> None:
    load(dataset, database.dsn)
    database.run("DELETE FROM d.harvest_load")
    with pytest.raises(DestinationError):
        load(dataset, database.dsn)
    load(dataset, database.dsn, replace=True)
    assert held(database.dsn) == list(FEW)


@pytest.mark.parametrize("name", ['"; DROP TABLE x;--', "Grüße 🕊", "SELECT", "a.b", "it's", "%s", "{}", " ", "x" * 63])
def test_a_schema_may_be_called_anything(dataset: Path, database: Database, name: str) -> None:
    database.run("CREATE TABLE x (kept int)")
    load(dataset, database.dsn, name)
    load(dataset, database.dsn, name, replace=True)
    assert load(dataset, database.dsn, name).put == 0
    assert held(database.dsn, name) == list(FEW)
    assert database.run("SELECT count(*) FROM x") == [(0,)]


@pytest.mark.parametrize("name", ["", "a\0b", "x" * 64, "ü" * 32, "pg_catalog", "pg_mine", "information_schema"])
def test_a_schema_that_cannot_be_is_refused(dataset: Path, database: Database, name: str) -> None:
    with pytest.raises(UsageProblem):
        load(dataset, database.dsn, name)


@pytest.mark.parametrize(
    ("dataset", "schema"),
    [("wilson", "wilson"), ("Wilson-Center 2024", "wilson_center_2024"), ("1958", "harvest_1958"), ("Łódź", "odz"),
     ("文書館", "harvest"), ("public", "harvest_public"), ("pg_x", "harvest_pg_x"), ("a" * 99, "a" * 63)],
)  # fmt: skip
def test_without_a_name_the_schema_is_called_as_the_dataset(dataset: str, schema: str) -> None:
    assert schema_name(dataset, None) == schema


def test_objects_of_a_user_in_the_search_path_change_nothing(dataset: Path, database: Database) -> None:
    database.run(
        "CREATE SCHEMA evil", "CREATE TABLE evil.records (id text)",
        "CREATE FUNCTION evil.hashtextextended(text, int) RETURNS bigint LANGUAGE sql AS 'SELECT 1/0'",
        "CREATE FUNCTION evil.left(text, int) RETURNS text LANGUAGE sql IMMUTABLE AS $$SELECT 'evil'$$",
        f'ALTER ROLE {ROLE} IN DATABASE "{database.name}" SET search_path = evil, pg_catalog',
    )  # fmt: skip
    load(dataset, database.dsn)
    publish(dataset, {**FEW[0], "title": "Other"})
    load(dataset, database.dsn)
    assert database.run("SELECT count(*) FROM evil.records") == [(0,)]
    found = "SELECT title FROM d.records WHERE search @@ pg_catalog.to_tsquery('simple', 'other')"
    assert database.run(found) == [("Other",)]


def test_two_loads_at_once_follow_each_other(dataset: Path, database: Database) -> None:
    done = []
    threads = [threading.Thread(target=lambda: done.append(load(dataset, database.dsn).put)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [0, 0, 10]


def test_a_load_that_waits_too_long_for_another_is_told(
    dataset: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "LOCK_WAIT", "100ms")
    with psycopg.connect(database.dsn) as other:
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended('harvest d', 0))")
        with pytest.raises(DestinationError, match="lock timeout") as refused:
            load(dataset, database.dsn)
        assert "Another load" in refused.value.advice
        load(dataset, database.dsn, "beside")


def test_a_load_that_the_server_cuts_off_leaves_nothing(dataset: Path, database: Database) -> None:
    slow = database.dsn + "?options=-c%20statement_timeout%3D1"
    publish(dataset, *({**FEW[0], "id": f"wilson-{number}", "summary": "word " * 500} for number in range(3000)))
    with pytest.raises(DestinationError, match="statement timeout") as refused:
        load(dataset, slow)
    assert "statement_timeout" in refused.value.advice
    assert database.run("SELECT to_regnamespace('d')") == [(None,)]


def test_a_read_only_database_is_told_of(dataset: Path, database: Database) -> None:
    with pytest.raises(DestinationError, match="read-only transaction") as refused:
        load(dataset, database.dsn + "?options=-c%20default_transaction_read_only%3Don")
    assert "primary" in refused.value.advice


@pytest.mark.parametrize(
    ("state", "advice"), [("53100", "disk is full"), ("54000", "larger than PostgreSQL can index")]
)
def test_a_disk_that_is_full_and_the_like(dataset: Path, database: Database, state: str, advice: str) -> None:
    """No server here has a disk to fill: a trigger raises what PostgreSQL raises then."""
    many = publish(dataset)
    load(dataset, database.dsn)
    database.run(
        f"CREATE FUNCTION full_() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE SQLSTATE '{state}'; END$$",
        "CREATE TRIGGER full_ BEFORE INSERT ON d.records FOR EACH ROW EXECUTE FUNCTION full_()",
    )
    before = versions(database.dsn)
    publish(dataset, {**FEW[0], "title": "Other"}, *FEW[1:], many=many)
    with pytest.raises(DestinationError) as refused:
        load(dataset, database.dsn)
    assert advice in refused.value.advice
    assert versions(database.dsn) == before


def test_a_pool_between_that_keeps_no_session_is_enough(dataset: Path, database: Database) -> None:
    """Nothing is left in the session for the next one: no setting, no prepared statement, no table, no lock."""
    with connections.connecting(database.dsn) as connection:
        assert connection.prepare_threshold is None
        from harvester.exports.destination import Options
        from harvester.exports.postgres.database import PostgresDatabase
        from harvester.exports.relational import load as load_into
        from harvester.exports.source import Source

        settings = "SELECT name, setting FROM pg_settings WHERE source = 'session' ORDER BY 1"
        before = connection.execute(settings).fetchall()
        with Source(dataset) as source:
            load_into(source, PostgresDatabase(connection, "d", "ours"), Options())
        assert connection.execute(settings).fetchall() == before
        for left in (
            "pg_prepared_statements",
            "pg_locks WHERE locktype = 'advisory'",
            "pg_class WHERE relpersistence = 't'",
        ):
            assert connection.execute(f"SELECT count(*) FROM {left}").fetchall() == [(0,)]


def test_nothing_is_written_to_a_server_by_the_environment_alone(dataset: Path, database: Database) -> None:
    """The password may stand in PGPASSWORD, as libpq has it."""
    bare = f"postgresql://{ROLE}@127.0.0.1:{database.server.port}/{quote(database.name)}"
    with pytest.raises(DestinationError, match="no password supplied"):
        load(dataset, bare)
    os.environ["PGPASSWORD"] = PASSWORD
    try:
        load(dataset, bare)
    finally:
        del os.environ["PGPASSWORD"]
    assert held(database.dsn) == list(FEW)
