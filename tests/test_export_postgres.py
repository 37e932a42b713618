"""A dataset in PostgreSQL: the same records, brought up to date, and nothing written that stands there already."""

from pathlib import Path

import pytest
from biting import LONG, publish_bites
from conftest import Harvest, read_lines
from exporting import export as load
from holding import document, publish_documents
from many_records import Many
from postgres_exports import FEW, held, publish, versions
from postgres_server import Database, Postgres

from harvester.errors import DestinationError


def nul(value: object) -> object:
    """Return what PostgreSQL holds of a value: no NUL."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


@pytest.fixture(scope="module")
def bites(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bites") / "d"
    publish_bites(folder)
    return folder


def test_all_that_bites_comes_back_as_it_went_in(harvest: Harvest, bites: Path, database: Database) -> None:
    ran = harvest("export", bites, database.dsn)
    assert ran.code == 0, ran.err
    records = read_lines(bites / "records.jsonl")
    assert held(database.dsn) == [{name: nul(value) for name, value in record.items()} for record in records]
    assert sum(record["title"] != nul(record["title"]) for record in records) == 1
    assert "U+FFFD stands in its place in 1 of" in ran.out
    again = harvest("export", bites, database.dsn)
    assert again.code == 0 and "nothing had changed" in again.out


def test_documents_and_their_texts_come_back_too(bites: Path, database: Database) -> None:
    load(bites, database.dsn)
    documents = read_lines(bites / "documents.jsonl")
    assert documents
    for told in documents:
        (title, source, languages), *_ = database.run(
            f"SELECT title, source, languages FROM d.documents WHERE id = '{told['id']}'"
        )
        assert (title, source, languages) == (told["title"], told["source"], told["languages"])
        people = database.run(
            "SELECT name, url FROM d.document_terms WHERE role = 'person' "
            f"AND record = '{told['id']}' ORDER BY position"
        )
        assert people == [(one["name"], one["url"]) for one in told["people"]]
        texts = database.run(f"SELECT body FROM d.document_texts WHERE record = '{told['id']}' ORDER BY position")
        assert texts == [((bites / one["file"]).read_text(encoding="utf-8"),) for one in told["texts"]]
        aliases = database.run(f"SELECT url FROM d.document_aliases WHERE record = '{told['id']}' ORDER BY url")
        assert [url for (url,) in aliases] == sorted(told["aliases"])


def test_a_day_is_a_date_and_a_list_is_json(bites: Path, database: Database) -> None:
    load(bites, database.dsn)
    types = dict(database.run(
        "SELECT table_name || '.' || column_name, data_type FROM information_schema.columns WHERE table_schema = 'd'"
    ))  # fmt: skip
    assert types["records.date_earliest"] == types["documents.date_latest"] == "date"
    assert (types["records.withdrawn"], types["records.year"]) == ("boolean", "bigint")
    assert types["documents.languages"] == "jsonb"
    assert types["records.search"] == types["document_texts.search"] == "tsvector"


def test_words_are_found_in_every_language_and_none_is_left_out(bites: Path, database: Database) -> None:
    load(bites, database.dsn)
    for word in ("Москва", "文書館", "łódź", "maybe", "then"):
        found = database.run(f"SELECT title FROM d.records WHERE search @@ websearch_to_tsquery('simple', '{word}')")
        assert found and all(word.lower() in title.lower() for (title,) in found), word


def test_a_database_whose_locale_knows_no_capitals_is_told_of(tmp_path: Path, postgres: Postgres) -> None:
    publish(tmp_path / "d", {**FEW[0], "title": "Łódź"})
    with postgres.database("TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'") as plain:
        exported = load(tmp_path / "d", plain.dsn)
        found = "SELECT count(*) FROM d.records WHERE search @@ to_tsquery('simple', '{}')"
        assert (plain.run(found.format("łódź")), plain.run(found.format("Łódź"))) == ([(0,)], [(1,)])
    assert any("--locale=C.UTF-8" in note for note in exported.notes)


def test_of_a_summary_of_ten_megabytes_the_beginning_is_searched_and_that_is_told(
    bites: Path, database: Database
) -> None:
    exported = load(bites, database.dsn)
    ((one, summary),) = database.run("SELECT id, summary FROM d.records WHERE length(summary) > 1000000")
    assert summary == LONG
    assert any(one in note and "the first 60,000 characters of summary" in note for note in exported.notes)
    found = "SELECT count(*) FROM d.records WHERE search @@ to_tsquery('simple', '{}')"
    assert database.run(found.format("word5000")) == [(1,)]
    assert database.run(found.format("word999999")) == [(0,)]


def test_no_text_is_too_much_for_the_search(tmp_path: Path, database: Database) -> None:
    """The worst text found: words of two rare characters, joined by hyphens, so that each part is a word again."""
    rare = [chr(0x20000 + number) for number in range(40_000)]
    worst = " ".join(
        "-".join(rare[(n + k) % 40_000] + rare[(n * 7 + k) % 40_000] for k in range(20)) for n in range(5000)
    )
    publish(tmp_path / "d", {**FEW[0], "title": worst, "summary": worst[::-1]})
    assert len(load(tmp_path / "d", database.dsn).notes) == 2
    ((size,),) = database.run("SELECT pg_column_size(search) FROM d.records")
    assert 100_000 < size < 1_048_575


def test_every_table_and_column_says_what_it_is_and_whose_the_records_are(bites: Path, database: Database) -> None:
    load(bites, database.dsn)
    silent = database.run(
        "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relkind = 'r' "
        "AND c.relnamespace = 'd'::regnamespace AND a.attnum > 0 AND (col_description(c.oid, a.attnum) IS NULL "
        "OR obj_description(c.oid, 'pg_class') IS NULL)"
    )
    assert silent == []
    ((told,),) = database.run("SELECT obj_description('d.records'::regclass)")
    assert "Wilson Center Digital Archive" in told


def test_run_twice_no_row_is_written(bites: Path, database: Database) -> None:
    load(bites, database.dsn)
    before = versions(database.dsn)
    assert set(before) >= {"records", "documents", "document_texts", "harvest_load"} and all(before["records"])
    exported = load(bites, database.dsn)
    assert (exported.put, exported.removed) == (0, 0)
    assert versions(database.dsn) == before


def test_what_the_feed_tells_is_written_and_nothing_else(tmp_path: Path, database: Database) -> None:
    many = publish(tmp_path / "d")
    load(tmp_path / "d", database.dsn)
    before = dict(database.run("SELECT id, xmin::text FROM d.records"))
    new = {**FEW[0], "id": "wilson-new", "listings": ["a", "b"]}
    publish(tmp_path / "d", {**FEW[0], "title": "Another"}, {**FEW[1], "withdrawn": True}, *FEW[3:], new, many=many)
    exported = load(tmp_path / "d", database.dsn)
    assert (exported.records, exported.put, exported.removed) == (10, 3, 1)
    assert held(database.dsn) == read_lines(tmp_path / "d" / "records.jsonl")
    after = dict(database.run("SELECT id, xmin::text FROM d.records"))
    written = {one for one in after if after[one] != before.get(one)}
    assert written == {FEW[0]["id"], FEW[1]["id"], "wilson-new"}
    (stood,) = {xmin for _, xmin in database.run("SELECT id, xmin::text FROM d.records WHERE title = 'Letter 5'")}
    listings = database.run(f"SELECT DISTINCT record FROM d.record_listings WHERE xmin::text <> '{stood}'")
    assert listings == [("wilson-new",)], "listings that had not changed were written again"


@pytest.mark.parametrize(
    "edit",
    [
        "DELETE FROM d.records WHERE id = 'wilson-0000000000000003'",
        "DELETE FROM d.records",
        "INSERT INTO d.records (id, site, title, date_precision, withdrawn, digest) "
        "VALUES ('wilson-zzz', 'wilson', 'Ours', 'unknown', false, '')",
    ],
    ids=["a row is gone", "all are gone", "a row too many"],
)
def test_tables_that_somebody_edited_are_brought_back(tmp_path: Path, database: Database, edit: str) -> None:
    publish(tmp_path / "d")
    load(tmp_path / "d", database.dsn)
    database.run(edit)
    load(tmp_path / "d", database.dsn)
    assert held(database.dsn) == list(FEW)


def test_a_feed_that_cannot_be_gone_on_with_is_made_up_for_by_comparing(tmp_path: Path, database: Database) -> None:
    publish(tmp_path / "d")
    load(tmp_path / "d", database.dsn)
    changed = ({**FEW[0], "title": "Other"}, *FEW[2:])
    publish(tmp_path / "d", *changed, many=Many(tmp_path / "d"))  # a feed that begins anew
    exported = load(tmp_path / "d", database.dsn)
    assert (exported.put, exported.removed) == (1, 1)
    assert held(database.dsn) == list(changed)


def test_another_dataset_is_refused_and_goes_in_with_replace(tmp_path: Path, database: Database) -> None:
    publish(tmp_path / "d")
    load(tmp_path / "d", database.dsn)
    publish(tmp_path / "other", *FEW[:3])
    with pytest.raises(DestinationError, match="holds the dataset d of wilson"):
        load(tmp_path / "other", database.dsn, "d")
    assert held(database.dsn) == list(FEW)
    load(tmp_path / "other", database.dsn, "d", replace=True)
    assert held(database.dsn) == list(FEW[:3])
    load(tmp_path / "d", database.dsn, "beside it")
    assert held(database.dsn, "beside it") == list(FEW)


def test_tables_of_another_format_are_built_anew_in_one_go_and_readers_keep_their_rights(
    tmp_path: Path, database: Database
) -> None:
    publish(tmp_path / "d")
    load(tmp_path / "d", database.dsn)
    names = "SELECT relname FROM pg_class WHERE relnamespace = 'd'::regnamespace ORDER BY 1"
    constraints = "SELECT conname FROM pg_constraint WHERE connamespace = 'd'::regnamespace ORDER BY 1"
    before = [row for row in database.run(names) if not row[0].startswith("pg_toast")], database.run(constraints)
    database.run(
        "GRANT USAGE ON SCHEMA d TO pg_monitor", "GRANT SELECT ON d.records TO pg_monitor, PUBLIC",
        "UPDATE d.harvest_load SET format = 0", "ALTER TABLE d.records DROP COLUMN date_note",
        "ALTER TABLE d.harvest_load DROP COLUMN readers",
    )  # fmt: skip
    load(tmp_path / "d", database.dsn)
    assert held(database.dsn) == list(FEW)
    assert (database.run(names), database.run(constraints)) == before
    assert database.run("SELECT has_table_privilege('pg_monitor', 'd.records', 'SELECT')") == [(True,)]


def test_tables_of_a_newer_program_are_left_alone(tmp_path: Path, database: Database) -> None:
    publish(tmp_path / "d")
    load(tmp_path / "d", database.dsn)
    database.run("UPDATE d.harvest_load SET format = 999")
    with pytest.raises(DestinationError, match="of format 999"):
        load(tmp_path / "d", database.dsn)


def test_a_view_built_on_the_tables_is_not_dropped_with_them(tmp_path: Path, database: Database) -> None:
    publish(tmp_path / "d")
    load(tmp_path / "d", database.dsn)
    database.run("CREATE VIEW mine AS SELECT id FROM d.records")
    with pytest.raises(DestinationError, match=r"view public\.mine depends on"):
        load(tmp_path / "d", database.dsn, replace=True)
    assert database.run("SELECT count(*) FROM mine") == [(10,)]


def test_a_nul_in_a_list_goes_and_what_only_looks_like_one_stays(tmp_path: Path, database: Database) -> None:
    looks = "\\u0000 is how it is written"
    publish_documents(tmp_path / "d", document(1, languages=(looks,)), document(2, languages=("A\0B", looks)))
    exported = load(tmp_path / "d", database.dsn)
    told = database.run("SELECT languages FROM d.documents ORDER BY jsonb_array_length(languages)")
    assert told == [([looks],), (["A\ufffdB", looks],)]
    assert len(exported.notes) == 1 and "in 1 of what was written" in exported.notes[0]
