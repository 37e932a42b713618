"""The names that mirroring programs give files, and the addresses that they stand for."""

from pathlib import Path

import pytest
from archive_samples import HOST, PAGES, SITE, host_members, page, write_folder
from conftest import Harvest, read_json, read_lines

from harvester.archives.mirrors import mirrored_url
from harvester.archives.saved import saved_from
from harvester.harvest.wishes import judge_for
from harvester.sites import find_site

JUDGE = judge_for([find_site("wilson")])

# As GNU Wget 1.21 wrote them, from the addresses at the right; "%2F" and, for Windows, ":" are all that it quotes here.
NAMES = [
    ("search", "/search"),
    ("search.html", "/search"),
    ("search/index.html", "/search"),
    ("search?page=2", "/search?page=2"),
    ("search?page=2.html", "/search?page=2"),
    ("search@page=2", "/search?page=2"),
    ("search@page=2.html", "/search?page=2"),
    ("search?f[0]=topics:7&page=1.html", "/search?f[0]=topics:7&page=1"),
    ("search@f[0]=topics%3A7&page=1", "/search?f[0]=topics%3A7&page=1"),
    ("search?search_api_fulltext=a%2Fb+c é.html", "/search?search_api_fulltext=a%2Fb+c%20%C3%A9"),
    ("search@search_api_fulltext=you@example.org", "/search?search_api_fulltext=you@example.org"),
    ("document/café", "/document/caf%C3%A9"),
    ("document/caf\udce9.html", "/document/caf%E9"),
    ("index.html", "/"),
    ("about.html", "/about"),
]


@pytest.mark.parametrize(("name", "path"), NAMES, ids=[ascii(name) for name, _ in NAMES])
def test_a_name_below_the_sites_host_stands_for_an_address(name: str, path: str) -> None:
    for folders in ((HOST,), ("web", "2025", HOST), (HOST.upper(),), (f"{HOST}+8080",), (f"{HOST}:8080",)):
        url = mirrored_url([*folders, *name.split("/")], JUDGE)
        host = folders[-1].replace("+", ":")
        assert url == f"https://{host}{path}"


def test_without_a_known_host_there_is_no_address() -> None:
    assert mirrored_url(["example.org", "search?page=2"], JUDGE) is None
    assert mirrored_url(["documents", "document", "a-letter"], JUDGE) is None
    assert mirrored_url([HOST], JUDGE) is None


def test_a_name_that_was_cut_tells_no_address() -> None:
    whole = "search?search_api_fulltext=" + "x" * 208
    assert mirrored_url([HOST, whole], JUDGE) == f"{SITE}/{whole}"
    assert mirrored_url([HOST, whole + "y"], JUDGE) is None  # 236 bytes: all that wget leaves of a longer name
    assert mirrored_url([HOST, whole + "y.html"], JUDGE) is None


def test_a_copy_served_from_this_machine_is_no_sites_without_its_name() -> None:
    assert mirrored_url(["127.0.0.1:45025", "search"], JUDGE) is None
    own = judge_for([find_site("wilson").with_alias("127.0.0.1")])
    assert mirrored_url(["127.0.0.1+45025", "search@page=1"], own) == "https://127.0.0.1:45025/search?page=1"


HTTRACK = "<!-- Mirrored from {} by HTTrack Website Copier/3.x [XR&CO'2014], Sun, 16 Mar 2025 09:00:00 GMT -->"


@pytest.mark.parametrize("end", [False, True], ids=["at-its-begin", "at-its-end"])
def test_what_httrack_notes_in_a_page_comes_before_its_name(harvest: Harvest, tmp_path: Path, end: bool) -> None:
    for number in PAGES:
        note = HTTRACK.format(f"{HOST}/search?page={number}").encode()
        body = page(number)
        body = body + note if end else body.replace(b"<head>", b"<head>" + note, 1)
        assert saved_from(body) == f"{SITE}/search?page={number}"
        write_folder(tmp_path / "site", [(f"{HOST}/search{number:04x}.html", body)])
    ran = harvest("replay", tmp_path / "site", "-o", tmp_path / "d")
    assert ran.code == 0, ran.err + ran.out
    (listing,) = read_json(tmp_path / "d" / "coverage.json")["listings"]
    assert listing["listing"] == "/search"


@pytest.mark.parametrize("style", ["-k", "-k -E"])
def test_links_that_wget_turned_to_its_own_files_lead_to_the_same_documents(
    harvest: Harvest, tmp_path: Path, style: str
) -> None:
    ending = b".html" if "-E" in style else b""
    for name, body in host_members("html"):
        turned = body.replace(b'href="/document/', b'href="document/')
        pieces = turned.split(b'href="document/')
        turned = pieces[0] + b"".join(b'href="document/' + p.replace(b'"', ending + b'"', 1) for p in pieces[1:])
        write_folder(tmp_path / "turned", [(name, turned)])
        write_folder(tmp_path / "plain", [(name, body)])
    for kind in ("turned", "plain"):
        ran = harvest("replay", tmp_path / kind, "-o", tmp_path / f"{kind}-d")
        assert ran.code == 0, ran.err + ran.out
    folders = (tmp_path / f"{kind}-d" for kind in ("turned", "plain"))
    turned, plain = ({line["url"] for line in read_lines(folder / "records.jsonl")} for folder in folders)
    assert turned == plain and len(plain) == 103


def test_what_lies_beside_pages_is_passed_over_by_its_name(harvest: Harvest, tmp_path: Path) -> None:
    script = b"if (document.querySelector('#px-captcha')) { cf_chl_opt = 1 }"
    beside = [
        ("page_files/a.js", script),
        ("page_files/b.css?v=2", b"#px-captcha {}"),
        ("hts-cache/new.zip", b"PK\x05\x06" + bytes(18)),
    ]
    mirror = write_folder(tmp_path / "m", [*beside, *host_members()])
    ran = harvest("replay", mirror, "-o", tmp_path / "d")
    assert ran.code == 0, ran.out
    assert "3 captures passed over: 2 content-type, 1 cache" in ran.out


def test_a_listing_whose_file_is_no_text_is_no_silent_loss(harvest: Harvest, tmp_path: Path) -> None:
    mirror = write_folder(
        tmp_path / "m", [*host_members(pages=range(3)), (f"{HOST}/search?page=3", b"\x89PNG\r\n\x1a\n")]
    )
    ran = harvest("replay", mirror, "-o", tmp_path / "d")
    assert (ran.code, [r["reason"] for r in read_lines(tmp_path / "d" / "rejects.jsonl")]) == (6, ["content-type"])


def test_a_page_given_by_itself_has_no_address_made_up(harvest: Harvest, tmp_path: Path) -> None:
    folder = write_folder(tmp_path, [(f"{HOST}/my page.html", page(3)), (f"{HOST}/search?page=4", page(4))])
    ran = harvest("replay", folder / HOST / "my page.html", folder / HOST / "search?page=4", "-o", tmp_path / "d")
    assert ran.code == 3
    urls = {c["url"] for line in read_lines(tmp_path / "d" / "provenance.jsonl") for c in line["captures"]}
    assert urls == {None, f"{SITE}/search?page=4"}


def test_pages_under_names_of_ones_own_below_a_host_are_told_of(harvest: Harvest, tmp_path: Path) -> None:
    write_folder(tmp_path, [(f"{HOST}/my-{n}.html", page(n)) for n in PAGES])
    ran = harvest("replay", tmp_path / HOST, "-o", tmp_path / "d")
    assert (ran.code, "11 other" in ran.err, "what its name says" in ran.err) == (2, True, True)
