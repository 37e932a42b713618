"""The account of ranges, and what may be claimed from it."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.coverage import (
    AS_CAPTURED,
    COMPLETE,
    DRIFTED,
    INCOMPLETE,
    NOT_WALKED,
    UNVERIFIABLE,
    SeenPage,
    account,
    gaps,
    join_ranges,
)


def pages(total: int, size: int = 10) -> list[SeenPage]:
    """Return the pages of a listing whose record at position n is called n."""
    return [
        SeenPage(
            first,
            min(total, first + size - 1),
            total,
            tuple(map(str, range(first, min(total, first + size - 1) + 1))),
        )
        for first in range(1, total + 1, size)
    ]


def verdict(seen: list[SeenPage], *, proving: bool = True, live: bool = True) -> str:
    return account(seen, proving=proving, live=live).verdict


def test_a_walk_in_the_proving_order_is_complete() -> None:
    assert verdict(pages(103)) == COMPLETE


def test_another_order_proves_nothing() -> None:
    assert verdict(pages(103), proving=False) == AS_CAPTURED


def test_pages_out_of_turn_prove_nothing() -> None:
    seen = pages(103)
    seen[3], seen[4] = seen[4], seen[3]
    assert verdict(seen) == AS_CAPTURED


def test_captures_are_complete_as_captured_at_most() -> None:
    assert verdict(pages(103), live=False) == AS_CAPTURED


def test_a_missing_page_is_a_missing_range() -> None:
    seen = pages(103)
    del seen[7]
    coverage = account(seen, proving=True, live=True)
    assert (coverage.verdict, coverage.missing, coverage.rows) == (INCOMPLETE, ((71, 80),), 93)


def test_one_page_of_eleven() -> None:
    coverage = account(pages(103)[7:8], proving=False, live=False)
    assert (coverage.rows, coverage.total, coverage.missing) == (10, 103, ((1, 70), (81, 103)))


def test_a_reject_is_never_complete() -> None:
    seen = pages(23)
    seen[1] = SeenPage(11, 20, 23, (*seen[1].rows[:9], None))
    coverage = account(seen, proving=True, live=True)
    assert (coverage.verdict, coverage.rejects, coverage.rows, coverage.missing) == (INCOMPLETE, 1, 22, ())


def test_a_row_too_few_is_never_complete() -> None:
    seen = pages(23)
    seen[1] = SeenPage(11, 20, 23, seen[1].rows[:9])
    coverage = account(seen, proving=True, live=True)
    assert (coverage.verdict, coverage.short, coverage.rows) == (INCOMPLETE, ((11, 20),), 22)


def test_a_record_seen_twice_means_that_another_was_missed() -> None:
    seen = pages(23)
    seen[2] = SeenPage(21, 23, 23, ("20", "21", "22"))
    coverage = account(seen, proving=True, live=True)
    assert (coverage.verdict, coverage.duplicates, coverage.records) == (DRIFTED, {"20": (20, 21)}, 22)


def test_a_total_that_moves_is_drift() -> None:
    seen = [*pages(23)[:2], SeenPage(21, 24, 24, ("21", "22", "23", "24"))]
    assert verdict(seen) == DRIFTED


def test_two_different_pages_at_one_range_are_a_conflict() -> None:
    seen = [*pages(23), SeenPage(11, 20, 23, tuple("abcdefghij"))]
    coverage = account(seen, proving=True, live=False)
    assert (coverage.verdict, coverage.conflicts) == (INCOMPLETE, ((11, 20),))


def test_the_same_page_twice_is_no_conflict() -> None:
    assert verdict([*pages(23), pages(23)[1]], live=False) == AS_CAPTURED


def test_a_row_that_one_capture_could_not_read_is_read_from_the_other() -> None:
    seen = pages(23)
    partly = SeenPage(11, 20, 23, (None, *seen[1].rows[1:]))
    assert verdict([*seen, partly], live=False) == AS_CAPTURED


def test_equal_entries_that_cannot_be_told_apart() -> None:
    seen = [SeenPage(1, 2, 2, ("a", "b"), told_apart=False)]
    assert verdict(seen) == UNVERIFIABLE


def test_no_counter_no_claim() -> None:
    assert verdict([SeenPage(None, None, None, ("a", "b"))]) == UNVERIFIABLE


def test_no_page_no_claim() -> None:
    assert verdict([]) == NOT_WALKED


def test_a_listing_of_none_is_believed_the_second_time() -> None:
    none = [SeenPage(0, 0, 0, ())]
    assert verdict(none) == UNVERIFIABLE
    assert account(none, proving=True, live=True, before=none).verdict == COMPLETE


def test_a_single_page_is_believed_the_second_time_in_any_order() -> None:
    assert verdict(pages(7)) == verdict(pages(7), proving=False) == AS_CAPTURED
    assert account(pages(7), proving=False, live=True, before=pages(7)).verdict == COMPLETE


@pytest.mark.parametrize("proving", [True, False])
def test_a_single_page_that_was_another_before_is_not_believed(proving: bool) -> None:
    coverage = account(pages(7), proving=proving, live=True, before=pages(6))
    assert (coverage.verdict, coverage.unsure) == (DRIFTED, ("7",))


def test_two_passes_that_agree_prove_any_order() -> None:
    assert account(pages(103), proving=False, live=True, before=pages(103)).verdict == COMPLETE


def test_two_passes_with_the_same_records_in_other_places_do_not_agree() -> None:
    moved = pages(103)
    moved[0] = SeenPage(1, 10, 103, (*moved[0].rows[1:], moved[0].rows[0]))
    coverage = account(pages(103), proving=False, live=True, before=moved)
    assert (coverage.verdict, coverage.unsure) == (DRIFTED, ())


def test_a_pass_out_of_step_agrees_with_nothing() -> None:
    turned = pages(103)[::-1]
    assert account(turned, proving=False, live=True, before=turned).verdict == DRIFTED


def test_a_total_that_fell_leaves_nothing_missing_but_is_drift() -> None:
    seen = [*pages(103)[:9], SeenPage(91, 95, 95, ("91", "92", "93", "94", "95"))]
    coverage = account(seen, proving=True, live=True)
    assert (coverage.verdict, coverage.total, coverage.missing) == (DRIFTED, 95, ())


ranges = st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9)).map(lambda r: (r[0], r[0] + r[1])), max_size=12)


@given(ranges, st.integers(0, 70))
def test_seen_and_missing_are_all_there_is(seen: list[tuple[int, int]], total: int) -> None:
    joined = join_ranges(seen)
    there = {n for first, last in joined for n in range(first, last + 1)}
    assert there == {n for first, last in seen for n in range(first, last + 1)}
    missing = {n for first, last in gaps(joined, total) for n in range(first, last + 1)}
    assert missing == set(range(1, total + 1)) - there


def drifting_walk(rng: random.Random, forward: bool) -> tuple[list[SeenPage], set[str], bool]:
    """Walk 53 records while one comes and one goes; return the pages, those that stood still, and if all were seen."""
    records = [f"r{n}" for n in range(53)]  # newest first
    stood = set(records)
    numbers = list(range(6)) if forward else list(range(5, -1, -1))
    moves = {rng.randrange(6): "insert", rng.randrange(6, 12): "delete"}
    seen: list[SeenPage] = []
    for step, number in enumerate(numbers):
        for when, move in moves.items():
            if when % 6 == step and move == "insert":
                records.insert(0, "new")
            elif when % 6 == step:
                gone = records.pop(rng.randrange(len(records)))
                stood.discard(gone)
        rows = records[number * 10 : number * 10 + 10]
        if rows:
            seen.append(SeenPage(number * 10 + 1, number * 10 + len(rows), len(records), tuple(rows)))
    return seen, stood, stood <= {row for page in seen for row in page.rows if row}


@pytest.mark.parametrize("seed", range(4))
def test_no_walk_that_missed_a_record_which_stood_still_is_called_complete(seed: int) -> None:
    rng = random.Random(seed)
    claims = 0
    for _ in range(1000):
        seen, _, whole = drifting_walk(rng, forward=True)
        claimed = verdict(seen) == COMPLETE
        claims += claimed
        assert whole or not claimed
    assert claims > 10  # else the test shows nothing
