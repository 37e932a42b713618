"""The long proofs, in short: the same code with fewer cases. `make soak` runs them at length."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.soak import walks
from tests.soak.figures import table
from tests.soak.schedules import try_schedule


@pytest.mark.parametrize("first", range(0, 60, 10))
def test_no_schedule_of_changes_and_faults_makes_a_false_claim(first: int) -> None:
    outcomes = [try_schedule(seed) for seed in range(first, first + 10)]
    assert [outcome for outcome in outcomes if not outcome.holds] == []
    assert sum(outcome.happened for outcome in outcomes) > 10


@pytest.mark.parametrize("way", walks.WAYS, ids=lambda way: way.name)
def test_no_way_through_a_listing_that_changes_is_called_complete_falsely(way: walks.Way) -> None:
    tally = walks.simulate(way, 1_000, seed=0)
    assert tally.core_false == 0
    assert (tally.core > 100) == (way.proving and way.name.endswith("in order"))


@pytest.mark.parametrize("naive", ["any order of pages", "created ascending, forward"])
def test_what_a_script_would_claim_is_false_often(naive: str) -> None:
    (way,) = (way for way in walks.WAYS if way.name == naive)
    assert walks.simulate(way, 1_000, seed=0).naive_false > 50


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), oldest_first=st.booleans(), changes=st.integers(0, 8))
def test_a_repaired_walk_claims_nothing_false(seed: int, oldest_first: bool, changes: int) -> None:
    verdict, missed = walks.harvest(seed, oldest_first=oldest_first, changes=changes)
    assert not (verdict == "complete" and missed)


def test_a_figure_that_fails_is_marked_and_says_how_to_see_it_again() -> None:
    from tests.soak.figures import Figure

    lines = list(table([Figure("a", "1 of 2", holds=False, replay=("again --seed 3",)), Figure("b", "2", holds=True)]))
    assert lines[1].startswith("FAILS") and lines[2].startswith("holds")
    assert "  again --seed 3" in lines
