"""How often a bell rings: no matter what happens night after night, neither each night nor only once."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.standing.findings import Finding
from harvester.standing.memory import AGAIN, Memory
from harvester.standing.notice import LASTING, Notice
from harvester.standing.silence import find_silence
from harvester.standing.times import say_span

BEGAN = datetime(2026, 3, 1, 2, 30, tzinfo=UTC)
KINDS = sorted(LASTING - {"silent"})
# A night: which kind the run ended with (None: all is well), of which mark, and whether a bell is heard.
NIGHTS = st.lists(st.tuples(st.none() | st.sampled_from(KINDS), st.sampled_from("ab"), st.booleans()), max_size=40)


def finding(kind: str, *marks: str) -> Finding:
    return Finding(kind, kind, (), {}, frozenset(marks))


def remembered(memory: Memory) -> Memory:
    """Return a memory as the ledger gives it back."""
    return Memory.of(json.loads(json.dumps(memory.as_data())))


@given(NIGHTS)
def test_what_lasts_is_heard_at_once_when_it_changes_and_every_seven_nights(nights: list) -> None:
    memory, now = Memory(), BEGAN
    heard_of: dict[
        str, tuple[datetime, set[str]]
    ] = {}  # what a listener knows: when each kind was told, of which marks
    for kind, mark, works in nights:
        now += timedelta(days=1)
        findings = [] if kind is None else [finding(kind, mark)]
        due = [found.kind for found in memory.due(findings, now)]
        if kind is not None:
            told, marks = heard_of.get(kind, (None, set()))
            assert (due == [kind]) == (told is None or mark not in marks or now - told >= AGAIN)
        if kind is None:
            assert set(memory.told_of()) == set(heard_of)
            heard_of.clear()
        elif due and works:
            heard_of[kind] = (now, heard_of.get(kind, (now, set()))[1] | {mark})
        memory = memory.after(findings, due if works else [], [], now, ended=() if kind else LASTING)
        assert remembered(memory) == memory
        assert (memory == Memory()) == (memory.as_data() == {})


def test_the_seventh_night_counts_though_the_timer_was_early() -> None:
    memory = Memory().after([finding("refused")], ["refused"], [], BEGAN, ended=())
    early = BEGAN + timedelta(days=7) - timedelta(hours=1)
    assert memory.due([finding("refused")], early)
    assert not memory.due([finding("refused")], early - timedelta(days=1))


def test_since_is_the_first_night_whatever_came_between() -> None:
    memory = Memory()
    for night, kind in enumerate(["unreachable", "refused", "unreachable"]):
        memory = memory.after([finding(kind)], [], [], BEGAN + timedelta(days=night), ended=())
    assert memory.since("unreachable", BEGAN + timedelta(days=9)) == BEGAN
    assert memory.since("failed", BEGAN + timedelta(days=9)) == BEGAN + timedelta(days=9)


def test_what_nobody_hears_for_long_does_not_grow_without_end() -> None:
    unheard = [Notice("a", "drift", str(i), "", "", i, 0, {}) for i in range(50)]
    memory = remembered(Memory().after([], [], unheard, BEGAN, ended=LASTING))
    assert [notice.run for notice in memory.untold] == list(range(30, 50))


@pytest.mark.parametrize(
    ("heard", "busy", "silent"),
    [(47, None, False), (48, None, False), (49, None, True), (49, 1, False), (100, 49, True), (None, 5, False)],
)
def test_silence_is_longer_than_the_bound(heard: int | None, busy: int | None, silent: bool) -> None:
    times = [None if hours is None else BEGAN - timedelta(hours=hours) for hours in (heard, busy)]
    found = find_silence(*times, timedelta(days=2), BEGAN)
    assert (found is not None) == silent


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(0), "0 seconds"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=47, minutes=59), "47 hours"),
        (timedelta(days=2), "2 days"),
    ],
)
def test_spans_are_said_in_their_largest_unit(span: timedelta, said: str) -> None:
    assert say_span(span) == said
