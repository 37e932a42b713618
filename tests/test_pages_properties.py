# ruff: noqa: E501  (markup reads best on its own lines)
"""Pages put together at random are read exactly or rejected; no bytes whatever bring the reader down."""

import random
from dataclasses import dataclass
from html import escape

from hypothesis import given, settings
from hypothesis import strategies as st
from page_markups import FOOTER, HOST, MARKUPS, MENU, PAGES, TEN, write

from harvester.captures import Capture
from harvester.errors import HarvestError
from harvester.sites import find_site

SITE = find_site("wilson")
QUICK = settings(max_examples=400, deadline=None, derandomize=True)
Told = tuple[str | None, str, str | None, str | None]

BLOCKS = ["p", "div", "span", "td", "section", "dd", "h4"]
CLASSES = {
    "date": ["", "", "date", "field field--name-field-date", "text-sm text-muted"],
    "title": ["", "", "title", "node__title", "text-lg"],
    "summary": ["", "", "summary", "field--name-field-description", "leading-6"],
    "other": ["", "type", "language", "tags", "people"],
}
OTHERS = ["Letter", "Russian", "China (1,204)", "Mao Zedong, 1893-1976", "Cold War; Rockets", "Record 111024"]
ROWS = ["li", "article", "div", "tr", "result-item", "section"]
DECOYS = [
    "",
    '<aside><h3>Featured</h3><a href="/document/x">The Sources</a> July 1947</aside>',
    '<section><h3>Featured</h3><ul><li><a href="/document/x">X</a></li><li><a href="/document/y">Y</a></li></ul></section>',
    "<p>Sorted by date</p>",
    '<ul class="facets"><li><a href="/search?f%5B0%5D=topics:1">Rockets</a> (703)</li></ul>',
    "<h3>Documents</h3>",
]
COUNTERS = ["{a} - {b} of {n}", "Results: {a}–{b} of {n}", "<b>{a}</b>&nbsp;-&nbsp;<b>{b}</b> of <b>{n}</b>"]


@dataclass(frozen=True)
class Layout:
    """How one page writes its rows: fields in an order, each in a tag with a class; an empty row tag is flat."""

    order: tuple[str, ...]
    tags: dict[str, str]
    classes: dict[str, str]
    link: str
    row: str
    wrapper: str
    decoys: tuple[str, str]
    counter: str
    blanks: frozenset[tuple[int, str]]
    records: tuple[int, ...]


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    names = ["date", "title", "summary", *draw(st.lists(st.just("other"), max_size=2))]
    records = tuple(draw(st.lists(st.integers(0, 9), min_size=1, max_size=6, unique=True)))
    tags = {name: draw(st.sampled_from(BLOCKS)) for name in CLASSES}
    tags["title"] = draw(st.sampled_from(["h3", "h5", tags["title"]]))
    lost = st.tuples(st.sampled_from(records), st.sampled_from(["date", "summary"]))
    order = tuple(draw(st.permutations(names)))
    row = draw(st.sampled_from(["", *ROWS]))
    # Side by side, a summary before its title and one missing look just like summaries after their titles.
    alike = not row and order.index("summary") < order.index("title")
    return Layout(
        order=order,
        tags=tags,
        classes={name: draw(st.sampled_from(classes)) for name, classes in CLASSES.items()},
        link=draw(st.sampled_from(["title", "title", "title", "row", "more", "date and title"])),
        row=row,
        wrapper=draw(st.sampled_from(["div", "ul", "section"])),
        decoys=(draw(st.sampled_from(DECOYS)), draw(st.sampled_from(DECOYS))),
        counter=draw(st.sampled_from(COUNTERS)),
        blanks=frozenset() if alike else frozenset(draw(st.lists(lost, max_size=2))),
        records=records,
    )


def field(layout: Layout, name: str, n: int, nth: int) -> str:
    record = TEN[n]
    if (n, name) in layout.blanks:
        return ""
    text = escape({"date": record["date_text"], "other": OTHERS[(n + nth) % len(OTHERS)]}.get(name) or record[name])
    if (layout.link == "title" and name == "title") or (layout.link == "date and title" and name in {"date", "title"}):
        text = f'<a href="{record["url"].removeprefix(HOST)}">{text}</a>'
    classes = f' class="{layout.classes[name]}"' if layout.classes[name] else ""
    tag = "td" if layout.row == "tr" else "p" if layout.tags[name] == "td" else layout.tags[name]
    return f"<{tag}{classes}>{text}</{tag}>"


def row(layout: Layout, n: int) -> str:
    href = TEN[n]["url"].removeprefix(HOST)
    inside = "\n".join(field(layout, name, n, nth) for nth, name in enumerate(layout.order))
    if layout.link == "row":
        inside = f'<a href="{href}">{inside}</a>'
    if layout.link == "more":
        inside += f'<a href="{href}">Read more</a>'
    return f"<{layout.row}>{inside}</{layout.row}>" if layout.row else inside


def page(layout: Layout) -> str:
    size = len(layout.records)
    counter = layout.counter.format(a=11, b=10 + size, n=103)
    rows = "\n".join(row(layout, n) for n in layout.records)
    rows = f"<table><tbody>{rows}</tbody></table>" if layout.row == "tr" else rows
    return (
        f"<html><body>{MENU}<main><div><p>{counter}</p>{layout.decoys[0]}</div>\n<{layout.wrapper}>\n{rows}\n"
        f"</{layout.wrapper}>\n{layout.decoys[1]}</main>{FOOTER}</body></html>"
    )


def read(body: bytes) -> set[Told]:
    try:
        reading = SITE.read(Capture(body, url=f"{HOST}/search?page=1"))
    except HarvestError:
        return set()
    return {(e.date_text, e.title, e.summary, e.url) for e in reading.entries}


def true_rows(layout: Layout) -> set[Told]:
    def kept(n: int, name: str) -> str | None:
        return None if (n, name) in layout.blanks else TEN[n]["date_text" if name == "date" else name]

    return {(kept(n, "date"), TEN[n]["title"], kept(n, "summary"), TEN[n]["url"]) for n in layout.records}


@QUICK
@given(layouts())
def test_random_layout_is_read_exactly_or_rejected(layout: Layout) -> None:
    assert read(page(layout).encode()) <= true_rows(layout), page(layout)


def test_random_layouts_are_mostly_read_where_order_and_classes_are_plain() -> None:
    """The property above must not hold because all is rejected."""
    plain = Layout(
        ("date", "title", "summary"), dict.fromkeys(CLASSES, "p"), dict.fromkeys(CLASSES, ""), "title", "li", "ul",
        ("", ""), COUNTERS[0], frozenset(), (0, 1, 2),
    )  # fmt: skip
    variants = [
        plain,
        Layout(**{**_fields(plain), "row": ""}),
        Layout(**{**_fields(plain), "order": ("title", "date", "summary")}),
        Layout(**{**_fields(plain), "link": "date and title"}),
        Layout(**{**_fields(plain), "decoys": (DECOYS[2], DECOYS[1]), "row": "tr"}),
        Layout(**{**_fields(plain), "blanks": frozenset({(1, "date"), (2, "summary")})}),
    ]
    assert [len(read(page(layout).encode())) for layout in variants] == [3] * len(variants)


def _fields(layout: Layout) -> dict[str, object]:
    return {name: getattr(layout, name) for name in Layout.__slots__} if hasattr(Layout, "__slots__") else vars(layout)


SOURCES = [(PAGES / "markups" / f"{name}.html").read_bytes() for name in MARKUPS]
SOURCES += [path.read_bytes() for folder in ("odd", "text", "bad") for path in sorted((PAGES / folder).iterdir())]
BITS = [
    b"<",
    b">",
    b"</div>",
    b"<table>",
    b"</td>",
    b"<br>",
    b"\x00",
    b"\xff",
    b"&#x110000;",
    b"<!--",
    b"]]>",
    b"<svg>",
    b"\n\n",
]


def spoil(body: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 6)):
        at, length = chance.randrange(len(body) + 1), chance.randint(0, 400)
        kind = chance.randrange(4)
        if kind == 0:
            body = body[:at] + chance.choice(BITS) + body[at:]
        elif kind == 1:
            body = body[:at] + body[at + length :]
        elif kind == 2:
            body = body[:at] + body[at : at + length] * 2 + body[at + length :]
        else:
            body = body[:at] + chance.randbytes(chance.randint(1, 4)) + body[at + 1 :]
    return body


@settings(max_examples=600, deadline=None, derandomize=True)
@given(st.sampled_from(SOURCES), st.integers(0, 2**32))
def test_spoilt_page_raises_only_the_project_own_errors(body: bytes, seed: int) -> None:
    for entry in read(spoil(body, random.Random(seed))):
        assert entry[1] and entry[1].strip() == entry[1]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.binary(max_size=400))
def test_any_bytes_raise_only_the_project_own_errors(body: bytes) -> None:
    read(body)
    read(b"<html><body><main>1 - 1 of 1 " + body)


@QUICK
@given(st.sampled_from(sorted(name for name in MARKUPS if not MARKUPS[name].reason)), st.integers(0, 2**32))
def test_page_that_lost_an_element_is_never_misread(name: str, seed: int) -> None:
    """One field of one row goes missing: that row may be rejected or lack the field, no other gets a wrong one."""
    markup = MARKUPS[name]
    chance = random.Random(seed)
    record = TEN[chance.choice(markup.records)]
    lost = chance.choice(["date_text", "summary"])
    whole = write(markup)
    body = whole.replace(escape(record[lost], quote=False), "", 1)
    for date, title, summary, url in read(body.encode()):
        true = next(r for r in TEN if r["title"] == title)
        assert (url, date or true["date_text"], summary or true["summary"]) == (
            true["url"], true["date_text"], true["summary"],
        ), name  # fmt: skip


def test_deep_nesting_is_read_or_refused() -> None:
    for deep in (b"<div>" * 50_000, b"<b><i>" * 5_000, b"<table><tr><td>" * 3_000):
        read(b"<html><body><main><p>1 - 1 of 1</p>" + deep + b'<a href="/document/a">A letter</a>')
