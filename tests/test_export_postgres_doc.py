"""What docs/postgres.md shows runs, and does what stands beside it."""

import re
from pathlib import Path

import pytest
from biting import publish_bites
from conftest import ROOT, Harvest
from exporting import export as load
from postgres_server import Database

from harvester.exports.postgres.connections import OLDEST
from harvester.exports.postgres.definitions import searched
from harvester.exports.postgres.naming import identifier
from harvester.exports.relational import RECORDS, TABLES

TEXT = (ROOT / "docs" / "postgres.md").read_text(encoding="utf-8")
SHOWN = [
    one.strip() for block in re.findall(r"```sql\n(.*?)```", TEXT, re.S) for one in block.split(";") if one.strip()
]


@pytest.fixture(scope="module")
def wilson(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("doc") / "output" / "wilson"
    folder.parent.mkdir()
    publish_bites(folder, long=False)
    return folder


def test_the_commands_run_as_they_stand(harvest: Harvest, wilson: Path, database: Database) -> None:
    (block,) = re.findall(r"```sh\n(.*?)```", TEXT, re.S)
    commands = block.replace("postgresql://me@db.example.org/catalogues", database.dsn).splitlines()
    for command in commands:
        ran = harvest(*command.split()[1:], cwd=wilson.parent.parent)
        assert ran.code == 0, ran.err
    schemas = database.run("SELECT nspname FROM pg_namespace WHERE nspname IN ('wilson', 'cold_war') ORDER BY 1")
    assert schemas == [("cold_war",), ("wilson",)]


def test_the_questions_are_answered(wilson: Path, database: Database) -> None:
    load(wilson, database.dsn)
    assert len(SHOWN) == 9
    answers = {statement: database.run(statement) for statement in SHOWN}
    assert next(rows for statement, rows in answers.items() if "GROUP BY decade" in statement)
    (autumn,) = (rows for statement, rows in answers.items() if "1956-09-01" in statement)
    told = {date for _, date, _ in autumn}
    assert {"1956-10-30/1956-10-31", "1962/.."} & told and "1885~" not in told
    (who,) = (rows for statement, rows in answers.items() if "role = 'person'" in statement)
    assert who[0] == ("Mao Zedong", 4)


def test_who_was_let_in_once_reads_what_is_built_later(wilson: Path, database: Database) -> None:
    load(wilson, database.dsn)
    database.run(*SHOWN[-3:])
    load(wilson, database.dsn, replace=True)
    assert database.run("SELECT has_table_privilege('pg_monitor', 'wilson.documents', 'SELECT')") == [(True,)]


def test_what_english_would_leave_out(database: Database) -> None:
    sentence, kept = re.search(r'"(Will, the Don, [^"]*)" is to it (.*?)\.', TEXT, re.S).groups()  # type: ignore[union-attr]
    ((found,),) = database.run(f"SELECT tsvector_to_array(to_tsvector('english', '{sentence}'))")
    assert sorted(found) == sorted(re.findall(r"`(\w+)`", kept))


def test_the_numbers_are_those_of_the_program() -> None:
    assert f"PostgreSQL {OLDEST} or newer" in TEXT
    assert identifier("Wilson-Center 2024") == "wilson_center_2024" and "`wilson_center_2024`" in TEXT
    told = {table.name: searched(table) for table in TABLES if table.search}
    assert all(f"`{name}`" in TEXT for name in told)
    assert told["document_texts"] == {"body": 100_000}
    assert told[RECORDS.head.name]["summary"] == 60_000 and sum(told[RECORDS.head.name].values()) <= 100_000
