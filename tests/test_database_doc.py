"""docs/database.md: its tables are those that are made, its questions are answered by both databases."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from postgres_server import Database
from published import document, id_of, publish, record
from sqlite_exports import load

from harvester.exports.destination import Options
from harvester.exports.relational import ALL, FORMAT
from harvester.exports.source import Source
from harvester.exports.sqlite.refusals import OLDEST
from harvester.exports.sqlite.schema import SEARCHED, search_name

DOC = ROOT / "docs" / "database.md"
QUESTIONS = re.findall(r"```sql\n(.+?);\n```", DOC.read_text(encoding="utf-8"), re.DOTALL)
SHARED = [one for one in QUESTIONS if "MATCH" not in one]


def told_tables() -> str:
    """Return the tables as the document has to have them."""
    lines = []
    for table in ALL:
        lines += [
            "",
            f"### `{table.name}`",
            "",
            f"{table.description}. Key: {', '.join(f'`{n}`' for n in table.key)}.",
            "",
        ]
        lines += ["| column | kind | null | |", "|---|---|---|---|"]
        lines += [f"| `{c.name}` | {c.kind} | {'yes' if c.nullable else ''} | {c.description} |" for c in table.columns]
    return "\n".join([*lines[1:], ""])


def test_the_tables_are_those_that_are_made() -> None:
    begin, end = "<!-- tables: made from harvester/exports/relational -->\n", "<!-- end of tables -->"
    text = DOC.read_text(encoding="utf-8")
    assert text.partition(begin)[2].partition(end)[0] == told_tables(), "write there what told_tables() returns"


def test_it_names_the_format_the_oldest_sqlite_and_all_that_is_searched() -> None:
    text = DOC.read_text(encoding="utf-8")
    assert f"`format` in `harvest_load`, now {FORMAT}." in text
    assert f"written by SQLite {'.'.join(map(str, OLDEST))} and later" in text
    assert all(f"`{search_name(table)}`" in text for table in SEARCHED)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Publish a dataset to which each question has an answer, and no trivial one."""
    folder = tmp_path_factory.mktemp("asked") / "d"
    records = [record(number) for number in range(40)]
    records[3] = {**records[3], "withdrawn": True, "date_earliest": "1956-01-01", "date_latest": "1957-12-31"}
    merged = {"seq": 1, "run": 1, "at": "", "change": "merged", "id": "wilson-2bf0ce6b8e2d1de6", "into": id_of(7)}
    publish(folder, records, [document(number) for number in range(0, 40, 2)], [merged])
    return folder


def plain(rows: list[Any]) -> list[Any]:
    return [tuple(str(value) for value in row) for row in rows]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: " ".join(one.split())[:40])
def test_each_question_is_answered(asked: Path, question: str) -> None:
    load(asked, path := asked.parent / "o.db")
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute(question).fetchall()
    assert rows and len(rows) < 40


def test_both_databases_answer_alike(asked: Path, database: Database) -> None:
    from harvester.exports.postgres import export

    load(asked, path := asked.parent / "o.db")
    with Source(asked) as source:
        export(source, database.dsn, Options())
    assert len(SHARED) == 10
    with closing(sqlite3.connect(path)) as db:
        for question in SHARED:
            answered = database.run("SET search_path = d", question.replace("%", "%%"))
            assert plain(answered) == plain(db.execute(question).fetchall()), question


def test_may_be_of_1956_counts_open_ends(asked: Path) -> None:
    load(asked, path := asked.parent / "o.db")
    with closing(sqlite3.connect(path)) as db:
        dates = {date for _, date, _ in db.execute(SHARED[0])}
    assert dates == {"1950s", record(3)["date_text"]}
