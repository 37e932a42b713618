"""`harvest browse`: a dataset in a browser, read over HTTP as one does."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from browsing import HEBREW, MARKUP, Browsed, Page, browsing, publish_for_browsing
from conftest import Harvest, read_lines
from holding import begin, document, entry


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("browse") / "d"
    publish_for_browsing(made)
    return made


@pytest.fixture(scope="module")
def browsed(folder: Path) -> Iterator[Browsed]:
    with browsing(folder) as running:
        yield running


# ---- the list


def test_one_lands_on_the_records(browsed: Browsed, folder: Path) -> None:
    page = browsed.page("")
    assert urlsplit(page.url).path == "/archive/catalogue"
    records = read_lines(folder / "records.jsonl")
    assert page.texts("//p[@class='count']")[0].startswith(f"{len(records)} records")
    assert browsed.said.startswith(f"{len(records)} records at http://127.0.0.1:")


def test_all_records_stand_on_the_pages_of_the_list_once_in_the_order_of_time(browsed: Browsed, folder: Path) -> None:
    records = read_lines(folder / "records.jsonl")
    ids = [link.rsplit("/", 1)[1] for page in browsed.pages() for link in page.tree.xpath("//h2/a/@href")]
    assert sorted(ids) == [record["id"] for record in records]
    days = {record["id"]: record["date_earliest"] or record["date_latest"] or "9999" for record in records}
    assert [days[one] for one in ids] == sorted(days.values())
    newest = [link.rsplit("/", 1)[1] for page in browsed.pages(page_of("Newest first", browsed)) for link in
              page.tree.xpath("//h2/a/@href")]  # fmt: skip
    assert newest == ids[::-1]
    by_title = [title for page in browsed.pages(page_of("By title", browsed)) for title in page.titles]
    assert len(by_title) == len(records) and by_title.index("A plain letter") < by_title.index("Telegram on Berlin")


def page_of(order: str, browsed: Browsed) -> str:
    return browsed.page("archive/catalogue?_size=7").links[order]


def test_the_account_tells_of_documents_too(browsed: Browsed) -> None:
    """Listings may be whole where most documents were not read."""
    (account,) = browsed.page("archive/catalogue").tree.xpath("//details[@class='accounts']")
    assert re.search(r"documents: \d+ of \d+ read, \d+ missing.* incomplete", account.text_content())


@pytest.mark.parametrize("words, found", [
    ("Gromyko Berlin", {"Conversation with Gromyko", "Telegram on Berlin"}),  # in title, summary and names
    ("gromyko BERLIN wall", {"Conversation with Gromyko"}),
    ('"second paragraph" gromyko', {"Conversation with Gromyko"}),
    ('"wall the" gromyko', set()),
    ("ambassador noon", {"Conversation with Gromyko"}),  # in the text alone
    ("0742", {"Conversation with Gromyko"}),  # in the shelf mark
    (f"{HEBREW.split()[0]} 1958", {f"{HEBREW} 1958"}),
    ("Gromyko – Berlin", {"Conversation with Gromyko", "Telegram on Berlin"}),
    ("ambass* wal*", {"Conversation with Gromyko"}),
    ("gromyko nowhere", set()),
])  # fmt: skip
def test_a_search_finds_what_has_all_words(browsed: Browsed, words: str, found: set[str]) -> None:
    page = browsed.page(f"archive/catalogue?_search={quote(words)}")
    assert set(page.titles) == found
    assert page.tree.xpath("//input[@id='words']/@value") == [words]


def test_a_blank_search_finds_all(browsed: Browsed) -> None:
    page = browsed.page("archive/catalogue?_search=+")
    assert page.texts("//p[@class='count']") == browsed.page().texts("//p[@class='count']")


def test_letters_lose_their_accents_in_a_search(browsed: Browsed) -> None:
    assert "Conversation with Gromyko" in browsed.page("archive/catalogue?_search=angstrom").titles


@pytest.mark.parametrize(
    "words", ['"', "AND", "a OR", "NEAR(a b", "*", "title:x", "'; DROP TABLE records", "\x00", "^", "-"]
)
def test_no_search_breaks(browsed: Browsed, words: str) -> None:
    assert browsed.get(f"archive/catalogue?_search={quote(words)}").status == 200


def test_a_list_is_narrowed_by_decade_and_place_and_widened_again(browsed: Browsed) -> None:
    page = browsed.page("archive/catalogue?_search=gromyko&_size=1")
    page = browsed.page(page.links["Next page"])
    page = browsed.page(page.links["1960s"])
    assert page.titles == ["Conversation with Gromyko"]  # at its first page, though it was narrowed on the second
    page = browsed.page(page.links["Germany"])
    assert page.titles == ["Conversation with Gromyko"]
    assert page.texts("//ul[@class='chips']/li") == ["Decade 1960s ×", "Place Germany ×"]
    assert page.tree.xpath("//form//input[@type='hidden']/@value") == ["1", "1960", "Germany"]  # kept by another search
    page = browsed.page(page.tree.xpath("//ul[@class='chips']//a[contains(., 'Decade')]/@href")[0])
    assert page.texts("//p[@class='count']")[0].startswith("2 records")


def test_each_facet_counts(browsed: Browsed) -> None:
    page = browsed.page("archive/catalogue?_search=gromyko")
    counted = {head: page.texts(f"//aside//details[summary/h3='{head}']//li") for head in page.texts("//aside//h3")}
    assert counted == {
        "Decade": ["1950s 1", "1960s 1"],
        "Year": ["1953 1", "1961 1"],
        "Place": ["Germany 2", "Soviet Union 1"],
        "Person": ["Gromyko, Andrei 2", "Semenov, V. 1", "Ulbricht, Walter 1"],
        "Topic": ["Berlin Crisis 1"],
    }
    listed = browsed.page("archive/catalogue?_search=letter")
    assert any(one.startswith("everything") for one in listed.texts("//aside//details[summary/h3='Listing']//li"))


@pytest.mark.parametrize("years, printed", [
    ("_from=1961&_to=1961", {"September 1961", "September 1949 - October 1962"}),
    ("_to=1700", {"before 1900"}),
    ("_from=2020", {"since 1962"}),
    ("_from=1801&_to=1801", {"before 1900", "19th century"}),
])  # fmt: skip
def test_years_find_what_may_fall_between_them(browsed: Browsed, years: str, printed: set[str]) -> None:
    found = {one for page in browsed.pages(f"archive/catalogue?{years}") for one in page.texts("//p[@class='date']")}
    assert found == printed


def test_a_year_that_is_none_is_told_of(browsed: Browsed) -> None:
    page = browsed.get("archive/catalogue?_from=12x")
    assert page.status == 400 and page.texts("//main/p")[0] == "A year is a number of one to four digits."


@pytest.mark.parametrize("query", ["_sort=nosuch", "_sort=title&_sort_desc=title", "_size=x", "_col=nosuch"])
def test_an_address_that_asks_for_nonsense_is_not_an_error_of_ours(browsed: Browsed, query: str) -> None:
    assert browsed.get(f"archive/catalogue?{query}").status == 400


# ---- a record


def test_a_record_is_a_page_to_read(browsed: Browsed, folder: Path) -> None:
    page = browsed.record("Conversation with Gromyko")
    assert page.texts("//h1") == ["Conversation with Gromyko"]
    assert page.texts("//section[@aria-labelledby='summary']/p") == [
        "On Berlin, and the wall.", "A second paragraph, on Ångström."
    ]  # fmt: skip
    told = dict(zip(page.texts("//dt"), page.texts("//dd"), strict=True))
    key = told.pop("Id")
    assert told == {
        "Date as printed": "September 1961",
        "Date, normalised": "1961-09 (EDTF) It means a month; which day is not known: "
        "1 September 1961 to 30 September 1961.",
        "Authors": "Semenov, V.", "People": "Gromyko, AndreiUlbricht, Walter", "Places": "GermanySoviet Union",
        "Topics": "Berlin Crisis", "Archive": "Foreign Policy Archive", "Shelf mark": "AVPRF, f. 0742, op. 6, p. 46",
        "Type": "Memorandum", "Languages": "English, Russian", "Rights": "Free, with thanks.",
        "To be cited as": "“Conversation with Gromyko,” 1961",
        "Address": "https://digitalarchive.wilsoncenter.org/document/document-600",
    }  # fmt: skip
    assert page.texts("//section[h2='Translation, English']/p") == ["The ambassador came at noon.", "He left late."]
    assert page.texts("//pre") == [f"harvest why {folder} {key}"]


def test_its_command_line_says_where_it_was_read(browsed: Browsed, harvest: Harvest) -> None:
    (line,) = browsed.record("Conversation with Gromyko").texts("//pre")
    ran = harvest(*line.split()[1:])
    assert ran.code == 0 and "One capture:" in ran.out


def test_its_names_lead_to_all_records_that_have_them(browsed: Browsed) -> None:
    page = browsed.record("Conversation with Gromyko")
    for name in ("Gromyko, Andrei", "Germany"):
        assert set(browsed.page(page.links[name]).titles) == {"Conversation with Gromyko", "Telegram on Berlin"}
    assert browsed.page(page.links["Berlin Crisis"]).titles == ["Conversation with Gromyko"]


def test_a_date_that_is_not_exact_says_so(browsed: Browsed) -> None:
    page = browsed.record(f"{HEBREW} 1958")
    (told,) = page.texts("//dd[code='1958~']")
    assert "Circa: the date is approximate" in told and "1 January 1958 to 31 December 1958" in told


def test_an_address_that_no_record_has_is_not_found(browsed: Browsed) -> None:
    page = browsed.get("archive/catalogue/wilson-0000000000000000")
    assert page.status == 404 and page.texts("//main/p")[0] == "There is no such record here."
    assert browsed.get("archive/catalogue/wilson-0000000000000000.json").status == 404


def test_a_former_id_leads_to_the_record(tmp_path: Path) -> None:
    run = begin(tmp_path / "d")
    run.list_them(entry(1, url=None))
    run.end()
    run = begin(tmp_path / "d", "documents")
    run.add(document(1))  # of that title and date, and with an address
    run.end()
    (merged,) = [one for one in read_lines(tmp_path / "d" / "changes.jsonl") if one["change"] == "merged"]
    with browsing(tmp_path / "d") as server:
        page = server.page(f"archive/catalogue/{merged['id']}")
        assert page.url.endswith(f"/{merged['into']}") and page.texts("//h1") == ["Document 1"]


# ---- what is hostile


def all_pages(browsed: Browsed) -> Iterator[Page]:
    yield from browsed.pages()
    yield browsed.record(MARKUP)
    yield browsed.record("A link that is none")
    yield browsed.page(f"archive/catalogue?_search={quote(MARKUP)}&places__arraycontains={quote(MARKUP)}")
    yield browsed.get(f"archive/catalogue?_from={quote(MARKUP)}")
    yield browsed.get(f"archive/catalogue?{quote(MARKUP)}={quote(MARKUP)}")


def test_no_value_becomes_markup_and_no_link_runs_anything(browsed: Browsed) -> None:
    for page in all_pages(browsed):
        tree = page.tree
        assert tree.xpath("//script | //img | //iframe | //@onerror | //@style") == []
        addresses = tree.xpath("//@href | //@src | //@action")
        assert {urlsplit(one).scheme for one in addresses} <= {"", "http", "https"}
        for link in tree.xpath("//a[starts-with(@href, 'http')]"):
            if urlsplit(link.get("href")).hostname != "127.0.0.1":
                assert "noreferrer" in link.get("rel")
        assert "49" not in page.texts("//h1")[0]  # {{ 7*7 }}
    assert browsed.record(MARKUP).texts("//h1") == [MARKUP]


def test_where_nothing_is_found_nothing_is_offered_to_narrow(browsed: Browsed) -> None:
    offered = "//*[@id='narrow' or @class='to-narrow']"
    assert len(browsed.page().texts(offered)) == 2
    assert browsed.page("archive/catalogue?_search=nothing+of+this").texts(offered) == []


def test_nothing_is_asked_of_any_other_host(browsed: Browsed) -> None:
    for page in all_pages(browsed):
        assert page.tree.xpath("//link/@href | //*[@src]") == ["/look/browse.css"]
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "script-src" not in policy
        assert page.headers["referrer-policy"] == "no-referrer"
    style = browsed.page("look/browse.css").text
    assert "url(" not in style and "@import" not in style


def test_what_is_written_from_right_to_left_does_not_turn_what_stands_beside_it(browsed: Browsed) -> None:
    page = browsed.record(f"{HEBREW} 1958")
    assert page.tree.xpath("//h1/@dir") == ["auto"]
    assert all(page.tree.xpath("boolean(//p[@dir='auto'])") for page in browsed.pages())


def test_an_address_that_is_none_is_shown_and_leads_nowhere(browsed: Browsed) -> None:
    page = browsed.record("A link that is none")
    told = dict(zip(page.texts("//dt"), page.texts("//dd"), strict=True))
    assert told["Address"].startswith("javascript:") and "Read it at the source" not in page.links


# ---- what may not be done


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_can_be_written(browsed: Browsed, method: str) -> None:
    page = browsed.get("archive/catalogue", method=method, data=b"x=1" if method == "POST" else None)
    assert page.status == 405 and page.headers["allow"] == "GET, HEAD"


ELSEWHERE = (
    "archive.db archive archive?sql=select+1 archive.json?sql=select+1 archive/records archive/catalogue_fts _internal "
    "_memory -/databases -/threads -/settings -/metadata -/versions -/plugins -/messages -/patterns -/auth-token "
    "-/static/app.css archive/catalogue.csv archive/catalogue/x.csv archive/catalogue.csv?_stream=1 look/../pages.py "
    "look/%2e%2e/pages.py archive/catalogue/..%2f..%2fetc%2fpasswd"
)


@pytest.mark.parametrize("path", ELSEWHERE.split())
def test_there_are_no_other_pages(browsed: Browsed, path: str) -> None:
    assert browsed.get(path, follow=False).status in {302, 404}
    assert browsed.get(path).status == 404


def test_no_sql_is_taken(browsed: Browsed) -> None:
    assert browsed.get("archive/catalogue?_where=1=1").status == 403
    assert browsed.get("archive/catalogue?_facet=title").status == 400


def test_another_name_for_this_machine_is_refused(browsed: Browsed) -> None:
    assert browsed.get("archive/catalogue", headers={"Host": f"rebound.example:{browsed.port}"}).status == 403
    assert browsed.get("archive/catalogue", headers={"Host": f"localhost:{browsed.port}"}).status == 200


def test_the_list_is_there_as_json_too(browsed: Browsed) -> None:
    page = browsed.page("archive/catalogue.json?_search=Gromyko+Berlin&_shape=array&_col=title")
    assert '"title": "Telegram on Berlin"' in page.text
    assert browsed.get("archive/catalogue", method="HEAD").text == ""
