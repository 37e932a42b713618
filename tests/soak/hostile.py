"""Pages made to bring a reader down, each named by what is hostile about it; `PAGES` makes their bytes when asked."""

import re
from collections.abc import Callable

HEAD = b"<html><body><main><p>1 - 2 of 2</p>"
ROWS = (
    b"<ul><li><p>June 5, 1958</p><a href=/document/a>Letter a</a><p>One said.</p></li>"
    b"<li><p>June 6, 1958</p><a href=/document/b>Letter b</a><p>Two said.</p></li></ul>"
)
FOOT = b"</main></body></html>"
TEXT = b"Results:\n\n1 - 2 of 2\n\n"
_LAUGHS = b'<!DOCTYPE html [<!ENTITY a "ha">%s]>' % b"".join(
    b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(20)
)
_SMALL_ROW = b"<tr><td class=document><p>June 5, 1958</p><a href=/document/x%d>y</a><p>Z.</p></td></tr>"


def page(inside: bytes = b"", *, title: bytes = b"Letter a") -> bytes:
    """Return a page of two records with something before its end."""
    return HEAD + ROWS.replace(b"Letter a", title) + inside + FOOT


def row(inside: bytes) -> bytes:
    """Return a page of two records, the first with something after its title."""
    return HEAD + b"<ul><li><a href=/document/a>A</a>" + inside + b"</li><li><a href=/document/b>B</a></li></ul>" + FOOT


def table(count: int, cell: bytes = _SMALL_ROW) -> bytes:
    """Return a page of the known table with many rows."""
    rows = b"".join(cell % i for i in range(count))
    return b"<html><body><main><p>1 - %d of %d</p><table class=table-striped>%b</table>" % (count, count, rows) + FOOT


def nested(tag: bytes, depth: int, inside: bytes = b"x") -> bytes:
    """Return elements one in another, closed."""
    return b"<%b>" % tag * depth + inside + b"</%b>" % tag.split()[0] * depth


def attributes(count: int) -> bytes:
    """Return an element of many attributes."""
    return b"<p %b>x</p>" % b" ".join(b"a%d=1" % i for i in range(count))


def _numbered(pattern: bytes, count: int) -> bytes:
    return b"".join(pattern % i for i in range(count))


PAGES: dict[str, Callable[[], bytes]] = {
    "100 MB of text": lambda: b"a " * 50_000_000,
    "100 MB of markup": lambda: page(b"<p>word</p>" * 9_000_000),
    "a PDF of 20 MB": lambda: b"%PDF-1.7" + b"\n\xff" * 10_000_000,
    **{
        f"100,000 nested {t.decode()}": lambda t=t: page(nested(t, 100_000))
        for t in (b"div", b"b", b"table", b"a", b"p")
    },
    "100,000 nested unclosed": lambda: page(b"<div>" * 100_000),
    "100,000 nested mixed": lambda: page(b"<ul><li><b><table><tr><td><x-y>" * 14_000),
    "20,000 unclosed in a small page": lambda: page(b"<b>" * 20_000),
    "nested and then closed by others": lambda: page(b"<b>" * 20_000 + b"</div>" * 100_000),
    "1,000,000 attributes of one element": lambda: page(attributes(1_000_000)),
    "50,000 attributes of one element": lambda: page(attributes(50_000)),
    "8,000 attributes in a small page": lambda: page(attributes(7_000)),
    "an attribute of 50 MB": lambda: page(b"<p title='%b'>x</p>" % (b"x" * 50_000_000)),
    "a class of a million letters": lambda: page(b"<p class='%b'>x</p>" % (b"field-name-" * 90_000)),
    "a class of 500,000 words": lambda: page(b"<p class='%b'>x</p>" % (b"a " * 500_000)),
    "a million links": lambda: page(b"<a href=/document/x>y</a>" * 1_000_000),
    "15,000 links": lambda: page(_numbered(b"<a href=/document/x%d>y</a>", 15_000)),
    "4,900 links to one record": lambda: row(b"<p><a href=/document/a>y</a></p>" * 4_900),
    "a million table rows": lambda: HEAD + b"<table class=table-striped>" + b"<tr>" * 1_000_000 + FOOT,
    "20,000 rows": lambda: table(20_000),
    "1,000 rows": lambda: table(1_000),
    "200,000 comments": lambda: page(b"<!---->" * 200_000),
    "unclosed comments": lambda: page(b"<!--" * 200_000),
    "entities that multiply, HTML": lambda: _LAUGHS + page(b"<p>&u;</p>"),
    "entities that multiply, XHTML": lambda: b'<?xml version="1.0"?>' + _LAUGHS + page(b"<p>&u;</p>"),
    "entities that multiply, XML": lambda: b'<?xml version="1.0"?>' + _LAUGHS.replace(b"html", b"x") + b"<x>&u;</x>",
    "ampersands": lambda: page(b"&" * 900_000),
    "less-than signs": lambda: page(b"<" * 900_000),
    "NUL everywhere": lambda: b"\x00".join(bytes([byte]) for byte in page()),
    "500,000 NULs in a text": lambda: page(b"word " * 1000 + b"\x00" * 500_000),
    "broken UTF-8": lambda: page(b"\xff\xfe\xc0\xaf\xed\xa0\x80\xf5" * 60_000),
    "UTF-16 without a mark": lambda: page().decode().encode("utf-16-le"),
    "UTF-16 with half a letter": lambda: b"\xff\xfe" + page().decode().encode("utf-16-le")[:-1],
    "UTF-16 with lone surrogates": lambda: b"\xff\xfe" + page().decode().encode("utf-16-le") + b"\x00\xd8" * 1000,
    **{
        f"declared as {name}": lambda name=name: b"<meta charset=%b>" % name.encode() + page(b"\xff+ADw-\\ud800~{")
        for name in "utf-7 base64 rot13 idna punycode undefined unicode_escape hz iso-2022-jp utf-16 klingon".split()
    },
    "a title of 10 MB": lambda: page(title=b"x" * 10_000_000),
    "a title of 900,000 letters": lambda: page(title=b"x " * 450_000),
    "400,000 marks on one letter": lambda: page(title=b"e" + "\u0301\u0316".encode() * 200_000),
    "a title of 9,000 pieces": lambda: page(title=b"<em>x</em>" * 9_000),
    "a date of a million digits": lambda: page().replace(b"<p>June 5, 1958", b"<p class=date>" + b"1" * 1_000_000),
    "a date of 900,000 brackets": lambda: page().replace(b"<p>June 5, 1958", b"<p class=date>" + b"(" * 900_000),
    "dates in 95 brackets": lambda: TEXT + _numbered(b"[" * 90 + b"1%03d" + b"]" * 90 + b"\n\n", 1_000),
    "a counter of 400 digits": lambda: page().replace(b"of 2", b"of " + b"9" * 400),
    "results results results": lambda: (
        HEAD.replace(b"1 -", b"x") + (b"<i>" + b"results " * 59 + b"1</i>") * 1500 + FOOT
    ),
    "numbers that are no counter": lambda: HEAD.replace(b"1 -", b"x") + b"<div><i>1</i></div>" * 9_000 + FOOT,
    "nested numbers round many elements": lambda: (
        HEAD.replace(b"1 -", b"x") + b"<div>1" * 100 + b"<i></i>" * 15_000 + FOOT
    ),
    "thirty arrows": lambda: page(title=b"&gt;" * 30 + b"x"),
    "half a million arrows": lambda: TEXT + b">" * 500_000 + b"x",
    "a pager of digits": lambda: TEXT + b"\n\n".join(b"1" * n + b"x" for n in range(20, 1200)),
    "a pager of points": lambda: TEXT + "…".encode() * 30 + b"x",
    "facets": lambda: row(b"<p>%b</p>" % (b"x (1) " * 40 + b"y(")).replace(b">A<", b">Read more<"),
    "2 MB of line ends": lambda: b"x" + b"\n" * 1_900_000 + b"hello",
    "900,000 lines": lambda: TEXT + b"1\n" * 900_000,
    "lines of blanks": lambda: b"<html><body>" + b"   \n" * 400_000,
    "600,000 blocks": lambda: TEXT + b"a\n\n" * 600_000,
    "a heading of 25,000 words": lambda: b"<html><body><h1>" + b"the requested page " * 25_000 + b"</h1>",
    "nested headings": lambda: b"<html><body>" + b"<h1>" * 140 + b"<i>x</i>" * 15_000,
    "18,000 words with a class in a row": lambda: row(b"x " + b"<em class=person>a</em> y " * 18_000),
    "18,000 empty words in a row": lambda: row(b"x " + b"<em class=person></em>" * 18_000),
    "18,000 dates in a row": lambda: row(b"<time>June 5, 1958</time>" * 18_000),
    "18,000 breaks in a row": lambda: row(b"a<br>" * 18_000),
    "9,000 headings in a row": lambda: row(b"<h3><a href=/document/a>x</a></h3>" * 4_900),
    "900,000 facts in a row": lambda: row(b"<p class=meta>%b</p>" % (b"a|" * 900_000)),
    "18,000 words deep in a row": lambda: row(nested(b"div", 20, b"<em class=person>a</em> y " * 9_000)),
    "18,000 dates deep in a row": lambda: row(nested(b"div", 20, b"<time>June 5, 1958</time>" * 18_000)),
    "deep sidebars": lambda: page(nested(b"div", 140, b"<aside>x</aside>" * 15_000)),
    "deep links": lambda: page(nested(b"div", 140, b"<p><a href=/document/a>x</a></p>" * 4_900)),
    "an address of 900,000 letters": lambda: page(b"<a href=/document/%b>x</a>" % (b"%41" * 300_000)),
    "an address of 300,000 dots": lambda: page(b"<a href='%bdocument/x'>x</a>" % (b"../" * 300_000)),
    "10,000 next links": lambda: page(b"<a rel=next href=#>x</a>" * 10_000),
}
# Each with names of its own for the elements, of letters only: numbers are no part of a kind.
PAGES["4,900 links, each of a kind"] = lambda: re.sub(
    rb"class=(\d+)",
    lambda found: b"class=" + bytes(byte + 49 for byte in found[1]),
    b"<html><body><main><p>1 - 1 of 1</p>"
    + b"".join(b"<div class=%d><a href=/document/x%d>y</a></div>" % (i, i) for i in range(4_900))
    + FOOT,
)
