"""The recipes of docs/downstream.md, each block run as printed, against answers that are worked out by hand."""

import csv
import re
import shlex
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import openpyxl
import pybtex.database
import pytest
import rispy
from conftest import ROOT, Harvest, read_json, read_lines
from holding import WILSON, HandRun, document, entry
from postgres_server import PASSWORD, Database

from harvester.items import Term
from harvester.sample import Archive, Server, running
from tests.soak.engine import Clock, crawl, run

Line = dict[str, Any]
DOCUMENT = (ROOT / "docs" / "downstream.md").read_text(encoding="utf-8")
DATES = (
    "July 22, 1958", "circa 1958", "1958", "1950s", "before 1960", "since 1958", "July 1958", "1653", "undated",
    "June 30, 1958", "August 1, 1958", "September 1949 - October 1962", "May 3, 1652", "before 1950", "since 1959",
    "July 1, 1958", "July 31, 1958",
)  # fmt: skip
POSTGRES = "PostgreSQL, every night"


def sections() -> dict[str, list[tuple[str, str]]]:
    """Return the blocks under each heading, each with its language."""
    parts = re.split(r"^## (.+)$", DOCUMENT, flags=re.M)
    told = {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}
    found = {heading: re.findall(r"```(\w+)\n(.*?)```", text, re.S) for heading, text in told.items()}
    return {heading: blocks for heading, blocks in found.items() if blocks}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with output/wilson: three nights of long ago, two records withdrawn; today 20 more."""
    folder, clock = tmp_path_factory.mktemp("archive"), Clock()
    dataset = folder / "output" / "wilson"
    with running(Archive(40)) as server:
        for night in range(3):
            clock.time += timedelta(days=1)
            run(crawl([f"{server.url}/search"], dataset, clock, wanted="documents"))
            for record in server.archive.records[:2] if night == 0 else ():
                server.archive.remove(record.node)
    by_hand = HandRun(dataset, WILSON, lambda: datetime.now(UTC), wanted="documents")
    by_hand.list_them(*(entry(number, date_text=text) for number, text in enumerate(DATES, 1)))
    by_hand.add(document(1, people=(Term("Gromyko, Andrei Andreevich"), Term("Mao Zedong")), type="Letter"))
    by_hand.add(document(2, people=(Term("Mao Zedong"),), type="Letter"))
    by_hand.add(document(3, people=(Term("Yudin"), Term("Andrei Gromyko", "https://x.example/g")), type="Letter"))
    by_hand.add(document(4, people=(Term("Gromyko"),), type="Report"))
    by_hand.end()
    return folder


@pytest.fixture
def here(archive: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(archive)
    return archive


class Truth:
    """The answers, from the lines themselves."""

    def __init__(self, folder: Path) -> None:
        self.dataset = folder / "output" / "wilson"
        self.records = read_lines(self.dataset / "records.jsonl")

    @property
    def per_year(self) -> dict[int, int]:
        sure = [one for one in self.records if not set("~?%") & set(one["date"] or "")]
        bounds = [(one["date_earliest"] or "-", one["date_latest"] or "+") for one in sure]
        return dict(sorted(Counter(int(first[:4]) for first, last in bounds if first[:4] == last[:4]).items()))

    @property
    def july(self) -> set[str]:
        """As strings: an open bound sorts before, or behind, every day."""
        dated = [one for one in self.records if one["date"]]
        begun = [one for one in dated if (one["date_earliest"] or "") <= "1958-07-31"]
        return {one["id"] for one in begun if (one["date_latest"] or "~") >= "1958-07-01"}

    @property
    def new(self) -> set[str]:
        today = {f"Document {number}" for number in range(1, len(DATES) + 1)}
        return {one["id"] for one in self.records if one["title"] in today}

    @property
    def letters(self) -> set[str]:
        return {one["id"] for one in self.records if one["title"] in {"Document 1", "Document 3"}}

    def saying(self, word: str) -> set[str]:
        fields = ("title", "summary", "date_text")
        told = {one["id"]: " ".join(one[field] or "" for field in fields).lower() for one in self.records}
        return {id for id, text in told.items() if word in re.findall(r"\w+", text)}

    @property
    def withdrawn(self) -> set[str]:
        return {one["id"] for one in self.records if one["withdrawn"]}


@pytest.fixture(scope="module")
def truth(archive: Path) -> Truth:
    told = Truth(archive)
    assert (len(told.records), len(told.new), len(told.letters), len(told.withdrawn)) == (57, 17, 2, 2)
    assert 9 <= len(told.july) < 20 and told.per_year[1653] == 1 and told.per_year[1958] > 4
    return told


def ran(*blocks: str) -> dict[str, Any]:
    """Run Python blocks one after the other, and return what they made."""
    names: dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, "docs/downstream.md", "exec"), names)
    return names


def code(heading: str, language: str) -> list[str]:
    return [block for tongue, block in sections()[heading] if tongue == language]


def queries(heading: str) -> dict[str, str]:
    """Return the queries of a heading's SQL blocks by the comment above each."""
    text = "\n".join(code(heading, "sql"))
    return {name: query.strip().rstrip(";") for name, query in re.findall(r"^-- (.+)\n((?:(?!-- ).*\n?)+)", text, re.M)}


def check_shell(harvest: Harvest, here: Path, truth: Truth) -> None:
    first, second, third = re.findall(r"^\$ harvest (.*)$", "".join(code("", "console")), re.M)
    words = [[word.strip("'") for word in re.findall(r"'[^']*'|\S+", line)] for line in (first, second, third)]
    ran_first, ran_second, ran_third = (harvest(*line, cwd=here) for line in words)
    assert ran_first.err == f"{len(truth.july)} records\n"
    assert ran_second.err == "3 records\n"
    assert len(ran_third.lines) == 3


def check_pandas(harvest: Harvest, here: Path, truth: Truth) -> None:
    made = ran(*code("pandas", "python"))
    assert made["per_year"].to_dict() == truth.per_year
    assert set(made["july"]["id"]) == truth.july
    assert set(made["letters"]["id"]) == truth.letters
    assert set(made["withdrawn"]["id"]) == truth.withdrawn
    assert {record["id"] for record in made["new"]} == truth.new
    assert made["records"]["date_earliest"].min().isoformat() == "1652-05-03T00:00:00"


def check_polars(harvest: Harvest, here: Path, truth: Truth) -> None:
    made = ran(*code("Polars", "python"))
    assert dict(made["per_year"].iter_rows()) == truth.per_year
    for name in ("july", "letters", "withdrawn"):
        assert set(made[name]["id"]) == getattr(truth, name)


def check_duckdb(harvest: Harvest, here: Path, truth: Truth) -> None:
    made = ran(*code("DuckDB", "python"))
    with closing(made["db"]) as db:
        db.execute("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
        asked = {name: db.execute(query).fetchall() for name, query in queries("DuckDB").items()}
    check_answers(asked, truth)


def check_answers(asked: dict[str, list[tuple[Any, ...]]], truth: Truth) -> None:
    """Compare what SQL answered: the first column is the year, or the id."""
    assert {int(year): count for year, count in asked.pop("records a year")} == truth.per_year
    word = "conversation"
    expected = {
        "what may have happened in July 1958": truth.july,
        "what is new since last week": truth.new,
        "letters with Gromyko": truth.letters,
        "withdrawn": truth.withdrawn,
        "a word in title, summary or date line, the best match first": truth.saying(word),
    }
    for name, rows in asked.items():
        assert {row[0] for row in rows} == expected[name], name
        assert len(rows) == len(expected[name])


def export_as_shown(harvest: Harvest, here: Path, heading: str) -> None:
    """Run the exports of a heading's console blocks."""
    for line in re.findall(r"^\$ harvest (export .*)$", "".join(code(heading, "console")), re.M):
        done = harvest(*shlex.split(line), cwd=here)
        assert done.code == 0, done.err


def check_parquet(harvest: Harvest, here: Path, truth: Truth) -> None:
    export_as_shown(harvest, here, "Parquet")
    made = ran(*code("Parquet", "python"))
    assert made["in_pandas"].to_dict() == truth.per_year
    assert dict(made["in_polars"].iter_rows()) == truth.per_year
    assert dict(made["in_duckdb"]) == truth.per_year


def check_sqlite(harvest: Harvest, here: Path, truth: Truth) -> None:
    for _ in range(2):
        export_as_shown(harvest, here, "SQLite")
    with closing(sqlite3.connect(here / "wilson.db")) as db:
        check_answers({name: db.execute(query).fetchall() for name, query in queries("SQLite").items()}, truth)


def check_postgres(harvest: Harvest, here: Path, truth: Truth, database: Database) -> None:
    (declared,) = code(POSTGRES, "toml")
    assert "postgresql:///archive" in declared
    done = harvest("export", "output/wilson", database.dsn, cwd=here)
    assert done.code == 0, done.err
    (first, _) = "".join(code(POSTGRES, "sql")).split("\n", 1)
    asked = queries(POSTGRES)
    check_answers({name: database.run(first, query) for name, query in asked.items()}, truth)


def check_spreadsheets(harvest: Harvest, here: Path, truth: Truth) -> None:
    export_as_shown(harvest, here, "Spreadsheets")
    with closing(openpyxl.load_workbook(here / "wilson.xlsx", read_only=True)) as book:
        rows = list(book.worksheets[0].values)
    assert {row[rows[0].index("id")] for row in rows[1:]} == {one["id"] for one in truth.records}
    with (here / "wilson.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["id"] for row in csv.DictReader(file)} == {one["id"] for one in truth.records}


def check_zotero(harvest: Harvest, here: Path, truth: Truth) -> None:
    export_as_shown(harvest, here, "Zotero")
    items = read_json(here / "gromyko.csl.json")
    (said,) = {item["source"] for item in items}
    assert said.endswith("; a selection: the records found by “Gromyko”")
    references = rispy.loads((here / "gromyko.ris").read_text(encoding="utf-8"))
    assert {item["id"] for item in items} == {one["id"] for one in references}
    assert len(items) == 3 and truth.letters < {item["id"] for item in items}


def check_pandoc(harvest: Harvest, here: Path, truth: Truth) -> None:
    """Cite each record by its key, as Pandoc would: tests/look does it with Pandoc itself."""
    export_as_shown(harvest, here, "Pandoc and LaTeX")
    (article,), ids = code("Pandoc and LaTeX", "markdown"), {one["id"] for one in truth.records}
    assert re.search(r"\[@wilson-[0-9a-f]{16}\]", article)
    assert {item["id"] for item in read_json(here / "wilson.csl.json")} == ids
    entries = pybtex.database.parse_file(str(here / "wilson.bib"), "bibtex").entries
    assert set(entries) == ids


CHECKS: dict[str, Callable[..., None]] = {
    "": check_shell,
    "pandas": check_pandas,
    "Polars": check_polars,
    "DuckDB": check_duckdb,
    "Parquet": check_parquet,
    "SQLite": check_sqlite,
    POSTGRES: check_postgres,
    "Spreadsheets": check_spreadsheets,
    "Zotero": check_zotero,
    "Pandoc and LaTeX": check_pandoc,
}


@pytest.mark.parametrize("heading", [heading for heading in sections() if heading != POSTGRES])
def test_a_recipe_answers_as_the_records_do(harvest: Harvest, here: Path, truth: Truth, heading: str) -> None:
    CHECKS[heading](harvest, here, truth)


def test_so_does_that_of_postgresql(harvest: Harvest, here: Path, truth: Truth, database: Database) -> None:
    check_postgres(harvest, here, truth, database)


@pytest.fixture
def small() -> Iterator[Server]:
    with running(Archive(12)) as served:
        yield served


def test_the_harvest_that_is_shown_feeds_the_database(
    harvest: Harvest, small: Server, tmp_path: Path, database: Database
) -> None:
    (declared,) = code(POSTGRES, "toml")
    standing_in = declared.replace("https://digitalarchive.wilsoncenter.org", small.url)
    standing_in = standing_in.replace("postgresql:///archive", database.dsn).replace(
        "listings", 'site = "wilson"\nlistings'
    )
    (tmp_path / "harvest.toml").write_text(standing_in, encoding="utf-8")
    first, second = re.findall(r"^\$ harvest (.*)$", "".join(code(POSTGRES, "console")), re.M)
    for added in (0, 1):
        done = harvest(*shlex.split(first))
        assert done.code == 0, done.err
        assert database.run("SELECT count(*) FROM wilson.records JOIN wilson.documents USING (id)") == [(12 + added,)]
        assert PASSWORD not in done.out + done.err and quote(PASSWORD, safe="") not in done.out + done.err
        small.archive.add("New tonight", "June 1, 1960")
    assert "harvester update wilson" in harvest(*shlex.split(second)).out


def test_every_recipe_is_there() -> None:
    assert set(CHECKS) == set(sections())
