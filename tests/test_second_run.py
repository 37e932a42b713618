"""What a second run over an unchanged archive costs, as shares of the first one's requests and bytes."""

import pytest

from tests.soak.second_run import FEW, RECORDS, run_twice


@pytest.mark.parametrize("validators", ["none", "etag", "modified", "both"])
def test_few_records(validators: str) -> None:
    crawl, update, full = run_twice(FEW, validators)
    for second in (crawl, update, full):
        assert second.holds, second
    assert crawl.shares == (1.0, 1.0)
    assert update.shares[0] < 0.17 and update.shares[1] < (0.10 if validators == "none" else 0.01)
    assert full.shares[0] == 1.0 and full.shares[1] <= (1.0 if validators == "none" else 0.03)


def test_a_tag_that_is_another_one_each_time_saves_nothing_and_harms_nothing() -> None:
    (full,) = run_twice(FEW, "changing", ["update --full"])
    assert full.same and full.shares[0] == 1.0 and full.shares[1] > 0.99


def test_16756_records() -> None:
    update, full = run_twice(RECORDS, "etag", ["update", "update --full"])
    assert update.holds and full.holds, (update, full)
    assert update.shares[0] < 0.012 and update.shares[1] < 0.0002
    assert full.shares[0] == 1.0 and full.shares[1] < 0.01
