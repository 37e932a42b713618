"""`harvest export`: which destinations there are, and the simplest of them."""

from pathlib import Path

import pytest
from biting import publish_bites
from conftest import Harvest

from harvester.exports.destination import FORMATS


def test_on_standard_output_the_records_are_the_bytes_that_were_published(harvest: Harvest, tmp_path: Path) -> None:
    publish_bites(tmp_path / "d")
    ran = harvest("export", "d", "-")
    assert ran.code == 0, ran.err
    assert ran.out.encode() == (tmp_path / "d" / "records.jsonl").read_bytes()


def test_a_destination_of_no_known_form_is_refused_with_those_that_are_known(harvest: Harvest, tmp_path: Path) -> None:
    publish_bites(tmp_path / "d", long=False)
    ran = harvest("export", "d", "records.doc")
    assert ran.code == 2
    assert all(one.form in ran.err for one in FORMATS)
    assert not (tmp_path / "records.doc").exists()


@pytest.mark.parametrize("form", [one.form for one in FORMATS])
def test_each_form_stands_in_the_help(harvest: Harvest, form: str) -> None:
    assert form in harvest("export", "--help").out
