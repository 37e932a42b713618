"""`harvest find` searches what a document's own page says, too."""

from pathlib import Path

import pytest
from conftest import Harvest
from holding import FONDS, HOST, document, entry, publish_documents

from harvester.items import Term


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    said = document(
        2,
        title="Record of a Talk",
        date_text="July 23, 1958",
        summary="On the fleet.",
        authors=(Term("Юдин, П. Ф."),),
        people=(Term("Zhou Enlai"),),
        places=(Term("Beijing"),),
        topics=(Term("Sino-Soviet split"),),
        subjects=(Term("Radio stations"),),
        source="Translated by Krassner",
        original_archive="APRF",
        rights="Leon Levy Foundation",
        type="Memorandum",
        languages=("Czech",),
        classification="Top Secret",
        donors=("MacArthur",),
        support="Carnegie",
        uploaded="2011-11-20",
        citation="History Archive, quoted so",
        record_id="112080",
        node_id="77001",
        addresses=(f"{HOST}/document/document-2", f"{HOST}/document/112080"),
        unknown=(FONDS,),
    )
    publish_documents(tmp_path / "d", document(1), said, document(3), listed=tuple(entry(n) for n in (1, 2, 3)))
    return tmp_path / "d"


@pytest.mark.parametrize(
    "query",
    ["talk", "fleet", "юдин", "ZHOU enlaí", "Beijing split", "radio", "krassner", "aprf", "levy", "memorandum", "czech",
     "top secret", "macarthur", "carnegie", "2011-11-20 czech", "quoted", "112080", "77001", "fonds", "op. 2",
     "document-2 fleet", "1958-07-23"],
)  # fmt: skip
def test_every_field_of_a_document_is_searched(harvest: Harvest, dataset: Path, query: str) -> None:
    ran = harvest("find", dataset, query, "--json")
    assert (ran.code, [record["title"] for record in ran.lines]) == (0, ["Document 2"])
    assert "people" not in ran.lines[0]  # the record, as ever


@pytest.mark.parametrize(("query", "number"), [("First paragraph", 0), ("July 1958", 3), ("July 22, 1958", 3)])
def test_texts_are_not_searched_and_a_record_is_found_once(
    harvest: Harvest, dataset: Path, query: str, number: int
) -> None:
    assert len(harvest("find", dataset, query, "--json").lines) == number
