"""The sample archive itself: its records, its pages as HTML and as text, its reading of queries."""

import ast
import hashlib
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from parsel import Selector

import harvester.sample
from harvester.sample import Archive, render_listing, render_text

SEED_PAGE = [
    ("June 5, 1958", "Report, Peng Dehuai to Mao Zedong and the CCP Central Committee (Excerpt)"),
    ("September 15, 1959", "Mikihail Zimyanin's Background Report for Khrushchev on China (Excerpt)"),
    ("July 22, 1958", "Minutes of Conversation, Mao Zedong and Ambassador Yudin"),
    (
        "July 18, 1960",
        "Letter, Khrushchev to the Central Committee of The Socialist Unity Party of Germany, "
        "regarding Soviet Specialists in China",
    ),
    (
        "October 2, 1957",
        "Meeting of the Representatives of the Chinese Delegation at the Ministry of Defense Industry",
    ),
    (
        "September 25, 1957",
        "Meeting of the Ministry of Defense Industry with Representatives of the Chinese Delegation",
    ),
    (
        "September 23, 1957",
        "Report on Meetings Between Chinese and Soviet Representatives on Rocket Production",
    ),
    (
        "September 11, 1957",
        "Protocol No. 1 of the Joint Meeting of the Delegations of the Soviet Ministry of Defense Industry "
        "and Representatives of the Chinese People’s Republic",
    ),
    (
        "April 2, 1957",
        "Letter, to the Deputy Chair of the Soviet of Ministers, M.G. Pervukhin, Regarding Radio Technology",
    ),
    ("November 26, 1956", "Letter, Boris Polevoi to the CC CPSU, Mistakes Regarding Social Ties with China"),
]


@pytest.fixture(scope="module")
def archive() -> Archive:
    return Archive()


@pytest.fixture(scope="module")
def large() -> Archive:
    return Archive(2000)


def read_counter(page: str) -> str | None:
    return Selector(page).css("main .counter::text").get()


def read_rows(page: str) -> list[tuple[str, str, tuple[str, ...], str]]:
    return [
        (
            cell.css(".date::text").get(""),
            "\n".join(text.strip() for text in cell.css("h3 a span::text").getall()),
            tuple("".join(p.css("::text").getall()) for p in cell.css(".summary p")),
            cell.css("h3 a").attrib["href"],
        )
        for cell in Selector(page).css("main table.table.table-hover.table-striped td.document.contextual-region")
    ]


def show_rows(archive: Archive, query: str) -> list[tuple[str, str, tuple[str, ...], str]]:
    return [(r.date, r.title, r.summary, r.path) for r in archive.listing(query).records]


# The records


def test_page_8_of_103_is_the_seed_page(archive):
    page = render_listing(archive, "page=7")
    assert read_counter(page) == "71 - 80 of 103"
    assert [row[:2] for row in read_rows(page)] == SEED_PAGE


@pytest.mark.parametrize("seed", [2, 3])
def test_the_seed_page_is_the_same_under_any_seed_and_all_else_is_not(archive, seed):
    other = Archive(seed=seed)
    assert [row[:2] for row in read_rows(render_listing(other, "page=7"))] == SEED_PAGE
    assert read_rows(render_listing(other, "page=6")) != read_rows(render_listing(archive, "page=6"))


@pytest.mark.parametrize("records", [0, 1, 9, 10, 11, 79, 80, 81, 104])
def test_an_archive_of_any_size_has_that_many_records(records):
    archive = Archive(records)
    assert len(archive.records) == archive.listing().total == records
    titles = {record.title for record in archive.records}
    assert len(titles & {title for _, title in SEED_PAGE}) == min(records, 10)


def test_no_two_records_share_an_address_an_id_or_date_and_title(large):
    records = large.records
    for name in ("node", "record_id", "slug", "key", "created"):
        assert len({getattr(record, name) for record in records}) == len(records)
    assert [r.created for r in records] == sorted(r.created for r in records)


def test_dates_have_the_sites_shapes_in_its_shares(large):
    shapes = Counter(re.sub(r"[A-Z][a-z]+", "M", re.sub(r"\d+", "9", record.date)) for record in large.records)
    assert set(shapes) == {"M 9, 9", "M 9", "9", ""}
    assert shapes["M 9, 9"] / 2000 == pytest.approx(0.85, abs=0.01)
    assert shapes[""] > 20


def test_titles_have_the_sites_shapes_in_its_shares(large):
    titles = [record.title for record in large.records]
    letters = sum(any(ord(c) > 127 and c.isalpha() for c in title) for title in titles)
    quoted = sum(bool(re.search(r", ['‘]On .*['’]$", title)) for title in titles)
    brackets = sum("[" in title for title in titles)
    assert letters / 2000 == pytest.approx(0.16, abs=0.01)
    assert quoted / 2000 == pytest.approx(0.28, abs=0.01)
    assert brackets / 2000 == pytest.approx(0.06, abs=0.01)
    assert any(title.startswith("[") for title in titles)
    assert any(title.endswith(".") for title in titles)
    assert sum(bool(re.search(r", ['‘]On [^'’]*$", title)) for title in titles) == 2


def test_some_titles_recur_up_to_five_times_with_a_slug_of_their_own(large):
    title, times = Counter(record.title for record in large.records).most_common(1)[0]
    assert times == 5
    slugs = sorted(record.slug for record in large.records if record.title == title)
    assert [slug.removeprefix(slugs[0]) for slug in slugs] == ["", "-0", "-1", "-2", "-3"]


def test_even_a_small_archive_has_every_oddity(archive):
    records = archive.records
    assert {not r.date for r in records} == {len(r.summary) == 0 for r in records} == {True, False}
    assert any(len(r.summary) > 1 for r in records)
    assert len({r.title for r in records}) < len(records)
    assert {r.node % 2 for r in records if not r.date} == {0, 1}


def test_years_that_are_dropped_make_no_two_records_one(large):
    keys = ["" if record.date.isdecimal() else record.date for record in large.records]
    assert len({(key, r.title) for key, r in zip(keys, large.records, strict=True)}) == len(keys)


# The pages


@pytest.mark.parametrize(
    ("records", "query", "counter"),
    [
        (103, "", "1 - 10 of 103"),
        (103, "page=10", "101 - 103 of 103"),
        (103, "page=4&items_per_page=25", "101 - 103 of 103"),
        (103, "items_per_page=100", "1 - 100 of 103"),
        (103, "page=1&items_per_page=100", "101 - 103 of 103"),
        (103, "items_per_page=50", "1 - 10 of 103"),
        (103, "items_per_page=025", "1 - 10 of 103"),
        (5, "", "1 - 5 of 5"),
        (1, "", "1 - 1 of 1"),
        (20, "page=1", "11 - 20 of 20"),
        (1105, "page=100", "1001 - 1010 of 1105"),
    ],
)
def test_counter(records, query, counter):
    assert read_counter(render_listing(Archive(records), query)) == counter


@pytest.mark.parametrize("size", [10, 25, 100])
def test_pages_of_any_size_show_each_record_once_in_order(archive, size):
    pages = archive.listing(f"items_per_page={size}").pages
    shown = [row for n in range(pages) for row in read_rows(render_listing(archive, f"page={n}&items_per_page={size}"))]
    assert shown == [(r.date, r.title, r.summary, r.path) for r in archive.records[::-1]]


@pytest.mark.parametrize(("records", "query"), [(103, "page=11"), (20, "page=2"), (0, ""), (103, "page=" + "9" * 5000)])
def test_beyond_the_last_page_there_is_neither_counter_nor_table(records, query):
    page = Selector(render_listing(Archive(records), query))
    assert page.css(".counter, main table, nav.pager").getall() == []
    assert page.css("main .view-empty p::text").get() == "There are no results for this search."


def test_a_server_may_honour_fewer_sizes():
    archive = Archive(honoured_sizes=(10, 25))
    assert archive.listing("items_per_page=100").counter == "1 - 10 of 103"
    assert archive.listing("items_per_page=25").counter == "1 - 25 of 103"


def test_the_page_is_as_large_as_the_sites_and_full_of_decoys(archive):
    page = Selector(render_listing(archive, "page=7"))
    assert 50_000 < len(page.get()) < 66_000
    menu = page.css("header nav.mega-menu")
    assert 22_000 < len(menu.get()) < 26_000
    assert menu.css('a[href^="/document/"]') and menu.css(".title") and menu.css(".detail")
    assert re.search(r"\b1[89]\d\d-(19|20)\d\d\b", menu.get())
    assert len(page.css("main td.document")) == 10
    assert len(page.css('main td.document a[href^="/document/"]')) == 20
    assert page.css("main aside") and page.css("main form") and page.css("footer a")


def test_undated_rows_have_an_empty_date_element_or_none(archive):
    pages = [Selector(render_listing(archive, f"page={n}")) for n in range(11)]
    dates = [cell.css(".date").xpath("string()").getall() for page in pages for cell in page.css("td.document")]
    assert [] in dates
    assert [""] in dates


def test_markup_in_titles_is_escaped_and_a_line_end_is_a_hard_break():
    archive = Archive(0)
    archive.add('<b>A & "B"</b>\nwent on', "1979", ["x < y\nz"])
    page = render_listing(archive)
    assert read_rows(page)[0][:2] == ("1979", '<b>A & "B"</b>\nwent on')
    assert len(Selector(page).css("main h3 br")) == 1
    assert render_text(archive) == (
        'Skip to content\n\nResults:\n\n1 - 1 of 1\n\nDocuments\n\n1979\n\n<b>A & "B"</b>\nwent on\n\nx < y\nz'
    )


def test_the_pager_keeps_the_query(archive):
    page = Selector(render_listing(archive, "page=1&sort_bef_combine=created_ASC&x=%C3%A9&f%5B5%5D=languages:84000"))
    pager = page.css("nav.pager")
    assert pager.css("h4::text").get() == "Pagination"
    href = pager.css('a[rel="next"]').attrib["href"]
    assert href == "?sort_bef_combine=created_ASC&x=%C3%A9&f%5B5%5D=languages%3A84000&page=2"
    assert pager.css(".pager__item--first, .pager__item--previous, .pager__item--last").getall().__len__() == 3


def test_pager_links_lead_through_all_pages(archive):
    query, counters = "items_per_page=25", []
    while True:
        page = Selector(render_listing(archive, query))
        counters.append(page.css(".counter::text").get())
        following = page.css('nav.pager a[rel="next"]')
        if not following:
            break
        query = following.attrib["href"].removeprefix("?")
    assert counters == [f"{n} - {min(103, n + 24)} of 103" for n in (1, 26, 51, 76, 101)]


def test_facets_tell_how_many_records_their_links_give(archive):
    query = "f[0]=languages:84000&page=1"
    items = Selector(render_listing(archive, query)).css("aside .facet-item")
    assert len(items) > 20
    for item in items[::5]:
        number = int(item.css(".facet-item__count::text").get().strip("()"))
        narrowed = archive.listing(item.css("a").attrib["href"].partition("?")[2])
        assert narrowed.total == number or item.css(".facet-item__status")


def test_text_form_a(archive):
    text = render_text(archive, "page=7")
    blocks = text.split("\n\n")
    assert blocks[:5] == ["Skip to content", "Results:", "71 - 80 of 103", "Documents", "June 5, 1958"]
    assert blocks[-1] == "Pagination"
    assert len(blocks) == 5 + 30


def test_text_form_b_drops_short_lines():
    archive = Archive(0)
    archive.add("A title", "1979", ["One.", "Two."])
    archive.add("Another title", "December 1954")
    assert render_text(archive, form="B") == "1 - 2 of 2\n\nDecember 1954\n\nAnother title\n\nA title\n\nOne.\n\nTwo."


def test_text_beyond_the_last_page(archive):
    nothing = "There are no results for this search."
    assert render_text(archive, "page=11") == f"Skip to content\n\nResults:\n\n{nothing}"
    assert render_text(archive, "page=11", "B") == nothing


# The queries


@pytest.mark.parametrize(
    "query",
    [
        "page=7",
        "?page=7",
        "page=3&page=7",
        "&&page=7&&",
        "p%61ge=7",
        "page=%37",
        "page=+7",
        "page=7,0",
        "page=7x",
        "page=7&items_per_page=10",
        "page=7&items_per_page=",
        "page=7&sort_bef_combine=created_DESC",
        "page=7&sort_bef_combine=nonsense",
        "page=7&sort_by=created&sort_order=desc",
        "page=7&search_api_fulltext=",
        "page=7&search_api_fulltext=+",
        "page=7&f%255B0%255D=places%3A81000",
        "page=7&fo[0]=81000",
        "page=7&f=places:81000",
        "page=7&f[0]=nonsense",
        "page=7&f[0]=nonsense:81000",
        "page=7&utm_source=a;b",
    ],
)
def test_spellings_of_the_seed_page(archive, query):
    assert show_rows(archive, query) == show_rows(archive, "page=7")


@pytest.mark.parametrize("query", ["", "page=", "page=-3", "page=x", "page[]=7", "Page=7", "page=0"])
def test_spellings_of_the_first_page(archive, query):
    assert archive.listing(query).counter == "1 - 10 of 103"


def test_facets_are_intersected_however_they_are_written(archive):
    wanted = {"languages:84000", "places:81000"}
    expected = [r.path for r in archive.records[::-1] if wanted <= set(r.facets)]
    assert 0 < len(expected) < 40
    for query in (
        "f[0]=languages:84000&f[1]=places:81000",
        "f%5B7%5D=places%3A81000&f%5B2%5D=languages%3A84000",
        "f[]=places:81000&f[]=languages:84000",
        "f[0]=topics:1&f[0]=languages:84000&f[1]=places:81000&f[2]=places:81000",
    ):
        assert [r.path for r in archive.listing(query + "&items_per_page=100").records] == expected
    assert archive.listing("f[0]=places:1").total == 0


def test_full_text_wants_all_words_in_any_case(archive):
    titles = {record.title for record in archive.listing("search_api_fulltext=YUDIN+minutes").records}
    assert titles == {SEED_PAGE[2][1]}
    assert archive.listing("search_api_fulltext=flotilla").total == 1
    assert archive.listing("search_api_fulltext=Yudin%20Polevoi").total == 0


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("sort_bef_combine=field_document_date_unix_ASC", "date up"),
        ("sort_by=field_document_date_unix&sort_order=ASC", "date up"),
        ("sort_bef_combine=field_document_date_unix_DESC", "date down"),
        ("sort_by=field_document_date_unix", "date down"),
        ("sort_bef_combine=created_ASC", "created up"),
        ("sort_bef_combine=created_ASC&sort_by=field_document_date_unix&sort_order=ASC", "created up"),
    ],
)
def test_orders(archive, query, order):
    records = archive.listing(query + "&items_per_page=100").records
    if order == "created up":
        assert records == archive.records[:100]
        return
    years = [int(record.date[-4:] or 0) for record in records]
    assert years == sorted(years, reverse=order == "date down")
    assert len(set(years)) > 20


# Changes


def test_added_removed_and_changed_records_show_at_once():
    archive = Archive(12)
    last = archive.listing("page=1").records[-1]
    added = archive.add("Minutes of Conversation, Mao Zedong and Ambassador Yudin", "1979", facets=["places:81000"])
    assert added.slug == "minutes-conversation-mao-zedong-and-ambassador-yudin-0"
    assert archive.listing().records[0] == added
    assert archive.listing("page=1").counter == "11 - 13 of 13"
    assert archive.remove(last.node) == last
    assert last not in archive.listing("page=1").records
    changed = archive.change(added.node, title="New name", summary=["One."])
    assert (changed.slug, changed.date, changed.title, changed.summary) == (added.slug, "1979", "New name", ("One.",))
    assert read_rows(render_listing(archive))[0] == ("1979", "New name", ("One.",), added.path)
    assert archive.find_slug(added.slug) == archive.find_node(added.node) == changed
    with pytest.raises(KeyError):
        archive.remove(last.node)


# What makes it a witness


def test_the_same_bytes_whatever_the_hash_seed():
    script = (
        "import hashlib; from harvester.sample import *; a = Archive(300); h = hashlib.sha256()\n"
        "for n in range(3): h.update(render_listing(a, f'page={n}&f[0]=languages:84000').encode())\n"
        "h.update(repr(a.records).encode()); print(h.hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-W", "error", "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Kathmandu", "LC_ALL": locale},
            check=True,
            capture_output=True,
        ).stdout
        for seed, locale in (("0", "C"), ("4711", "C.UTF-8"))
    }
    assert len(digests) == 1


def test_it_is_the_same_archive_as_ever():
    # A new digest here means that everything that counts on the sample's records must be looked at again.
    digest = hashlib.sha256(repr(Archive().records).encode()).hexdigest()
    assert digest[:16] == "7437425cfbff0274"


def test_it_imports_nothing_from_the_rest_of_the_package():
    for path in Path(harvester.sample.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert not [n for n in names if n.startswith("harvester") and not n.startswith("harvester.sample")], path
            assert not (isinstance(node, ast.ImportFrom) and node.level), path
