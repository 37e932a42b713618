"""One document under three addresses over the years is one record, whichever capture came first."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count, permutations
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.captures import Capture
from harvester.dataset.publish import publish
from harvester.dataset.verify import verify
from harvester.identity import linked_id, linkless_id
from harvester.items import Counter, Document, Entry, Reading
from harvester.ledger import Ledger, Projection, WalkKey
from harvester.sites import find_site

WILSON = find_site("wilson")
HOST = "https://digitalarchive.wilsoncenter.org"
SLUG, NODE, OLD = (f"{HOST}{path}" for path in ("/document/letter-zhou", "/node/177", "/document/116123"))
ALL = (SLUG, NODE, OLD)
NEW = Document(SLUG, "Letter", "June 5, 1958", "Of a visit.", "new", ALL, record_id="116123", node_id="177")
OF_2018 = Document(OLD, "Letter", "June 5, 1958", "Of a visit.", "old", (OLD,), record_id="116123")


@dataclass(frozen=True)
class Page:
    """A document's page as it was captured somewhere, in some year; `asked` led there."""

    document: Document
    at: str
    year: int | None
    asked: tuple[str, ...] = ()

    def keep(self, ledger: Ledger, run: int) -> None:
        when = f"{self.year}-01-01T00:00:00Z" if self.year else None
        body = f"<html>{self.at} {self.document!r}".encode()
        capture = Capture(body, url=self.at, captured_at=when, file="a.warc", offset=self.year)
        ledger.add_document(run, capture, self.document, self.asked)


@dataclass(frozen=True)
class Listing:
    """A page of a listing, by default as a text extract has it: without links."""

    entries: tuple[Entry, ...]
    body: bytes = b"text"
    scope: str = ""

    def keep(self, ledger: Ledger, run: int) -> None:
        rows = len(self.entries)
        capture = Capture(self.body + repr(self.entries).encode(), file=f"page{self.scope}")
        reading = Reading(Counter(1, rows, rows), self.entries, None, "test")
        key = WalkKey("captured", "/search", None, scope=self.scope)
        ledger.add_page(run, key, None, capture, reading)


SLUG_PAGE, NODE_PAGE, OLD_PAGE = Page(NEW, SLUG, 2024), Page(NEW, NODE, 2023), Page(OF_2018, OLD, 2018)
LINKED = Listing((Entry("June 5, 1958", "Letter", "Of a visit.", SLUG, ""),), b"<html>")
OLD_LINKED = Listing((Entry("June 5, 1958", "Letter", None, OLD, ""),), b"<html>", "old")
LINKLESS = Listing((Entry("June 5, 1958", "Letter", "Of a visit.", None, ""),))

Kept = Page | Listing
Fill = Callable[[Iterable[Sequence[Kept]]], Path]


def fill_folder(folder: Path, runs: Iterable[Sequence[Kept]]) -> Path:
    """Make a dataset of some runs, publishing after each."""
    ledger = Ledger(folder, "wilson")
    for number, kept in enumerate(runs):
        run = ledger.begin_run("replay", f"2026-01-01T00:00:0{number}Z", "")
        for one in kept:
            one.keep(ledger, run)
        publish(ledger, WILSON)
    ledger.close()
    return folder


@pytest.fixture
def fill(tmp_path: Path) -> Fill:
    """Return a function that makes a dataset of some runs; it is new each time."""
    numbers = count()
    return lambda runs: fill_folder(tmp_path / f"d{next(numbers)}", runs)


def lines(folder: Path, name: str) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in (folder / f"{name}.jsonl").read_bytes().splitlines()]


@pytest.mark.parametrize(
    "beside", [(), (LINKED,), (OLD_LINKED,), (LINKLESS,), (LINKED, OLD_LINKED, LINKLESS)],
    ids=["alone", "listed", "listed-by-its-old-address", "listed-without-a-link", "listed-by-all"],
)  # fmt: skip
def test_pages_at_three_addresses_are_one_record_in_whatever_order_they_come(
    fill: Fill, beside: tuple[Kept, ...]
) -> None:
    first = fill([[SLUG_PAGE, NODE_PAGE, OLD_PAGE, *beside]])
    assert [record["id"] for record in lines(first, "records")] == [linked_id("wilson", SLUG)]
    (document,) = lines(first, "documents")
    assert (document["url"], document["aliases"]) == (SLUG, [OLD, NODE])
    assert verify(first)[0].faults == []
    for order in permutations([SLUG_PAGE, NODE_PAGE, OLD_PAGE]):
        for runs in ([[*order, *beside]], [[*beside, *order]], [[one] for one in (*order, *beside)]):
            again = fill(runs)
            for name in ("records.jsonl", "documents.jsonl"):
                assert (again / name).read_bytes() == (first / name).read_bytes()


def test_any_one_page_leads_the_old_listing_to_the_record(fill: Fill) -> None:
    """Of what era the listing is that shows it makes no difference."""
    for page in (SLUG_PAGE, NODE_PAGE):
        folder = fill([[OLD_LINKED, page]])
        (record,), (told,) = lines(folder, "records"), lines(folder, "provenance")
        assert (record["url"], record["summary"]) == (SLUG, None)
        assert [capture["matched_by"] for capture in told["captures"]] == ["alias", "address"]


def test_the_ids_that_are_given_up_are_kept(fill: Fill) -> None:
    folder = fill([[OLD_LINKED], [LINKLESS], [SLUG_PAGE, OLD_PAGE]])
    (told,) = lines(folder, "provenance")
    assert told["id"] == linked_id("wilson", SLUG)
    assert told["merged"] == sorted([linked_id("wilson", OLD), linkless_id("wilson", "June 5, 1958", "Letter")])
    assert [capture["matched_by"] for capture in told["captures"]] == ["date and title", "alias", "address", "address"]
    (told,) = lines(fill([[SLUG_PAGE, LINKED]]), "provenance")
    assert told["merged"] == []


def test_a_record_id_alone_is_the_record_until_a_page_says_more(fill: Fill) -> None:
    (record,) = lines(fill([[OLD_LINKED, OLD_PAGE]]), "records")
    assert (record["url"], record["id"]) == (OLD, linked_id("wilson", OLD))


def test_addresses_of_files_are_the_documents(fill: Fill) -> None:
    for ending in (".pdf?v=1b2", ".ris", ".pdf"):
        entry = Entry("June 5, 1958", "Letter", None, WILSON.document_url(f"{OLD}{ending}"), "")
        assert [record["url"] for record in lines(fill([[Listing((entry,), b"<html>"), SLUG_PAGE]]), "records")] == [
            SLUG
        ]


def test_an_address_that_leads_to_the_page_is_one_of_its_own(fill: Fill) -> None:
    renamed = f"{HOST}/document/letter"
    led = replace(SLUG_PAGE, asked=(f"{renamed}?x=1",))
    entry = Entry("June 5, 1958", "Letter", None, renamed, "")
    folder = fill([[led, Listing((entry,), b"<html>")]])
    assert lines(folder, "documents")[0]["aliases"] == [OLD, renamed, NODE]
    assert [record["url"] for record in lines(folder, "records")] == [SLUG]


def test_the_address_at_which_a_page_was_had_is_one_of_its_own(fill: Fill) -> None:
    plain = replace(NEW, addresses=(SLUG,))
    (document,) = lines(fill([[Page(plain, f"{NODE}?x=1", 2024)]]), "documents")
    assert document["aliases"] == [NODE]


def test_what_led_to_a_page_that_is_held_is_learnt_by_another_replay(fill: Fill) -> None:
    led = replace(SLUG_PAGE, asked=(f"{HOST}/document/letter",))
    both = [fill(runs) for runs in ([[led]], [[SLUG_PAGE], [led]], [[led], [SLUG_PAGE]])]
    assert len({(folder / "documents.jsonl").read_bytes() for folder in both}) == 1


def test_of_two_slugs_the_newest_pages_own_is_the_address(fill: Fill) -> None:
    renamed = replace(NEW, url=f"{HOST}/document/a-letter-zhou", addresses=(f"{HOST}/document/a-letter-zhou", NODE))
    pages = [SLUG_PAGE, Page(renamed, NODE, 2025)]
    assert {lines(fill([order]), "records")[0]["url"] for order in (pages, pages[::-1])} == {renamed.url}
    pages = [SLUG_PAGE, Page(renamed, NODE, 2019)]
    assert {lines(fill([order]), "records")[0]["url"] for order in (pages, pages[::-1])} == {SLUG}


def test_an_older_capture_that_comes_later_makes_no_address_older(fill: Fill) -> None:
    renamed = replace(NEW, url=f"{HOST}/document/a-letter-zhou", addresses=(f"{HOST}/document/a-letter-zhou", NODE))
    pages = [replace(SLUG_PAGE, year=2025), replace(SLUG_PAGE, year=2019), Page(renamed, NODE, 2022)]
    assert {lines(fill([order]), "records")[0]["url"] for order in permutations(pages)} == {SLUG}


def test_of_two_slugs_at_an_unknown_time_the_least_is_the_address(fill: Fill) -> None:
    renamed = replace(NEW, url=f"{HOST}/document/zhou", addresses=(f"{HOST}/document/zhou", NODE))
    pages = [Page(NEW, SLUG, None), Page(renamed, renamed.url, None)]
    assert {lines(fill([order]), "records")[0]["url"] for order in (pages, pages[::-1])} == {SLUG}


def test_the_newest_page_gives_the_document_whole(fill: Fill) -> None:
    older = Page(replace(NEW, rights="None known.", people=()), SLUG, 2020)
    (document,) = lines(fill([[SLUG_PAGE, older]]), "documents")
    assert document["rights"] is None


def test_a_listing_gives_the_record_before_a_newer_page(fill: Fill) -> None:
    page = Page(replace(NEW, title="Letter, revised", date_text="June 1958", summary=None), SLUG, 2025)
    folder = fill([[LINKED, page]])
    (record,), (document,) = lines(folder, "records"), lines(folder, "documents")
    assert (record["title"], record["date"], document["title"]) == ("Letter", "1958-06-05", "Letter, revised")
    assert document["differs"] == [
        {"field": "title", "listing": "Letter", "document": "Letter, revised"},
        {"field": "date", "listing": "June 5, 1958", "document": "June 1958"},
    ]


def test_a_text_extract_never_hides_what_the_page_has(fill: Fill) -> None:
    """A listing's extract has no link, and may have lost the summary; the page is the better medium."""
    poor = Listing((Entry("June 5, 1958", "Letter", None, None, ""),))
    for runs in ([[poor, SLUG_PAGE]], [[SLUG_PAGE], [poor]]):
        folder = fill(runs)
        (record,) = lines(folder, "records")
        assert (record["url"], record["summary"], record["listings"]) == (SLUG, "Of a visit.", ["/search"])
        assert verify(folder)[0].faults == []


@pytest.mark.parametrize(
    ("listed", "said", "fields"),
    [
        (("5 June 1958", "Letter"), ("June 5, 1958", "Letter"), []),
        (("June 5, 1958", "Letter  of\u00a01958"), ("June 5, 1958", "Letter of 1958"), []),
        ((None, "Letter"), (None, "Letter"), []),
        ((None, "Letter"), ("June 5, 1958", "Letter"), ["date"]),
        (("June 5, 1958", "Letter"), (None, "Letter"), ["date"]),
        (("June 5, 1958", "letter"), ("June 5, 1958", "Letter"), ["title"]),
    ],
    ids=["printed-otherwise", "spaced-otherwise", "both-undated", "undated-here", "undated-there", "other-case"],
)  # fmt: skip
def test_what_a_listing_and_a_page_disagree_about(fill: Fill, listed: Any, said: Any, fields: list[str]) -> None:
    entry = Entry(listed[0], listed[1], None, SLUG, "")
    page = Page(replace(NEW, date_text=said[0], title=said[1]), SLUG, 2024)
    (document,) = lines(fill([[Listing((entry,), b"<html>"), page]]), "documents")
    assert [difference["field"] for difference in document["differs"]] == fields


def test_a_page_of_which_no_listing_tells_differs_from_nothing(fill: Fill) -> None:
    assert lines(fill([[SLUG_PAGE]]), "documents")[0]["differs"] == []


def test_pages_that_contradict_each_other_stay_apart_and_are_told(fill: Fill) -> None:
    """The slug went to another node; which of both the listing means cannot be told."""
    other = replace(NEW, node_id="9", record_id="5", addresses=(SLUG, f"{HOST}/node/9"))
    folder = fill([[LINKED, SLUG_PAGE, Page(other, SLUG, 2025)]])
    assert sorted(record["url"] for record in lines(folder, "records")) == sorted([SLUG, OLD, f"{HOST}/node/9"])
    rejects = lines(folder, "rejects")
    assert [(reject["reason"], reject["url"], reject["text"]) for reject in rejects] == [
        ("addresses-contradict", OLD, SLUG), ("addresses-contradict", f"{HOST}/node/9", SLUG)
    ]  # fmt: skip
    assert "the nodes 177, 9; they show the record ids 116123, 5" in rejects[0]["message"]
    assert all(told["merged"] == [] for told in lines(folder, "provenance"))
    assert verify(folder)[0].faults == []


def test_pages_of_two_documents_with_no_address_of_their_own_stay_two(fill: Fill) -> None:
    pages = [Page(replace(NEW, node_id=node, record_id=None, addresses=(SLUG,)), SLUG, 2024) for node in ("1", "2")]
    folder = fill([pages])
    records = lines(folder, "records")
    assert len({record["id"] for record in records} | {linked_id("wilson", SLUG)}) == 3
    assert len(lines(folder, "documents")) == 2


def test_what_the_listing_shows_apart_is_not_joined_by_a_record_id(fill: Fill) -> None:
    rows = Entry("June 5, 1958", "Letter", None, SLUG, ""), Entry("1979", "1979", None, OLD, "")
    folder = fill([[Listing(rows, b"<html>"), SLUG_PAGE]])
    assert sorted(record["url"] for record in lines(folder, "records")) == [OLD, SLUG]
    assert [reject["reason"] for reject in lines(folder, "rejects")] == ["addresses-contradict"]


def test_two_rows_of_one_node_are_one_record_and_a_duplicate(fill: Fill) -> None:
    twin = f"{HOST}/document/letter-zhou-0"
    rows = Entry("June 5, 1958", "Letter", None, SLUG, ""), Entry("June 5, 1958", "Letter", None, twin, "")
    pages = SLUG_PAGE, Page(replace(NEW, url=twin, addresses=(twin, NODE)), twin, 2023)
    folder = fill([[Listing(rows, b"<html>"), *pages]])
    (record,) = lines(folder, "records")
    coverage = orjson.loads((folder / "coverage.json").read_bytes())["listings"][0]
    assert coverage["duplicates"] == [{"id": record["id"], "positions": [1, 2]}]


def test_an_entry_without_a_link_joins_a_document_that_no_listing_links_to(fill: Fill) -> None:
    (told,) = lines(fill([[LINKLESS, SLUG_PAGE]]), "provenance")
    assert [capture["matched_by"] for capture in told["captures"]] == ["date and title", "address"]


def test_a_page_of_another_title_than_its_listing_breaks_no_joining(fill: Fill) -> None:
    """The page of one record has the title that another's listing shows: the entry without a link is the other's."""
    other = Page(Document(f"{HOST}/document/b", "Letter", "June 5, 1958", None, "new"), f"{HOST}/document/b", 2024)
    listed = Listing((*LINKED.entries, Entry("June 5, 1958", "Letter to X", None, f"{HOST}/document/b", "")), b"<html>")
    told = {line["id"]: line for line in lines(fill([[LINKLESS, listed, other]]), "provenance")}
    assert len(told) == 2
    assert "date and title" in [capture["matched_by"] for capture in told[linked_id("wilson", SLUG)]["captures"]]


def test_an_entry_joins_by_the_title_of_a_page_whose_listing_shows_another(fill: Fill) -> None:
    page = Page(replace(NEW, title="Letter to X"), SLUG, 2024)
    entry = Entry("June 5, 1958", "Letter to X", None, None, "")
    assert len(lines(fill([[LINKED, page, Listing((entry,), scope="texts")]]), "records")) == 1


def test_but_not_where_its_own_walk_shows_that_record_in_another_row(fill: Fill) -> None:
    page = Page(replace(NEW, title="Letter to X"), SLUG, 2024)
    rows = (*LINKED.entries, Entry("June 5, 1958", "Letter to X", None, None, ""))
    assert len(lines(fill([[page, Listing(rows, b"<html>")]]), "records")) == 2
    unlinked = tuple(replace(entry, url=None) for entry in rows)
    assert len(lines(fill([[page, LINKED, Listing(unlinked, scope="texts")]]), "records")) == 2


def test_a_record_has_its_address_whichever_of_its_entries_gives_it(fill: Fill) -> None:
    """An HTML listing without links is the better medium than the extract that has them."""
    plain, linked = replace(LINKLESS, body=b"<html>"), replace(LINKED, body=b"text", scope="text")
    folder = fill([[plain, linked]])
    (record,) = lines(folder, "records")
    assert (record["id"], record["url"]) == (linked_id("wilson", SLUG), SLUG)
    assert verify(folder)[0].faults == []


def test_two_documents_of_one_date_and_title_leave_an_entry_alone(fill: Fill) -> None:
    other = Page(Document(f"{HOST}/document/b", "Letter", "June 5, 1958", None, "new"), f"{HOST}/document/b", 2024)
    assert len(lines(fill([[LINKLESS, SLUG_PAGE, other]]), "records")) == 3
    assert len(lines(fill([[LINKLESS, LINKED, other]]), "records")) == 3


def test_a_document_is_no_row_of_a_listing(fill: Fill) -> None:
    folder = fill([[LINKED, SLUG_PAGE]])
    (listing,) = orjson.loads((folder / "coverage.json").read_bytes())["listings"]
    assert (listing["rows"], listing["records"], listing["duplicates"]) == (1, 1, [])
    assert lines(folder, "records")[0]["listings"] == ["/search"]


def test_reading_the_ledger_twice_says_the_same(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "d", "wilson")
    run = ledger.begin_run("replay", "2026-01-01T00:00:00Z", "")
    for one in (OLD_LINKED, LINKLESS, SLUG_PAGE, OLD_PAGE):
        one.keep(ledger, run)
    first, again = Projection(ledger, WILSON), Projection(ledger, WILSON)
    assert list(again.records()) == list(first.records())
    assert list(again.documents()) == list(first.documents())
    ledger.close()


RENAMED = f"{HOST}/document/a-letter"
ANY: list[Kept] = [
    SLUG_PAGE, NODE_PAGE, OLD_PAGE, LINKED, OLD_LINKED, LINKLESS,
    replace(SLUG_PAGE, asked=(RENAMED,)),
    Page(replace(NEW, url=RENAMED, addresses=(RENAMED, NODE)), NODE, 2025),
    Page(replace(NEW, node_id="9", record_id="5", addresses=(SLUG, f"{HOST}/node/9")), SLUG, 2022),
    Page(replace(NEW, node_id=None, addresses=(SLUG,), title="Letter, revised"), SLUG, None),
    Page(replace(OF_2018, title="Letter, revised"), OLD, None),
    Listing((*LINKED.entries, Entry("1979", "1979", None, OLD, "")), b"<html>", "apart"),
    Listing((*LINKLESS.entries, Entry("June 5, 1958", "Letter, revised", None, None, "")), scope="extract"),
    Listing((Entry("June 5, 1958", "Letter", "Of a visit.", RENAMED, ""),), b"<html>", "renamed"),
]  # fmt: skip


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(range(len(ANY))), min_size=2, max_size=8, unique=True), st.data())
def test_whatever_was_captured_says_the_same_in_any_order_and_in_any_number_of_runs(
    tmp_path_factory: pytest.TempPathFactory, chosen: list[int], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("d")
    first = fill_folder(folder / "first", [[ANY[i] for i in sorted(chosen)]])
    order = [ANY[i] for i in data.draw(st.permutations(chosen))]
    cut = data.draw(st.integers(0, len(order)))
    again = fill_folder(folder / "again", [order[:cut], order[cut:]])
    for name in ("records.jsonl", "documents.jsonl", "rejects.jsonl"):
        said = [path.read_bytes() if path.exists() else b"" for path in (first / name, again / name)]
        assert said[0] == said[1]
    assert verify(again)[0].faults == []
