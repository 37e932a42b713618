"""The recipes of docs/downstream.md, each block run as printed, against answers that are worked out by hand."""

import re
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Harvest, read_lines
from holding import WILSON, HandRun, document, entry

from harvester.items import Term
from harvester.sample import Archive, running
from tests.soak.engine import Clock, crawl, run

Line = dict[str, Any]
DOCUMENT = (ROOT / "docs" / "downstream.md").read_text(encoding="utf-8")
DATES = (
    "July 22, 1958", "circa 1958", "1958", "1950s", "before 1960", "since 1958", "July 1958", "1653", "undated",
    "June 30, 1958", "August 1, 1958", "September 1949 - October 1962", "May 3, 1652", "before 1950", "since 1959",
)  # fmt: skip
ALL = "/search"


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
        bounds = [(one["date_earliest"] or "-", one["date_latest"] or "+") for one in self.records]
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

    @property
    def withdrawn(self) -> set[str]:
        return {one["id"] for one in self.records if one["withdrawn"]}


@pytest.fixture(scope="module")
def truth(archive: Path) -> Truth:
    told = Truth(archive)
    assert (len(told.records), len(told.new), len(told.letters), len(told.withdrawn)) == (55, 15, 2, 2)
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
    expected = {
        "what may have happened in July 1958": truth.july,
        "what is new since last week": truth.new,
        "letters with Gromyko": truth.letters,
        "withdrawn": truth.withdrawn,
    }
    for name, rows in asked.items():
        assert {row[0] for row in rows} == expected[name], name
        assert len(rows) == len(expected[name])


CHECKS: dict[str, Callable[[Harvest, Path, Truth], None]] = {
    "": check_shell,
    "pandas": check_pandas,
    "Polars": check_polars,
    "DuckDB": check_duckdb,
}


@pytest.mark.parametrize("heading", sections())
def test_a_recipe_answers_as_the_records_do(harvest: Harvest, here: Path, truth: Truth, heading: str) -> None:
    CHECKS[heading](harvest, here, truth)


def test_every_recipe_is_there() -> None:
    assert set(CHECKS) == set(sections())
