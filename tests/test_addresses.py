"""Which pages are one document: all that share an address, unless something contradicts it; tried on small worlds."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harvester.identity import Claim, Joined, join_addresses

HOST = "https://a.example"
MANY = settings(max_examples=300, deadline=None, derandomize=True)
NAMES = [f"{HOST}/document/{name}" for name in ("a", "b", "1979", "116123")] + [f"{HOST}/node/{n}" for n in (5, 9)]


def page(url: str, *named: str, node: str | None = None, record: str | None = None, led: Iterable[str] = ()) -> Claim:
    """Return a page's claim; what is named here is a path."""
    full, by = ([f"{HOST}{path}" for path in some] for some in (named, led))
    return Claim(f"{HOST}{url}", frozenset({f"{HOST}{url}"}), frozenset(full), node, record, frozenset(by))


def paths(joined: Iterable[Joined]) -> list[list[str]]:
    return [sorted(address.removeprefix(HOST) for address in one.addresses) for one in joined]


def rows(*walks: Iterable[str]) -> Mapping[str, set[int]]:
    """Return listings as the rule wants them: each argument is a walk, with the paths that its rows link to."""
    listed: dict[str, set[int]] = defaultdict(set)
    for number, walk in enumerate(walks):
        for path in walk:
            listed[HOST + path].add(number)
    return listed


SLUG = page("/document/a", "/node/5", "/document/116123", node="5", record="116123")
NODE = page("/node/5", node="5")
OLD = page("/document/116123", record="116123")

claims = st.builds(
    lambda url, served, named, node, record, led: Claim(
        url, frozenset({url, *served}), frozenset(named), node, record, frozenset(led)
    ),
    st.sampled_from(NAMES), st.sets(st.sampled_from(NAMES), max_size=2), st.sets(st.sampled_from(NAMES), max_size=3),
    st.sampled_from([None, None, "5", "9"]), st.sampled_from([None, None, "1979", "116123"]),
    st.sets(st.sampled_from(NAMES), max_size=1),
)  # fmt: skip
worlds = st.lists(claims, max_size=7)
listings = st.dictionaries(st.sampled_from(NAMES), st.sets(st.integers(1, 3), min_size=1), max_size=4)


def components(pages: Iterable[Claim]) -> list[set[Claim]]:
    """Return what shared addresses and nodes hold together, by the slowest and plainest way."""
    groups = [{one} for one in pages]
    keys = {one: {*one.addresses, one.node_id} - {None} for one in pages}
    while found := next(
        ((a, b) for a, b in combinations(groups, 2) if any(keys[x] & keys[y] for x in a for y in b)), None
    ):
        groups = [group for group in groups if group not in found] + [found[0] | found[1]]
    return groups


def is_clear(group: set[Claim], listed: Mapping[str, set[int]]) -> bool:
    """Return whether nothing contradicts a set: one node, one record id, no two of its addresses in one walk."""
    addresses = {address for one in group for address in one.addresses}
    together = any(listed.get(a, set()) & listed.get(b, set()) for a, b in combinations(sorted(addresses), 2))
    nodes, records = ({getattr(one, name) for one in group} - {None} for name in ("node_id", "record_id"))
    return len(nodes) < 2 and len(records) < 2 and not together


@MANY
@given(worlds, listings, st.randoms(use_true_random=False))
def test_the_order_of_pages_never_matters_nor_how_often_they_come(world, listed, chance) -> None:
    shuffled = [*world, *world[:2]]
    chance.shuffle(shuffled)
    assert join_addresses(shuffled, listed) == join_addresses(world, listed)


@MANY
@given(worlds, listings)
def test_what_was_joined_or_divided_once_is_so_again(world, listed) -> None:
    """The pages of one document alone are one document again."""
    for one in join_addresses(world, listed):
        again = join_addresses(one.claims, listed)
        assert len(again) == 1 and again[0].claims == one.claims


@MANY
@given(worlds, listings)
def test_each_page_is_of_one_document_and_each_address_of_one_at_most(world, listed) -> None:
    joined = join_addresses(world, listed)
    assert sorted(map(repr, set(world))) == sorted(repr(claim) for one in joined for claim in one.claims)
    own = [address for one in joined for address in one.addresses]
    assert len(own) == len(set(own))
    for one in joined:
        claimed = {address for claim in one.claims for address in claim.addresses}
        assert one.addresses | one.disputed == claimed and not one.addresses & one.disputed


@MANY
@given(worlds, listings)
def test_two_nodes_are_never_one_document_and_one_node_never_two(world, listed) -> None:
    joined = join_addresses(world, listed)
    nodes = [{claim.node_id for claim in one.claims} - {None} for one in joined]
    assert all(len(shown) < 2 for shown in nodes)
    alone = [node for shown in nodes for node in shown]
    assert len(alone) == len(set(alone))


@MANY
@given(worlds, listings)
@example([SLUG, NODE, OLD], {})
def test_what_nothing_contradicts_is_the_union_of_what_shares_an_address(world, listed) -> None:
    joined = join_addresses(world, listed)
    for group in components(set(world)):
        if is_clear(group, listed):
            (one,) = [one for one in joined if one.claims == group]
            assert one.addresses == {address for claim in group for address in claim.addresses}
            assert one.against is None


@MANY
@given(worlds, listings)
def test_what_contradicts_itself_says_so(world, listed) -> None:
    for one in join_addresses(world, listed):
        group = next(group for group in components(set(world)) if one.claims <= group)
        if one.against is None:
            assert one.claims == group
            assert len({claim.record_id for claim in group} - {None}) < 2
        else:
            assert not is_clear(group, listed)


def test_three_eras_of_one_document_are_one() -> None:
    assert paths(join_addresses([OLD, NODE, SLUG])) == [["/document/116123", "/document/a", "/node/5"]]


def test_a_slug_that_went_to_another_node_is_neither_ones() -> None:
    first = page("/document/a", "/node/5", node="5")
    then = page("/document/a", "/node/9", node="9")
    joined = join_addresses([first, then])
    assert paths(joined) == [["/node/5"], ["/node/9"]]
    assert {one.against for one in joined} == {"they show the nodes 5, 9"}


def test_a_number_that_is_one_documents_slug_and_anothers_record_id_is_the_slug() -> None:
    named = page("/document/a", "/node/5", "/document/1979", node="5", record="1979")
    slug = page("/document/1979", "/node/9", "/document/116123", node="9", record="116123")
    assert paths(join_addresses([named, slug])) == [
        ["/document/116123", "/document/1979", "/node/9"], ["/document/a", "/node/5"]
    ]  # fmt: skip


def test_a_record_id_that_the_listing_shows_as_another_row_is_not_the_documents() -> None:
    """The page names /document/1979 by its record id; the row is another document's, whose slug that is."""
    named = page("/document/a", "/node/5", "/document/1979", node="5", record="1979")
    (one,) = join_addresses([named], rows(["/document/a", "/document/1979"]))
    assert paths([one]) == [["/document/a", "/node/5"]] and one.disputed == {f"{HOST}/document/1979"}
    assert one.against == f"a listing shows in different rows {HOST}/document/1979, {HOST}/document/a"


def test_two_rows_of_different_walks_are_no_evidence() -> None:
    assert len(join_addresses([SLUG, OLD], rows(["/document/a"], ["/document/116123"]))) == 1


def test_two_rows_are_two_documents_though_their_pages_show_one_record_id() -> None:
    first, other = page("/document/a", "/document/116123"), page("/document/b", "/document/116123")
    assert paths(join_addresses([first, other], rows(["/document/a", "/document/b"]))) == [
        ["/document/a"], ["/document/b"]
    ]  # fmt: skip


def test_two_rows_whose_pages_show_one_node_are_one_document() -> None:
    first, other = page("/document/a", node="5"), page("/document/b", node="5")
    (one,) = join_addresses([first, other], rows(["/document/a", "/document/b"]))
    assert paths([one]) == [["/document/a", "/document/b"]] and one.against is None


@pytest.mark.parametrize("node", ["5", None])
def test_two_rows_of_which_one_leads_to_the_other_are_two(node: str | None) -> None:
    """An archive may lead from a record that is gone to another, while its listings still show both."""
    led = page("/document/a", node=node, led=["/document/b"])
    assert paths(join_addresses([led], rows(["/document/a", "/document/b"]))) == [["/document/a"]]
    assert paths(join_addresses([led], rows(["/document/a"], ["/document/b"]))) == [["/document/a", "/document/b"]]


def test_pages_of_one_address_stay_together_where_others_contradict_each_other() -> None:
    again = page("/document/116123", "/node/5", "/node/9", record="116123")  # a page that leads two ways
    other = page("/document/b", "/node/9", node="9")
    joined = join_addresses([OLD, again, SLUG, other])
    assert paths(joined) == [["/document/116123"], ["/document/a"], ["/document/b"]]
    assert {OLD, again} in [one.claims for one in joined]


def test_a_page_without_a_node_goes_with_the_one_node_that_its_address_shows() -> None:
    plain, other = page("/document/a"), page("/document/b", "/document/116123", node="9")
    joined = join_addresses([plain, SLUG, other])
    assert {plain, SLUG} in [one.claims for one in joined]


def test_a_page_without_a_node_goes_with_neither_of_two_that_its_address_shows() -> None:
    plain, other = page("/document/a"), page("/document/a", node="9")
    joined = join_addresses([plain, page("/document/a", record="1"), SLUG, other])
    assert sorted(len(one.claims) for one in joined) == [1, 1, 1, 1]


def test_pages_of_one_address_and_two_record_ids_are_two() -> None:
    joined = join_addresses([page("/document/a", record=record) for record in ("1", "2")])
    assert paths(joined) == [[], []] and sorted(one.mark for one in joined) == ["record 1", "record 2"]


def test_an_address_that_led_to_one_document_and_is_anothers_own_is_neither_ones() -> None:
    """It changed hands, and nobody knows on which side of that a listing is."""
    led = page("/document/b", "/node/9", node="9", led=["/document/a"])
    assert paths(join_addresses([SLUG, led])) == [["/document/116123", "/node/5"], ["/document/b", "/node/9"]]


def test_a_thousand_pages_that_all_claim_one_address_are_divided_in_no_time() -> None:
    world = [page(f"/document/x{i}", "/document/a", node=str(i)) for i in range(3000)]
    listed = rows([f"/document/x{i}" for i in range(3000)])
    joined = join_addresses(world, listed)
    assert len(joined) == 3000
    assert str(joined[0].against).startswith("they show the nodes 0, 1, 10, 100, 1000, 1001 and 2994 more; ")
