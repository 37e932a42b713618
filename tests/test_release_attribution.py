"""Whose the records are: told in the package, carried on, and never a licence that nobody gave."""

from pathlib import Path
from typing import Any

import frictionless
import pytest
from conftest import read_json
from holding import begin, document, entry, publish_documents

from harvester.captures import Capture
from harvester.dataset.package import describe
from harvester.dataset.publish import open_dataset
from harvester.exports import Source
from harvester.exports.attribution import attribution
from harvester.items import Address, Counter, Reading
from harvester.ledger import WalkKey
from harvester.sites import Site

LINE = "Wilson Center Digital Archive, https://digitalarchive.wilsoncenter.org; harvested with archive-harvester"


class Harbour(Site):
    name = "harbour"
    hosts = ("records.harbour.example", "127.0.0.1:8080")


def test_the_package_says_whose_the_records_are(tmp_path: Path) -> None:
    publish_documents(tmp_path, document(1), listed=(entry(1),))
    package = open_dataset(tmp_path)
    assert package["sources"] == [
        {"title": "Wilson Center Digital Archive", "path": "https://digitalarchive.wilsoncenter.org"}
    ]
    assert package["attribution"] == LINE
    assert "licenses" not in package
    assert frictionless.validate(str(tmp_path / "datapackage.json")).valid


def test_a_site_without_a_title_has_its_name_and_never_an_alias() -> None:
    package = describe(Harbour().with_alias("127.0.0.1:9"), {})
    assert package["sources"] == [{"title": "harbour", "path": "https://records.harbour.example"}]
    assert package["attribution"] == "harbour, https://records.harbour.example; harvested with archive-harvester"


def test_a_title_of_two_lines_makes_one_line() -> None:
    class Odd(Harbour):
        title = " The Harbour\n Records "

    assert describe(Odd(), {})["attribution"].startswith("The Harbour Records, ")


@pytest.mark.parametrize(
    ("told", "said"),
    [(LINE, LINE), ("two\nlines", "two lines"), *((bad, None) for bad in ("", "  ", None, 7, ["x"]))],
)
def test_the_line_is_that_of_the_package_else_made_of_the_name(tmp_path: Path, told: Any, said: str | None) -> None:
    publish_documents(tmp_path, listed=(entry(1),))
    with Source(tmp_path) as source:
        source.state.package["attribution"] = told
        assert attribution(source) == (said or "wilson; harvested with archive-harvester")


def publish_nothing(folder: Path) -> None:
    """Publish a dataset of a listing that has no results."""
    run = begin(folder)
    capture = Capture(b"<html>none</html>", url="https://x/search?a=b", captured_at="2025-03-15T00:00:00Z", file="f")
    address = Address("wilson", "listing", "/search?search_api_fulltext=x", None, 0, 10)
    reading = Reading(Counter(0, 0, 0), (), None, "by-hand")
    run.ledger.add_page(run.number, WalkKey("captured", address.listing, None), address, capture, reading)
    run.pages += 1
    run.end()


def test_a_dataset_without_a_record_is_a_valid_package_too(tmp_path: Path) -> None:
    """To the Frictionless tool a file without any line is no table; so it is described as a file."""
    publish_nothing(tmp_path)
    assert (tmp_path / "records.jsonl").read_bytes() == b""
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])
    (records,) = (one for one in read_json(tmp_path / "datapackage.json")["resources"] if one["name"] == "records")
    assert (records["type"], records["bytes"], records["rows"], "schema" in records) == ("file", 0, 0, False)
