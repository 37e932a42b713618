"""Documents in the published dataset: their lines, their texts, what is certified of them."""

import os
from pathlib import Path

import frictionless
import pytest
from conftest import read_json, read_lines
from holding import FONDS, TEXT, begin, document, entry, publish_documents, url_of
from jsonschema import Draft202012Validator

from harvester.dataset.package import document_schema
from harvester.dataset.writing import Publication, digest_file
from harvester.harvest.documents import said_by, text_names
from harvester.identity import linked_id
from harvester.items import Text

SECOND = Text("transcript", "Русский", ("Первый абзац.",))


def id_of(number: int) -> str:
    return linked_id("wilson", url_of(number))


def texts_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "texts").iterdir()}


def test_each_text_lies_in_a_file_of_its_own(tmp_path: Path) -> None:
    assert publish_documents(tmp_path, document(1, texts=(TEXT, SECOND)), document(2, texts=())).code == 0
    assert texts_in(tmp_path) == {
        f"{id_of(1)}.translation.English.txt": b"First paragraph.\n\nSecond,\nbroken.\n",
        f"{id_of(1)}.transcript.other.txt": "Первый абзац.\n".encode(),
    }
    lines = {line["id"]: line for line in read_lines(tmp_path / "documents.jsonl")}
    assert lines[id_of(2)]["texts"] == []
    for text in lines[id_of(1)]["texts"]:
        path = tmp_path / text["file"]
        assert (text["bytes"], text["hash"]) == (path.stat().st_size, digest_file(path))


def test_the_package_describes_documents_and_the_frictionless_tool_takes_it(tmp_path: Path) -> None:
    publish_documents(tmp_path, document(1, unknown=(FONDS,)), document(2, texts=(), date_text=None))
    (resource,) = (r for r in read_json(tmp_path / "datapackage.json")["resources"] if r["name"] == "documents")
    lines = read_lines(tmp_path / "documents.jsonl")
    assert resource["rows"] == len(lines) == 2
    assert list(lines[0]) == list(document_schema()["properties"])
    assert resource["schema"]["primaryKey"] == "id"
    assert all(said["description"] for said in resource["jsonSchema"]["properties"].values())
    validator = Draft202012Validator(resource["jsonSchema"])
    assert [error for line in lines for error in validator.iter_errors(line)] == []
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])


def test_without_documents_there_is_no_file_of_them(tmp_path: Path) -> None:
    assert publish_documents(tmp_path, listed=(entry(1),)).code == 0
    assert not (tmp_path / "documents.jsonl").exists() and not (tmp_path / "texts").exists()
    assert read_json(tmp_path / "coverage.json")["documents"] is None


def test_documents_that_were_wanted_and_not_had_are_told_of_without_a_file(tmp_path: Path) -> None:
    result = publish_documents(tmp_path, listed=(entry(1), entry(2)), wanted="documents")
    assert (result.code, (tmp_path / "documents.jsonl").exists()) == (3, False)
    assert read_json(tmp_path / "coverage.json")["documents"]["missing"] == sorted([id_of(1), id_of(2)])
    assert frictionless.validate(str(tmp_path / "datapackage.json")).valid
    assert "documents: 0 of 2 read, 2 missing - incomplete" in result.lines


def test_texts_that_lie_there_are_left_alone_and_stale_ones_go(tmp_path: Path) -> None:
    publish_documents(tmp_path, document(1), document(2))
    kept, changed = (tmp_path / "texts" / f"{id_of(n)}.translation.English.txt" for n in (1, 2))
    (tmp_path / "texts" / "notes.txt").write_text("somebody's own")
    (tmp_path / "texts" / f".{kept.name}.part").write_text("half a te")
    (tmp_path / "texts" / ".notes.txt.part").write_text("somebody's own")
    changed.write_text("somebody changed it")
    before = kept.stat().st_mtime_ns, kept.stat().st_ino
    run = begin(tmp_path)
    run.add(document(3, texts=(SECOND,)))
    run.add(document(2, texts=(SECOND,)), captured_at="2025-09-01T00:00:00Z")
    run.end()
    assert (kept.stat().st_mtime_ns, kept.stat().st_ino) == before
    assert sorted(texts_in(tmp_path)) == sorted(
        [kept.name, "notes.txt", ".notes.txt.part", *(f"{id_of(n)}.transcript.other.txt" for n in (2, 3))]
    )


def test_a_text_that_was_changed_is_written_again(tmp_path: Path) -> None:
    publish_documents(tmp_path, document(1))
    path = tmp_path / "texts" / f"{id_of(1)}.translation.English.txt"
    good = path.read_bytes()
    path.write_bytes(good.replace(b"First", b"Worst"))
    publish_documents(tmp_path, document(2))
    assert path.read_bytes() == good


@pytest.mark.parametrize("harm", ["changed", "gone", "stale"])
def test_a_run_that_reads_nothing_mends_texts(tmp_path: Path, harm: str) -> None:
    publish_documents(tmp_path, document(1))
    before = texts_in(tmp_path)
    path = tmp_path / "texts" / f"{id_of(1)}.translation.English.txt"
    if harm == "changed":
        path.write_bytes(b"x")
    elif harm == "gone":
        path.unlink()
    else:
        path.with_name(f"{id_of(9)}.translation.English.txt").write_bytes(b"of no document")
    begin(tmp_path).end()
    assert texts_in(tmp_path) == before


def test_a_kill_between_two_renames_is_seen_by_the_next_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_documents(tmp_path, document(1))
    old = (tmp_path / "documents.jsonl").read_bytes()
    rename = Path.replace

    def die_after_texts(path: Path, target: Path) -> Path:
        if path.parent == tmp_path:
            raise KeyboardInterrupt
        return rename(path, target)

    run = begin(tmp_path)
    run.add(document(2))
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Path, "replace", die_after_texts)
        run.end()
    assert (tmp_path / "documents.jsonl").read_bytes() == old
    assert len(texts_in(tmp_path)) == 2  # whole, though nothing tells of it yet
    begin(tmp_path).end()
    assert len(read_lines(tmp_path / "documents.jsonl")) == len(texts_in(tmp_path)) == 2


def test_what_cannot_be_published_leaves_nothing_in_texts(tmp_path: Path) -> None:
    run = begin(tmp_path)
    run.add(document(1))
    (tmp_path / "coverage.json").mkdir()
    with pytest.raises(Exception, match=r"coverage.json is a folder"):
        run.end()
    assert not (tmp_path / "texts").exists()


def test_many_texts_are_synced_in_one_go_and_each_is_asked_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    monkeypatch.setattr(os, "sync", lambda: calls.append("sync"))
    monkeypatch.setattr(os, "fsync", lambda _: calls.append("fsync"))
    for number, expected in ((3, 0), (101, 1)):
        publication = Publication(tmp_path)
        for i in range(number):
            publication.write_inner(f"texts/{i}.txt", b"x")
        calls.clear()
        publication.commit()
        assert (calls.count("sync"), calls.index("fsync")) == (expected, expected)
        assert calls.count("fsync") >= number


def test_names_of_texts_are_told_apart_on_every_system() -> None:
    named = [("translation", "English"), ("Translation", "english"), ("translation", "Français (Canada)"),
             ("translation", None), ("../..", ""), ("k" * 400, "л" * 400), ("k" * 401, "é" * 400),
             ("translation", "ENGLISH")]  # fmt: skip
    names = text_names("wilson-0123456789abcdef", [{"kind": kind, "language": of} for kind, of in named])
    assert [name.removeprefix("texts/wilson-0123456789abcdef.") for name in names] == [
        "translation.English.txt", "Translation.english.2.txt", "translation.Francais-Canada.txt",
        "translation.und.txt", "text.other.txt", f"{'k' * 60}.other.txt", f"{'k' * 60}.{'e' * 60}.txt",
        "translation.ENGLISH.3.txt",
    ]  # fmt: skip
    assert len({name.lower() for name in names}) == len(names)
    assert max(len(name.encode()) for name in names) < 200


def test_half_a_surrogate_pair_is_published_all_the_same(tmp_path: Path) -> None:
    odd = document(1, title="A \ud800 title", texts=(Text("tr\udfff", None, ("half \ud801 pair",)),))
    publish_documents(tmp_path, odd)
    (line,) = read_lines(tmp_path / "documents.jsonl")
    assert (line["title"], line["texts"][0]["kind"]) == ("A \ufffd title", "tr\ufffd")
    assert (tmp_path / line["texts"][0]["file"]).read_bytes() == b"half ? pair\n"
    assert "\ud800" not in str(said_by(odd))
