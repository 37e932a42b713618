"""Addresses: one listing has many, and each means one listing, order and page."""

import pytest
from conftest import Harvest
from hypothesis import given
from hypothesis import strategies as st

from harvester.items import Address
from harvester.sites import find_site, site_of_url

WILSON = find_site("wilson")
HOST = "https://digitalarchive.wilsoncenter.org"


def explained(url: str) -> Address:
    address = WILSON.explain(url)
    assert address is not None
    return address


SAME = [
    "/search?f[0]=places:81&f[1]=topics:12&search_api_fulltext=long march&page=2",
    "/search?f%5B0%5D=places%3A81&f%5B1%5D=topics%3A12&search_api_fulltext=long+march&page=2",
    "/search?page=2&search_api_fulltext=long%20march&f[7]=topics:12&f[3]=places:81",
    "/search?f[0]=topics:12&f[1]=places:81&f[2]=topics:12&fo[0]=12&fo[1]=81&search_api_fulltext=long+march&page=2&&",
    "/search?f[0]=places:81&f[0]=places:81&f[1]=topics:12&search_api_fulltext=long+march&page=9&page=2",
    "/search/?f%255B0%255D=topics%3A99&f[0]=places:81&f[1]=topics:12&search_api_fulltext=long+march&page=2#top",
    "/search?f[0]=places:81&f[1]=topics:12&search_api_fulltext=long+march&page=2&items_per_page=10&sort_bef_combine=",
]


@pytest.mark.parametrize("spelling", SAME)
@pytest.mark.parametrize(
    "host", [HOST, "http://DigitalArchive.WilsonCenter.org:80", "https://wilson-center.drivingcreative.com"]
)
def test_spellings_of_one_page(spelling: str, host: str) -> None:
    assert explained(host + spelling) == explained(HOST + SAME[0])


def test_what_an_address_means() -> None:
    assert explained(HOST + SAME[0]) == Address(
        "wilson", "listing", "/search?f=places:81&f=topics:12&search_api_fulltext=long march", None, 2, 10
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("f[0]=topics:1", "f[0]=topics:2"),
        ("f[0]=topics:1", "f[0]=topics:1&f[1]=places:1"),
        ("search_api_fulltext=mao", "search_api_fulltext=Mao"),
        ("search_api_fulltext=a%26f%3Db", "search_api_fulltext=a&f=b"),
        ("f[0]=topics%253A1", "f[0]=topics:1"),
    ],
)
def test_listings_that_differ(one: str, other: str) -> None:
    assert explained(f"{HOST}/search?{one}").listing != explained(f"{HOST}/search?{other}").listing


@pytest.mark.parametrize(
    ("query", "order", "page", "size"),
    [
        ("", None, 0, 10),
        ("items_per_page=100&page=3", None, 3, 100),
        ("sort_bef_combine=created_DESC", "created_DESC", 0, 10),
        ("sort_by=created&sort_order=desc", "created_DESC", 0, 10),
        ("sort_bef_combine=field_document_date_unix_ASC&sort_by=created", "field_document_date_unix_ASC", 0, 10),
    ],
)
def test_order_page_and_size(query: str, order: str | None, page: int, size: int) -> None:
    address = explained(f"{HOST}/search?{query}")
    assert (address.order, address.page, address.page_size) == (order, page, size)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("/document/letter-mao-zedong", "document"),
        ("/document/letter-mao-zedong-0?x=1#y", "document"),
        ("/node/12345", "document"),
        ("/document/112345.pdf?v=abc", "document"),
        ("/document/112345.ris", "document"),
        ("/document/12345/download", "file"),
        ("/about", "other"),
        ("/", "other"),
        ("/collection/27/cuban-missile-crisis", "other"),
    ],
)
def test_kinds(url: str, kind: str) -> None:
    assert explained(HOST + url).kind == kind


def test_the_old_layout_counts_from_one_and_its_json_has_no_order() -> None:
    one = explained(HOST + '/search-results/3/{"subject":"1","year":"1958"}/newest?recordType=Record')
    other = explained(
        HOST + "/search-results/3/%7B%22year%22%3A%20%221958%22,%22subject%22:%221%22%7D/newest?recordType=Record"
    )
    assert one == other
    assert (one.kind, one.order, one.page) == ("listing", "newest", 2)
    assert one.listing == '/search-results/{"subject":"1","year":"1958"}?recordType=Record'


def test_an_archives_copy_is_the_same_page() -> None:
    url = f"https://web.archive.org/web/20250925001122/{HOST}/search?page=2"
    assert explained(url) == explained(f"{HOST}/search?page=2")


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("/document/a-b", "/document/a-b"),
        ("document/a-b", "/document/a-b"),
        ("//digitalarchive.wilsoncenter.org/document/a-b", "/document/a-b"),
        ("http://wilson-center-digital-archive.dvincitest.com/document/a-b/?f=1#x", "/document/a-b"),
        ("/web/20250316000000/https://digitalarchive.wilsoncenter.org/document/a-b", "/document/a-b"),
        ("/document/caf%c3%a9", "/document/caf%C3%A9"),
        ("/document/café", "/document/caf%C3%A9"),
        ("/document/", None),
        ("/documents/a-b", None),
        ("https://example.org/document/a-b", None),
        ("//example.org/document/a-b", None),
        ("\\\\example.org\\document\\a", None),
        ("javascript:document/a", None),
        ("///document/a", None),
        ("https:///document/a", None),
        ("mailto:a@b.org", None),
        ("#document", None),
        ("http://[::1/document/a", None),
        ("", None),
    ],
)
def test_links_to_documents(href: str, url: str | None) -> None:
    assert WILSON.document_url(href) == (url and HOST + url)


def test_the_site_of_a_url() -> None:
    assert site_of_url(f"{HOST}/search") is WILSON
    assert site_of_url("https://example.org/search") is None


@given(
    st.sets(st.tuples(st.sampled_from(["places", "topics", "people"]), st.integers(1, 99999)), max_size=4),
    st.text(max_size=20).filter(lambda text: "\x00" not in text),
    st.integers(0, 2000),
    st.sampled_from([10, 25, 100]),
    st.sampled_from([None, "created_DESC"]),
)
def test_the_url_asked_for_means_what_was_asked(
    facets: set[tuple[str, int]], text: str, page: int, size: int, order: str | None
) -> None:
    from urllib.parse import urlencode

    query = [(f"f[{i}]", f"{facet}:{number}") for i, (facet, number) in enumerate(facets)]
    query += [("search_api_fulltext", text), ("page", str(page)), ("items_per_page", str(size))]
    try:
        encoded = urlencode([*query, ("sort_bef_combine", order or "")])
    except UnicodeEncodeError:
        return
    address = explained(f"{HOST}/search?{encoded}")
    assert explained(WILSON.listing_url(address)) == address


def test_explain_prints_one_line_for_each_line(harvest: Harvest) -> None:
    lines = [HOST + SAME[0], "https://example.org/", HOST + "/document/a", "not a url", "", HOST + "/search?page=x"]
    ran = harvest("explain", "-", stdin="\n".join(lines))
    assert ran.code == 0
    assert [line["kind"] for line in ran.lines] == ["listing", None, "document", None, None, None]
    assert ["reason" in line for line in ran.lines] == [False, True, False, True, True, True]
    assert list(ran.lines[0]) == ["site", "kind", "listing", "order", "page", "page_size"]
    assert harvest("explain", HOST + "/search").lines[0]["listing"] == "/search"
    assert harvest("explain", "https://example.org/").code == 2


def test_explain_dates(harvest: Harvest) -> None:
    ran = harvest("explain", "--date", "-", stdin=b"circa 1950\n\nOctober 30, 1956\nn.d.\n\xff\n")
    assert [line["date"] for line in ran.lines] == ["1950~", None, "1956-10-30", None, None]
    assert [("reason" in line) for line in ran.lines] == [False, True, False, True, True]
    one = harvest("explain", "--date", "Spring 1968").lines[0]
    assert (one["date"], one["date_text"], one["date_precision"]) == ("1968-21", "Spring 1968", "season")
