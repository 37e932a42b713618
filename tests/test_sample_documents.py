"""The sample archive's documents: their pages show what the papers say, in both layouts, whole and well formed."""

import hashlib
import itertools
import os
import re
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser

import pytest
from lxml import html

from harvester.sample import (
    Archive,
    Habits,
    Paper,
    Request,
    render_document,
    render_listing,
    render_old_paper,
    render_saved,
    render_text,
)
from harvester.sample.dialects import DIALECTS
from harvester.sample.document_page import PILLS
from harvester.sample.papers import BLOCKS, write_paper
from harvester.sample.site import answer_request

BASE = "https://archive.example"
ARCHIVE = Archive()
RECORDS = {record.slug: record for record in ARCHIVE.records}
INFORMATION = {
    "Source": "source",
    "Original Archive": "original_archive",
    "Rights": "rights",
    "Original Uploaded Date": "uploaded",
    "Type": "type",
    "Language": "languages",
    "Original Classification": "classification",
    "Donors": "donors",
}


def ask(archive: Archive, target: str, method: str = "GET", **headers: str):
    return answer_request(archive, Request(method, target, {k.replace("_", "-"): v for k, v in headers.items()}), None)


def parse(page: str) -> html.HtmlElement:
    return html.document_fromstring(page.encode(), parser=html.HTMLParser(encoding="utf-8"))


def having(name: str) -> str:
    return f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"


def plain(element: html.HtmlElement) -> str:
    """Return what stands in an element, hard breaks as line ends, white space squashed within lines."""
    texts = []
    for node in element.xpath(".//text()|.//br"):
        texts.append("\n" if not isinstance(node, str) else re.sub(r"\s+", " ", node))
    return "\n".join(" ".join(line.split()) for line in "".join(texts).split("\n"))


def letters(text: str) -> str:
    return "".join(text.split())


def read_paragraphs(pane: html.HtmlElement) -> tuple[str, ...]:
    """Return the paragraphs that a browser shows in a pane; a row of a table is one, its cells apart by tabs."""
    pieces: list[str] = []
    _walk(pane, pieces)
    blocks = re.split(r"\n *\n|\f", "".join(pieces))
    squashed = ("\n".join(re.sub("[ \u00a0]+", " ", line).strip(" ") for line in block.split("\n")) for block in blocks)
    return tuple(block.strip("\n") for block in squashed if block.strip())


def _walk(element: html.HtmlElement, pieces: list[str]) -> None:
    if element.tag == "table":
        rows = [[" ".join(cell.text_content().split()) for cell in row.xpath("td")] for row in element.xpath(".//tr")]
        pieces.append("\f" + "\f".join(map("\t".join, rows)) + "\f")
    elif element.tag == "br":
        pieces.append("\n")
    elif isinstance(element.tag, str) and element.tag not in {"style", "script", "title"}:
        edge = "" if element.tag in {"span", "a", "sup", "i"} else "\f"
        pieces.append(edge + re.sub("[ \n]+", " ", element.text or ""))
        for child in element:
            _walk(child, pieces)
            pieces.append(re.sub("[ \n]+", " ", child.tail or ""))
        pieces.append(edge)


def article_of(page: str) -> html.HtmlElement:
    (article,) = parse(page).xpath("//main/article")
    return article


def read_texts(article: html.HtmlElement) -> list[tuple[str, str | None, tuple[str, ...]]]:
    """Return kind, language and paragraphs of the texts in an article's tabs, by the ids of the panes."""
    found = []
    for pane in article.xpath(f"div[@id='documentTabs']/div[{having('tab-content')}]/div[{having('tab-pane')}]"):
        inner = pane.xpath(f"div[{having('tab-content')}]/div[{having('tab-pane')}]")
        if pane.get("id") == "original-scan":
            assert letters(pane.text_content()) == ""
        elif inner:
            assert all(within.get("id").startswith(pane.get("id") + "-") for within in inner)
            found += [(pane.get("id"), w.get("id").partition("-")[2], read_paragraphs(w)) for w in inner]
        else:
            found.append((pane.get("id"), None, read_paragraphs(pane)))
    return found


def read_names(element: html.HtmlElement) -> list[tuple[str, str | None]]:
    return [
        (plain(pill.xpath(f".//*[{having('name')}]")[0]), next(iter(pill.xpath("a/@href")), None))
        for pill in element.xpath(f".//*[{having('pill')}]")
    ]


# The page shows the paper


@pytest.mark.parametrize("slug", RECORDS)
def test_a_page_shows_its_paper_and_nothing_else(slug):
    paper = ARCHIVE.paper(RECORDS[slug])
    page = ask(ARCHIVE, paper.path, Host="archive.example").data.decode()
    root, article = parse(page), article_of(page)
    assert root.xpath("//link[@rel='canonical']/@href") == [f"http://archive.example{paper.path}"]
    assert root.xpath("//link[@rel='shortlink']/@href") == [f"http://archive.example/node/{paper.node_id}"]
    assert f'"currentPath": "node/{paper.node_id}"' in page
    assert "".join(plain(date) for date in article.xpath("h2[@class='date']")) == paper.date
    assert plain(article.xpath("h1[@class='title']/span")[0]) == paper.title
    assert [plain(line) for line in article.xpath("div[@class='donated']")] == [paper.support] * bool(paper.support)
    assert tuple(plain(p) for p in article.xpath(f"div[{having('text-block')}]/p")) == paper.summary
    told = [(t.kind, t.language, t.paragraphs) for t in paper.texts]
    assert read_texts(article) == told
    assert article.xpath("//*[@class='pdf-preview']/@data") == [f.path for f in paper.files if f.kind == "scan"]
    ends = article.xpath("a[substring(@href, string-length(@href) - 8) = '/download']/@href")
    assert ends == [f.path for f in paper.files if f.kind == "download" or f.linked]
    check_labels(article, paper)
    numbers = article.xpath("div[@class='information-block'][h3='Record ID']/div|p[@id='citation-url']")
    assert {plain(number).rpartition("/")[2] for number in numbers} == {paper.record_id} - {None}
    assert read_rest(article, paper) == ""


def check_labels(article: html.HtmlElement, paper: Paper) -> None:
    authors = article.xpath("h2[@class='title'][.='Author(s):']/following-sibling::*[1][@class='pill-list']")
    assert [read_names(block) for block in authors] == [[(p.name, p.href) for p in paper.authors]] * bool(paper.authors)
    pills = {
        plain(block.xpath("h3[@class='title']")[0]): read_names(block)
        for block in article.xpath("div[@class='pill-block']")
    }
    assert pills == {
        label: [(pill.name, pill.href) for pill in getattr(paper, name)]
        for name, label in PILLS.items()
        if getattr(paper, name)
    }
    facts = {}
    for block in article.xpath("div[@class='information-block']"):
        (value,) = block.xpath("div[@class='text']")
        items = [plain(item) for item in value.xpath("*")]
        facts[plain(block.xpath("h3[@class='sub-title']")[0])] = tuple(items or [plain(value)])
    expected = {label: getattr(paper, name) for label, name in INFORMATION.items() if getattr(paper, name)}
    expected |= {"Record ID": str(paper.number)} if paper.labelled else {}
    assert facts == {label: (said,) if isinstance(said, str) else said for label, said in expected.items()}


def read_rest(article: html.HtmlElement, paper: Paper) -> str:
    """Return what text is left in an article without all that it is known to have."""
    cited = [plain(p) for p in article.xpath("p[@id='citation-text']|p[@id='citation-url']")]
    address = f"http://archive.example/document/{paper.number}"
    assert cited == ([paper.citation, address] if paper.citation else [])
    known = (
        "h2|h1|div[@class='donated']|div[@id='documentTabs']|a|ul[@class='pill-list']|div[@class='pill-block']"
        f"|div[@class='information-block']|div[{having('text-block')}]|p[starts-with(@id, 'citation-')]"
    )
    return letters(
        "".join(article.xpath("text()"))
        + "".join(article.xpath(f"*[not(self::{known.replace('|', ' or self::')})]//text()"))
    )


class Strict(HTMLParser):
    """Notes what browsers forgive: elements that are closed amiss, attributes given twice, "&" that is no reference."""

    VOID = frozenset({"area", "base", "br", "hr", "img", "input", "link", "meta"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []
        self.wrongs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open += [] if tag in self.VOID else [tag]
        self.wrongs += [tag] if len({name for name, _ in attrs}) < len(attrs) else []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.wrongs += [] if tag in self.VOID else [f"{tag}/"]

    def handle_endtag(self, tag: str) -> None:
        self.wrongs += [] if self.open and self.open.pop() == tag else [f"/{tag}"]

    def handle_data(self, data: str) -> None:
        self.wrongs += ["&"] if "&" in data and self.open[-1] not in ("script", "style") else []


def find_wrongs(page: str) -> list[str]:
    strict = Strict()
    strict.feed(page)
    strict.close()
    return strict.wrongs + strict.open


@pytest.mark.parametrize("slug", RECORDS)
def test_all_that_is_opened_is_closed_in_its_turn(slug):
    page = render_document(RECORDS[slug], BASE, ARCHIVE.featured)
    assert find_wrongs(page) == find_wrongs(render_saved(page)) == []
    assert find_wrongs(render_old_paper(OLD.paper(RECORDS[slug]))) == []


@pytest.mark.parametrize(
    ("page", "wrongs"),
    [
        ("<p>a & b</p>", ["&"]),
        ("<p>a<div>b</p></div>", ["/p", "/div"]),
        ("<p>", ["p"]),
        ('<p id="a" id="b"></p>', ["p"]),
        ("<p/>", ["p/"]),
        ("<p>&amp;<br><br /></p>", []),
    ],
)
def test_what_is_broken_would_be_noticed(page, wrongs):
    assert find_wrongs(page) == wrongs


@pytest.mark.parametrize("dialect", DIALECTS)
def test_hard_breaks_of_a_text_are_in_its_markup(dialect):
    texts = [t for r in ARCHIVE.records for t in ARCHIVE.paper(r).texts if t.dialect == dialect]
    assert len(texts) > 10
    for text in texts:
        lines = sum(len(part.rows) - 1 for part in text.parts if part.kind != "table")
        runs = sum(1 for tabular, _ in itertools.groupby(text.parts, key=lambda p: p.kind == "table") if not tabular)
        between = sum(part.kind != "table" for part in text.parts) - runs
        found = len(re.findall("<br[ />]", DIALECTS[dialect](text)))
        assert found == lines + (2 * between if dialect == "breaks" else 0)


def test_texts_bring_styles_scripts_titles_and_labels_of_their_own():
    markup = dict.fromkeys(DIALECTS, "")
    for record in ARCHIVE.records:
        for text in ARCHIVE.paper(record).texts:
            markup[text.dialect] += DIALECTS[text.dialect](text)
    assert "<style" not in markup["plain"] + markup["breaks"]
    for piece in ("<title>", "<style", "<script", "<html>", "<body ", "<h1>"):
        assert piece in markup["whole"]
    for piece in ("MsoNormal", "<!--[if gte mso 9]>", "<o:p>", "<style", "&nbsp;", "\u00a0", 'class="title"'):
        assert piece in markup["word"]
    for name in (
        "date",
        "title",
        "text-block",
        "information-block",
        "sub-title",
        "pill-block",
        "pill",
        "name",
        "summary",
    ):
        assert re.search(rf'class="{name}"', markup["labelled"]), name


def test_every_kind_of_part_and_of_text_occurs():
    texts = [t for r in ARCHIVE.records for t in ARCHIVE.paper(r).texts]
    assert {part.kind for text in texts for part in text.parts} == {
        *("heading", "paragraph", "item", "quote", "table", "note")
    }
    assert {text.kind for text in texts} == {"translation", "transcription", "original"}
    assert {"English", "Russian", "Chinese", "Arabic", "Serbo-Croatian", None} <= {text.language for text in texts}
    assert len({text.language for text in texts}) > 12
    assert {len(ARCHIVE.paper(r).texts) for r in ARCHIVE.records} == {0, 1, 2, 3, 4}
    assert max(len("".join(text.paragraphs)) for text in texts) > 60_000
    for record in ARCHIVE.records:
        keys = [(text.kind, text.language) for text in ARCHIVE.paper(record).texts]
        assert len(set(keys)) == len(keys)


# Blocks that are there, and blocks that are not


def shows(paper: Paper, block: str) -> bool:
    return bool(getattr(paper, block))


@pytest.mark.parametrize("block", [*BLOCKS, "summary", "date", "record_id"])
def test_each_block_is_there_with_some_records_and_not_with_others(block):
    found = Counter(shows(ARCHIVE.paper(record), block) for record in ARCHIVE.records)
    assert set(found) == {True, False}
    if block in BLOCKS:
        assert min(found.values()) >= 10


def test_any_two_blocks_are_there_together_alone_and_not_at_all():
    papers = [ARCHIVE.paper(record) for record in ARCHIVE.records]
    for first, second in itertools.combinations(BLOCKS, 2):
        assert len({(shows(paper, first), shows(paper, second)) for paper in papers}) == 4, (first, second)


def test_undated_documents_have_an_empty_date_element_or_none():
    dates = [
        article_of(ask(ARCHIVE, r.path).data.decode()).xpath("h2[@class='date']") for r in ARCHIVE.records if not r.date
    ]
    assert sorted(map(len, dates)) == [0, 1]


def test_links_are_there_and_lacking_for_each_sort_of_name():
    for name in ("authors", *PILLS):
        linked = Counter(pill.href is None for r in ARCHIVE.records for pill in getattr(ARCHIVE.paper(r), name))
        assert set(linked) == {True, False}, name


def test_names_of_places_people_and_topics_lead_to_their_listings():
    record = next(r for r in ARCHIVE.records if any(pill.href for pill in ARCHIVE.paper(r).places))
    pill = next(pill for pill in ARCHIVE.paper(record).places if pill.href)
    assert record in ARCHIVE.listing(pill.href.partition("?")[2] + "&items_per_page=100").selection[0]


# Always the same, made only when asked for


def test_listing_pages_are_what_they_were_before_there_were_documents():
    # Taken of 133 pages before anything was said of documents; what counts on listings' bytes rests on it.
    archive, digest = Archive(), hashlib.sha256()
    orders = ("created_DESC", "created_ASC", "field_document_date_unix_DESC", "field_document_date_unix_ASC")
    for size, order in itertools.product((10, 25, 100), orders):
        query = f"items_per_page={size}&sort_bef_combine={order}"
        for page in range(archive.listing(query).pages + 1):
            digest.update(render_listing(archive, f"{query}&page={page}").encode())
    for page, form in itertools.product(range(12), "AB"):
        digest.update(render_text(archive, f"page={page}", form).encode())
    for query in ("", "f[0]=languages:84000&page=1", "search_api_fulltext=china"):
        digest.update(render_listing(archive, query).encode())
    for seed, page in itertools.product((2, 3), range(11)):
        digest.update(render_listing(Archive(seed=seed), f"page={page}").encode())
    assert digest.hexdigest() == "272399ad70c66fea046ce5aad1b7daaac4202c7b398755f77b1ab61b786192b3"


def test_they_are_the_same_documents_as_ever():
    # A new digest here means that whatever rests on the sample's documents must be looked at again.
    digest = hashlib.sha256(repr([Archive().paper(record) for record in ARCHIVE.records]).encode()).hexdigest()
    assert digest[:16] == "5bbf0bbeda1e809c"


PRINT_ALL = """
import hashlib
from harvester.sample import Archive, Habits, Request, render_saved
from harvester.sample.site import answer_request
digest = hashlib.sha256()
for era in ("new", "old"):
    archive = Archive()
    archive.habits = Habits(era=era)
    for record in archive.records:
        paper = archive.paper(record)
        for path in (paper.path, paper.old_path + ".ris", *(file.path for file in paper.files)):
            answer = answer_request(archive, Request("GET", path, {}), None)
            assert answer.status == 200, path
            digest.update(repr((answer.headers, answer.data)).encode())
page = answer_request(Archive(), Request("GET", Archive().records[0].path, {}), None).body
digest.update(render_saved(page).encode())
print(digest.hexdigest())
"""


def test_the_same_bytes_whatever_the_hash_seed():
    digests = {
        subprocess.run(
            [sys.executable, "-W", "error", "-c", PRINT_ALL],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Kathmandu", "LC_ALL": locale},
            check=True,
            capture_output=True,
        ).stdout
        for seed, locale in (("0", "C"), ("4711", "C.UTF-8"))
    }
    assert len(digests) == 1


def test_another_seed_gives_other_documents_and_the_order_of_asking_does_not_show():
    record = ARCHIVE.records[7]
    assert write_paper(record, 1) != write_paper(record, 2)
    write_paper.cache_clear()
    backwards = {record.slug: ARCHIVE.paper(record) for record in reversed(ARCHIVE.records)}
    write_paper.cache_clear()
    assert {record.slug: ARCHIVE.paper(record) for record in ARCHIVE.records} == backwards


def test_listings_make_no_documents():
    write_paper.cache_clear()
    archive = Archive(300)
    for page in range(30):
        render_listing(archive, f"page={page}")
    assert write_paper.cache_info().currsize == 0


# Titles and dates that the listing shows in another way


def test_listing_and_document_agree_unless_told_otherwise():
    archive = Archive(12)
    record = archive.records[3]
    paper = archive.paper(record)
    assert (paper.title, paper.date) == (record.title, record.date)
    listed = render_listing(archive)
    before = archive.snapshot()
    archive.correct(record.node, title="Another\ntitle", date="1979")
    changed = archive.paper(record)
    assert (changed.title, changed.date) == ("Another\ntitle", "1979")
    assert (changed.texts, changed.files, changed.source) == (paper.texts, paper.files, paper.source)
    assert before.paper(record) == paper
    assert render_listing(archive) == listed
    article = article_of(ask(archive, record.path).data.decode())
    assert [plain(article.xpath("h1/span")[0]), plain(article.xpath("h2")[0])] == ["Another\ntitle", "1979"]


def test_a_hard_break_in_a_title():
    archive = Archive(0)
    record = archive.add("A letter &\nits <end>", "1979")
    page = ask(archive, record.path).data.decode()
    assert plain(article_of(page).xpath("h1/span")[0]) == "A letter &\nits <end>"
    assert parse(page).xpath("//head/title/text()") == ["A letter & its <end> | Sample Digital Archive"]


# The old layout


def old() -> Archive:
    archive = Archive()
    archive.habits = Habits(era="old")
    return archive


OLD = old()


@pytest.mark.parametrize("slug", RECORDS)
def test_an_old_page_shows_its_paper(slug):
    record, paper = RECORDS[slug], OLD.paper(RECORDS[slug])
    answer = ask(OLD, f"/document/{record.record_id}")
    page = answer.data.decode()
    main = parse(page).xpath("//*[@id='main']")[0]
    labels = {
        plain(label): tuple(plain(item) for item in label.getnext().xpath("li") or [label.getnext()])
        for label in main.xpath(f"div[{having('doc-inf-information')}]/h4")
    }
    names = {"Author(s)": "authors", **{label: name for name, label in PILLS.items() if name != "subjects"}}
    expected = {label: tuple(pill.name for pill in getattr(paper, name)) for label, name in names.items()}
    for label, name in INFORMATION.items():
        said = getattr(paper, name)
        expected[label] = (said,) if isinstance(said, str) else said
    assert labels == {"Record ID": (str(record.record_id),), **{k: v for k, v in expected.items() if v}}
    assert [plain(li) for li in main.xpath("ul[@id='subj-list']/li")] == [pill.name for pill in paper.subjects]
    assert plain(main.xpath("h1")[0]) == paper.title
    assert plain(main.xpath("div[@class='date']")[0]) == paper.date
    assert tuple(map(plain, main.xpath("div[@class='summary']/p"))) == paper.summary


def test_an_old_page_knows_neither_slug_nor_node_nor_what_came_later():
    for record in OLD.records:
        page = ask(OLD, f"/document/{record.record_id}").data.decode()
        assert record.path not in page
        assert str(record.node) not in page
        paper = OLD.paper(record)
        assert (paper.node_id, paper.support, paper.citation, paper.texts) == (None, None, None, ())
        assert paper.record_id == str(record.record_id)


def test_the_two_eras_say_the_same_of_a_document_in_what_both_have():
    for record in OLD.records:
        now, then = ARCHIVE.paper(record), OLD.paper(record)
        for name in ("title", "date", "summary", "source", "languages", "donors", "uploaded"):
            assert getattr(now, name) == getattr(then, name)
        assert [pill.name for pill in now.people] == [pill.name for pill in then.people]
        assert bool(now.files) == bool(then.files)


# The page as saved


@pytest.mark.parametrize("number", [0, 5, 50])
def test_a_saved_page_has_700_000_characters_and_the_same_document(number):
    record = ARCHIVE.records[number]
    page = render_document(record, BASE, ARCHIVE.featured)
    saved = render_saved(page)
    assert len(saved) == 700_000
    assert re.search(r"<!--\n Page saved with SingleFile \n url: (\S+) \n saved date: ", saved)[1] == BASE + record.path
    assert "<script" not in saved
    root, article = parse(saved), article_of(saved)
    assert len("".join(root.xpath("//head/style/text()"))) > 300_000
    assert read_texts(article) == read_texts(article_of(page))
    assert plain(article.xpath("h1/span")[0]) == record.title
    assert [root.xpath("//link[@rel='canonical']/@href")[0], *root.xpath("//header//a/@href")[:1]] == [
        BASE + record.path,
        BASE + "/",
    ]
    assert not root.xpath("//*[starts-with(@href, '/') or starts-with(@data, '/')]")


def test_a_page_that_does_not_say_where_it_is_from_cannot_be_saved():
    with pytest.raises(ValueError, match="saved from"):
        render_saved(render_listing(ARCHIVE))
    assert " url: https://x.example/search \n" in render_saved(render_listing(ARCHIVE), "https://x.example/search")
