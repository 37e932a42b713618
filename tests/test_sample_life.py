"""The life of the sample archive: what a seed draws, what the days do, and whether the truth that is told is true."""

import re
from collections import Counter

import pytest

from harvester.sample import Archive, Request, Schedule, Server
from harvester.sample.events import Event
from harvester.sample.faults import FAULTS
from harvester.sample.life import AWAY, NIGHTS, OLD_ONES, TOO_SLOW, WORKS, Life, Night
from harvester.sample.living import Living, choose_facet
from harvester.sample.schedule import Fault

LIVES = [Life.draw(seed) for seed in range(12)]


def shown(server: Server, query: str) -> set[str]:
    """Return the paths on all pages of a listing."""
    found: set[str] = set()
    for page in range(40):
        target = f"/search?items_per_page=100&{query}&page={page}"
        body = server.take(Request("GET", target, {})).data.decode()
        rows = set(re.findall(r'<h3 class="title"><a href="([^"]+)" rel="bookmark"', body))
        if not rows:
            return found
        found |= rows
    raise AssertionError("a listing without an end")


def live_by_hand(*works: Event, schedule: Schedule | None = None, records: int = 30) -> tuple[Living, Archive]:
    server = Server(Archive(records))
    before = server.archive.snapshot()
    living = Living(server, Life(0, (Night(1, works, "by hand", schedule or Schedule(0)),)))
    return living, before


def work(kind: str, where: float = 0.5, to: float = 0.1, at: int = 1) -> Event:
    return Event(at, False, kind, kind, where, to)


def test_a_life_is_its_seed():
    assert [Life.draw(seed) for seed in range(3)] == LIVES[:3]
    assert Life.draw(5, 40).nights == LIVES[5].nights[:40]
    assert len({life.nights for life in LIVES}) == len(LIVES)


def test_everything_in_the_tables_happens_about_as_often_as_they_say():
    nights = [night for life in LIVES for night in life.nights]
    kinds = Counter(night.kind for night in nights)
    whole = sum(weight for weight, _ in NIGHTS.values())
    for kind, (weight, _) in NIGHTS.items():
        assert abs(kinds[kind] / len(nights) - weight / whole) < 0.015, kind
    works = Counter(work.plan for night in nights for work in night.works if work.kind != "put-back")
    assert abs(works.pop("import") / len(nights) - 0.15) < 0.08
    assert set(works) == set(WORKS)
    for kind, (rate, _) in WORKS.items():
        assert abs(works[kind] / len(nights) - rate) < 0.04, kind
    met = {fault.kind for night in nights for fault in night.schedule.faults if fault.run > 1000}
    assert met == {kind for _, faults in NIGHTS.values() for kind in faults} <= set(FAULTS)


def test_what_was_taken_down_is_put_back_weeks_later():
    for life in LIVES:
        down = [n.number for n in life.nights for work in n.works if work.kind == "withdraw"]
        back = [n.number for n in life.nights for work in n.works if work.kind == "put-back"]
        assert all(AWAY[0] <= later - earlier <= AWAY[1] for earlier, later in zip(down, back, strict=False))


def test_records_appear_among_old_ones_amid_walks_only_if_asked_for():
    for seed, life in enumerate(LIVES):
        late = Life.draw(seed, back_dated=True)
        for night, same in zip(life.nights, late.nights, strict=True):
            plans = {event.plan for event in night.schedule.events}
            assert not plans & {*OLD_ONES} and "insert-old" not in {work.kind for work in night.works}
            assert night.schedule == same.schedule.without(*OLD_ONES)
            assert not {fault.kind for fault in same.schedule.faults} & {*TOO_SLOW}
            assert night.works == tuple(work for work in same.works if work.plan != "insert-old")
    assert any(event.plan in OLD_ONES for night in late.nights for event in night.schedule.events)
    assert any(work.kind == "insert-old" for night in late.nights for work in night.works)


@pytest.mark.parametrize("kind", ["retitle", "redate", "resummarise", "move"])
def test_a_work_on_a_record_changes_it_and_nothing_else(kind):
    living, before = live_by_hand(work(kind))
    with living.night():
        pass
    old, new = {r.node: r for r in before.records}, {r.node: r for r in living.server.archive.records}
    changed = [node for node in old if old[node] != new.get(node)]
    field = {"retitle": "title", "redate": "date", "resummarise": "summary", "move": "created"}[kind]
    assert set(old) == set(new) and len(changed) == 1
    for name in ("title", "date", "summary", "created", "slug", "facets"):
        same = getattr(old[changed[0]], name) == getattr(new[changed[0]], name)
        assert same == (name != field), name


def test_a_record_is_filed_and_taken_out_again():
    living, before = live_by_hand(work("refile"))
    living.life = Life(0, (living.life.nights[0],) * 2)
    facet = living.queries[1]
    with living.night():
        first = shown(living.server, facet)
    with living.night():
        pass
    path = before.records[15].path
    was = path in shown(Server(before), facet)
    assert (path in first) != was
    assert [path in truth.listings[facet].throughout for truth in living.truths] == [not was, was]
    assert all(path in truth.listings[""].throughout for truth in living.truths)


def test_nothing_is_done_to_an_empty_archive():
    works = tuple(work(kind) for kind in ("retitle", "redate", "resummarise", "refile", "move", "delete", "put-back"))
    living, _ = live_by_hand(*works, records=0)
    with living.night():
        pass
    assert living.truths[-1].records == {} and living.facet == ""


def test_the_facet_is_that_of_about_a_third():
    archive = Archive()
    assert archive.listing("").counts[choose_facet(archive)] in range(25, 45)


@pytest.mark.parametrize("life", LIVES[:2], ids=["seed 0", "seed 1"])
def test_the_truth_is_what_pages_show(life):
    server = Server(Archive())
    living = Living(server, life)
    restless = 0
    for night in life.nights[:120]:
        with living.night():
            begin = [shown_now(server, query) for query in living.queries]
            for page in range(10):
                server.take(Request("GET", f"/search?page={page}", {}))
        truth = living.truths[-1]
        for query, first in zip(living.queries, begin, strict=True):
            stood = truth.listings[query]
            assert stood.begin == first and stood.end == shown(server, query), night
            assert stood.throughout <= stood.begin & stood.end and stood.begin | stood.end <= stood.ever, night
            restless += stood.throughout != stood.ever
            quiet = night.kind not in {"unsteady", "drift"}
            assert stood.throughout == stood.ever or not quiet, night
        assert {*truth.records} == truth.listings[""].end and {*truth.said} == truth.listings[""].ever
    assert restless > 5


def shown_now(server: Server, query: str) -> set[str]:
    """Return the paths of a listing without a request, as requests let things happen."""
    return shown(Server(server.archive.snapshot()), query)


def test_what_comes_and_goes_within_a_night_is_told():
    events = (
        Event(2, False, "insert", "x", 0.5),
        Event(4, False, "delete", "x", 0.999),
        Event(4, True, "change", "x", 0),
    )
    living, before = live_by_hand(schedule=Schedule(0, events, (Fault(3, "503", 0.0),)))
    with living.night() as night:
        statuses = [living.server.take(Request("GET", f"/search?page={page}", {})).status for page in range(5)]
    truth = living.truths[-1]
    stood = truth.listings[""]
    paths = {record.path for record in before.records}
    assert statuses == [200, 200, 503, 200, 200] and truth.night is night
    assert stood.begin == stood.end == stood.throughout == paths
    assert len(stood.ever - paths) == 1
    assert sum(len(said) == 2 for said in truth.said.values()) == 1
    assert living.server.take(Request("GET", "/search?page=3", {})).status == 200  # the night is over
