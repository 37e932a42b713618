# ruff: noqa: E501  (markup reads best on its own lines)
"""Writes fixtures/pages/markups: the same ten records in many markups, each named by what is special about it.

Run `python tests/page_markups.py` after a change; a test holds the files to it.
"""

import json
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path

PAGES = Path(__file__).resolve().parent.parent / "fixtures" / "pages"
HOST = "https://digitalarchive.wilsoncenter.org"
TEN: list[dict[str, str]] = json.loads((PAGES / "ten-records.json").read_text("utf-8"))

MENU = """<a href="#main-content" class="visually-hidden focusable">Skip to content</a>
<header role="banner"><nav class="mega-menu"><ul>
<li><a href="/document/a-long-telegram"><span class="title">A Long Telegram</span></a> <span class="date">February 22, 1946</span></li>
<li><a href="/people/mao-zedong"><span class="title">Mao Zedong</span> <span class="detail">(703)</span> 1893-1976</a></li>
<li><a href="/search?f%5B0%5D=places%3A82002"><span class="title">China</span> <span class="detail">(1,204)</span></a></li>
</ul></nav></header>
"""
FOOTER = """<footer role="contentinfo"><p class="summary">An archive of files.</p><p>Rebuilt June 1, 2024</p>
<a href="/document/about-this-archive">About this archive</a></footer>"""
COUNTER = '<div class="view-header">Results: 71 - 80 of 103</div>\n<h2>Documents</h2>'
PAGER = '<nav class="pager" aria-label="Pagination"><h4>Pagination</h4><ul><li><a href="?page=6">6</a></li><li><a rel="next" href="?page=8">Next ›</a></li></ul></nav>'
KNOWN = '<table class="table table-hover table-striped"><tbody>\n{rows}\n</tbody></table>'


@dataclass(frozen=True)
class Markup:
    """A page: `row` is written once a record, `wrap` once; `page` is the whole, without the parts round it if bare."""

    row: str
    wrap: str = KNOWN
    counter: str = COUNTER
    before: str = ""
    after: str = ""
    page: str = '{menu}<main id="main-content">\n{counter}\n{before}{list}\n{after}{pager}\n</main>\n{footer}'
    base: str = ""  # put before each link's path
    tail: str = ""  # put after it
    records: tuple[int, ...] = tuple(range(10))
    reason: str = ""  # a word of the reason for which all of it is rejected; "" if it is read


def cell(inside: str) -> str:
    """Return a row of the known table."""
    return f'<tr><td class="document contextual-region views-field">{inside}</td></tr>'


FIELDS = {"d": "{date}", "t": "{title}", "s": "{summary}", "u": "{href}"}
CARD = (
    '<article class="card"><time datetime="1958-06-05">{date}</time><h3><a href="{href}">{title}</a></h3>'
    "<p>{summary}</p></article>"
)
PLAIN_LI = '<li><span class="date">{date}</span> <a href="{href}">{title}</a><p>{summary}</p></li>'
FEATURED = (
    '<{tag}><h3>Featured documents</h3><ul><li><a href="/document/the-long-telegram">The Long Telegram</a>'
    "<p>February 22, 1946</p><p>Kennan writes home.</p></li>"
    '<li><a href="/document/x-article">The Sources of Soviet Conduct</a><p>July 1947</p></li></ul></{end}>\n'
)
LIST = '<ul class="results">\n{rows}\n</ul>'
DIV = "<div>\n{rows}\n</div>"

MARKUPS: dict[str, Markup] = {
    "known-table-fields-with-classes": Markup(
        cell(
            '<div class="contextual"><a href="/node/9">Edit</a></div><article><div class="date">{date}</div>'
            '<h3 class="title"><a href="{href}" rel="bookmark"><span>{title}</span></a></h3>'
            '<div class="summary"><p>{summary}</p></div><a class="more" href="{href}">Read more'
            '<span class="visually-hidden"> about {title}</span></a></article>'
        )
    ),
    "known-table-bare-paragraphs": Markup(cell('<p>{date}</p><p><a href="{href}">{title}</a></p><p>{summary}</p>')),
    "known-table-bare-text-between-breaks": Markup(cell('{date}<br><a href="{href}">{title}</a><br>{summary}')),
    "known-table-link-wraps-all-of-the-cell": Markup(
        cell('<a href="{href}"><p>{date}</p><h3>{title}</h3><p>{summary}</p></a>')
    ),
    "known-table-in-nested-layout-tables": Markup(
        cell(
            '<table><tr><td>{date}</td></tr><tr><td><a href="{href}">{title}</a></td></tr><tr><td>{summary}</td></tr></table>'
        ),
        wrap='<table width="100%"><tr><td><img src="/x.gif"></td><td>' + KNOWN + "</td></tr></table>",
    ),
    "table-with-a-column-a-field-and-heads": Markup(
        '<tr><td>{date}</td><td><a href="{href}">{title}</a></td><td>{summary}</td></tr>',
        wrap="<table><thead><tr><th>Date</th><th>Title</th><th>Summary</th></tr></thead><tbody>\n{rows}\n</tbody></table>",
    ),
    "table-with-heads-in-another-order": Markup(
        '<tr><td><a href="{href}">{title}</a></td><td>{summary}</td><td>{date}</td></tr>',
        wrap="<table><tr><th>Title</th><th>Summary</th><th>Date</th></tr>\n{rows}\n</table>",
    ),
    "table-with-columns-of-other-fields": Markup(
        '<tr><td>Letter</td><td>{date}</td><td><a href="{href}">{title}</a></td><td>{summary}</td><td>Russian</td></tr>',
        wrap="<table><thead><tr><th>Type</th><th>Date</th><th>Title</th><th>Summary</th><th>Language</th></tr></thead>"
        "<tbody>\n{rows}\n</tbody></table>",
    ),
    "table-with-summary-column-before-title": Markup(
        '<tr><td>{date}</td><td>{summary}</td><td><a href="{href}">{title}</a></td></tr>',
        wrap="<table><thead><tr><th>Date</th><th>Summary</th><th>Title</th></tr></thead><tbody>\n{rows}\n</tbody></table>",
    ),
    "table-with-a-record-over-two-rows": Markup(
        '<tr><td>{date}</td><td><a href="{href}">{title}</a></td></tr>\n<tr><td colspan="2">{summary}</td></tr>',
        wrap="<table><tbody>\n{rows}\n</tbody></table>",
    ),
    "table-with-a-body-a-record": Markup(
        '<tbody><tr><td>{date}</td><td><a href="{href}">{title}</a></td></tr><tr><td colspan="2">{summary}</td></tr></tbody>',
        wrap="<table>\n{rows}\n</table>",
    ),
    "list-with-date-class": Markup(PLAIN_LI, wrap=LIST),
    "list-without-classes": Markup(
        '<li><span>{date}</span> <a href="{href}">{title}</a><p>{summary}</p></li>', wrap="<ol>\n{rows}\n</ol>"
    ),
    "list-with-inline-date-in-brackets-after-the-link": Markup(
        '<li><a href="{href}">{title}</a> ({date}) – {summary}</li>', wrap=LIST
    ),
    "list-with-inline-date-before-a-colon": Markup(
        '<li>{date}: <a href="{href}">{title}</a><br>{summary}</li>', wrap=LIST
    ),
    "list-with-numbers-before-titles": Markup(
        '<li><span>{n}.</span> <a href="{href}">{title}</a> <em>{date}</em><div>{summary}</div></li>', wrap=LIST
    ),
    "cards-with-time": Markup(CARD, wrap='<section class="cards">\n{rows}\n</section>'),
    "cards-with-time-in-the-footer": Markup(
        '<article><h2><a href="{href}">{title}</a></h2><p>{summary}</p><footer><time>{date}</time></footer></article>',
        wrap=DIV,
    ),
    "cards-with-plain-date-in-the-footer": Markup(
        '<article><h2><a href="{href}">{title}</a></h2><p>{summary}</p><footer>{date}</footer></article>', wrap=DIV
    ),
    "cards-with-title-in-a-header": Markup(
        '<article><header><h2><a href="{href}">{title}</a></h2><p>{date}</p></header><p>{summary}</p></article>',
        wrap=DIV,
    ),
    "cards-wrapped-in-one-link-of-blocks": Markup(
        '<a class="card" href="{href}"><div class="card-body"><p>{date}</p><h5 class="card-title">{title}</h5>'
        '<p class="card-text">{summary}</p></div></a>',
        wrap='<div class="card-columns">\n{rows}\n</div>',
    ),
    "cards-wrapped-in-one-link-of-spans": Markup(
        '<a href="{href}"><span class="date">{date}</span><span class="title">{title}</span>'
        '<span class="summary">{summary}</span></a>',
        wrap=DIV,
    ),
    "cards-wrapped-in-one-link-of-spans-without-classes": Markup(
        '<a href="{href}"><span>{date}</span> <span>{title}</span> <span>{summary}</span></a>', wrap=DIV
    ),
    "cards-with-image-link-first": Markup(
        '<div class="item"><a href="{href}"><img src="/t.png" alt="A page of {title}"></a><p>{date}</p>'
        '<h4><a href="{href}">{title}</a></h4><p>{summary}</p></div>',
        wrap=DIV,
    ),
    "cards-with-read-more-link-only": Markup(
        '<div class="item"><h3>{title}</h3><p>{date}</p><p>{summary}</p><a href="{href}">Read more »</a></div>',
        wrap=DIV,
    ),
    "cards-with-fields-round-them": Markup(
        '<div class="item"><span class="type">Telegram</span> <span class="language">Russian</span>'
        '<p class="date">{date}</p><h3><a href="{href}">{title}</a></h3>'
        '<p class="people">Mao Zedong, 1893-1976; Zhou Enlai, 1898-1976</p><div class="summary">{summary}</div>'
        '<ul class="tags"><li><a href="/topics/1">China--1949-1966</a></li><li>Rockets</li></ul></div>',
        wrap=DIV,
    ),
    "cards-with-date-after-summary": Markup(
        '<div class="item"><h3><a href="{href}">{title}</a></h3><p>{summary}</p><p>{date}</p></div>', wrap=DIV
    ),
    "cards-with-a-line-of-facts": Markup(
        '<div class="item"><h3><a href="{href}">{title}</a></h3><p class="meta">Letter | {date} | Russian</p>'
        "<p>{summary}</p></div>",
        wrap=DIV,
    ),
    "cards-with-citation-link-of-the-same-document": Markup(
        '<div class="item"><p>{date}</p><h3><a href="{href}">{title}</a></h3><p>{summary}</p>'
        '<div class="links"><a href="{href}#citation">Cite this document</a> <a href="{href}?print=1">Print</a></div></div>',
        wrap=DIV,
    ),
    "definition-list-flat": Markup(
        '<dt><a href="{href}">{title}</a></dt>\n<dd>{date}</dd>\n<dd>{summary}</dd>', wrap="<dl>\n{rows}\n</dl>"
    ),
    "definition-list-flat-date-in-term": Markup(
        '<dt>{date}</dt>\n<dd><a href="{href}">{title}</a></dd>\n<dd>{summary}</dd>', wrap="<dl>\n{rows}\n</dl>"
    ),
    "flat-headings-and-paragraphs-title-first": Markup(
        '<h3><a href="{href}">{title}</a></h3>\n<p>{date}</p>\n<p>{summary}</p>', wrap=DIV
    ),
    "flat-headings-and-paragraphs-date-first": Markup(
        '<p class="date">{date}</p>\n<h3><a href="{href}">{title}</a></h3>\n<p>{summary}</p>', wrap=DIV
    ),
    "flat-text-between-breaks-and-rules": Markup(
        '{date}<br>\n<a href="{href}">{title}</a><br>\n{summary}<hr>', wrap=DIV
    ),
    "grid-rows-of-two-columns": Markup(
        '<div class="row mb-3"><div class="col-md-2">{date}</div><div class="col-md-10"><a href="{href}">{title}</a>'
        "<p>{summary}</p></div></div>",
        wrap='<div class="container">\n{rows}\n</div>',
    ),
    "views-rows-with-field-names": Markup(
        '<div class="views-row"><article class="node node--type-document">'
        '<div class="field field--name-field-document-date field--type-daterange field--label-hidden field__item">{date}</div>'
        '<h2 class="node__title"><a href="{href}" rel="bookmark">'
        '<span class="field field--name-title field--type-string">{title}</span></a></h2>'
        '<div class="clearfix text-formatted field field--name-field-description field--type-text-long"><p>{summary}</p></div>'
        '<ul class="links inline"><li class="node-readmore"><a href="{href}" title="{title}">Read more'
        '<span class="visually-hidden"> about {title}</span></a></li></ul></article></div>',
        wrap='<div class="view-content">\n{rows}\n</div>',
    ),
    "views-fields-with-labels": Markup(
        '<div class="views-row"><div class="views-field views-field-title"><span class="views-label">Title: </span>'
        '<span class="field-content"><a href="{href}">{title}</a></span></div>'
        '<div class="views-field views-field-field-date"><span class="views-label">Date: </span>'
        '<span class="field-content">{date}</span></div>'
        '<div class="views-field views-field-body"><span class="views-label">Summary: </span>'
        '<div class="field-content"><p>{summary}</p></div></div></div>',
        wrap=DIV,
    ),
    "utility-classes": Markup(
        '<div class="flex flex-col gap-2 border-b py-4"><div class="text-sm text-gray-500">{date}</div>'
        '<a href="{href}" class="text-lg font-semibold hover:underline">{title}</a>'
        '<div class="text-base leading-6">{summary}</div></div>',
        wrap='<div class="divide-y">\n{rows}\n</div>',
    ),
    "custom-elements": Markup(
        '<result-item><item-date>{date}</item-date><item-title><a href="{href}">{title}</a></item-title>'
        "<item-text>{summary}</item-text></result-item>",
        wrap="<result-list>\n{rows}\n</result-list>",
    ),
    "labels-in-definition-lists": Markup(
        '<div class="rec"><dl><dt>Date:</dt><dd>{date}</dd><dt>Title:</dt><dd><a href="{href}">{title}</a></dd>'
        "<dt>Type:</dt><dd>Letter</dd><dt>Summary:</dt><dd>{summary}</dd></dl></div>",
        wrap=DIV,
    ),
    "labels-in-bold": Markup(
        '<li><b>Title:</b> <a href="{href}">{title}</a><br><b>Date:</b> {date}<br><b>Summary:</b> {summary}</li>',
        wrap=LIST,
    ),
    "labels-in-spans-of-paragraphs": Markup(
        '<li><p><span>Date:</span> {date}</p><p><span>Title:</span> <a href="{href}">{title}</a></p>'
        "<p><span>Summary:</span> {summary}</p></li>",
        wrap=LIST,
    ),
    "labels-with-summary-before-title": Markup(
        '<li><b>Date:</b> {date}<br><b>Summary:</b> {summary}<br><b>Title:</b> <a href="{href}">{title}</a></li>',
        wrap=LIST,
    ),
    "microdata": Markup(
        '<div itemscope><a itemprop="url" href="{href}"><span itemprop="name">{title}</span></a>'
        '<span itemprop="dateCreated">{date}</span><div itemprop="description">{summary}</div></div>',
        wrap=DIV,
    ),
    "sidebar-in-main-before-and-after": Markup(
        CARD,
        wrap=DIV,
        before=FEATURED.format(tag="aside", end="aside"),
        after=FEATURED.format(tag="div class='sidebar'", end="div"),
    ),
    "featured-documents-before-and-after-in-the-same-markup": Markup(
        '<li><p>{date}</p><a href="{href}">{title}</a><p>{summary}</p></li>',
        wrap=LIST,
        before=FEATURED.format(tag="section", end="section"),
        after=FEATURED.format(tag="div", end="div"),
    ),
    "no-main": Markup(
        PLAIN_LI, wrap=LIST, page='{menu}<div id="content">\n{counter}\n{list}\n{pager}\n</div>\n{footer}'
    ),
    "counter-split-over-elements": Markup(
        PLAIN_LI,
        wrap=LIST,
        counter="<p>Showing <b>71</b>&nbsp;–&nbsp;<b>80</b> of <strong><span>103</span></strong> results</p>",
    ),
    "counter-in-a-header-in-main": Markup(
        CARD,
        wrap=DIV,
        counter="<header><h1>Search</h1><div><span>Results:</span> <span>71 - 80 of 103</span></div></header>",
    ),
    "counter-below-the-rows-too": Markup(PLAIN_LI, wrap=LIST, after="<p>Results: 71 - 80 of 103</p>"),
    "counter-above-main": Markup(
        PLAIN_LI, wrap=LIST, page="{menu}<div>{counter}</div><main>\n{list}\n{pager}\n</main>\n{footer}"
    ),
    "counter-as-text-among-the-rows": Markup(
        '<p>{date}</p><p><a href="{href}">{title}</a></p><p>{summary}</p>',
        wrap="<div>Results:<br>71 - 80 of 103<br>Documents\n{rows}\n</div>",
        counter="",
    ),
    "replayed-by-a-web-archive": Markup(
        CARD, wrap=DIV, base="/web/20250925001122/https://digitalarchive.wilsoncenter.org"
    ),
    "replayed-by-a-web-archive-whole-addresses": Markup(
        PLAIN_LI, wrap=LIST, base="https://web.archive.org/web/20250316000000/http://digitalarchive.wilsoncenter.org:80"
    ),
    "staging-host-whole-addresses-query-and-fragment": Markup(
        PLAIN_LI,
        wrap=LIST,
        base="https://wilson-center.drivingcreative.com",
        tail="?_wrapper_format=html&amp;page=7#top",
    ),
    "upper-case-tags-and-unclosed": Markup(
        '<LI><FONT SIZE=2>{date}</FONT><BR><A HREF="{href}"><B>{title}</B></A><P>{summary}',
        wrap="<UL>\n{rows}\n</UL>",
        page="<HTML><BODY BGCOLOR=white>\n{counter}\n{list}\n<HR>{pager}</BODY></HTML>",
        counter="<CENTER>Results: <B>71 - 80 of 103</B></CENTER>",
    ),
    "unclosed-cells-of-layout-tables": Markup(
        '<tr><td valign=top nowrap>{date}<td><a href="{href}">{title}</a><br>{summary}',
        wrap="<table border=0><tr><td>&nbsp;<td><table border=0 cellpadding=2>\n{rows}\n</table></table>",
    ),
    "one-record-in-the-known-table": Markup(
        cell('<p>{date}</p><p><a href="{href}">{title}</a></p><p>{summary}</p>'),
        counter="<p>1 - 1 of 1</p>",
        records=(0,),
    ),
    "one-record-last-page": Markup(
        CARD, wrap=DIV, counter="<p>Results: 103 - 103 of 103</p><h2>Documents</h2>", records=(9,)
    ),
    "one-record-in-a-list": Markup(PLAIN_LI, wrap=LIST, counter="<p>1 - 1 of 1</p>", records=(3,)),
    "one-record-flat": Markup(
        '<p>{date}</p><h3><a href="{href}">{title}</a></h3><p>{summary}</p>',
        wrap=DIV,
        counter="<p>1 - 1 of 1</p>",
        records=(4,),
    ),
    "one-record-in-table-with-heads": Markup(
        '<tr><td>{date}</td><td><a href="{href}">{title}</a></td><td>{summary}</td></tr>',
        wrap="<table><thead><tr><th>Date</th><th>Title</th><th>Summary</th></tr></thead><tbody>\n{rows}\n</tbody></table>",
        counter="<p>1 - 1 of 1</p>",
        records=(5,),
    ),
    "one-record-beside-featured-documents": Markup(
        PLAIN_LI,
        wrap=LIST,
        counter="<p>1 - 1 of 1</p>",
        records=(6,),
        after=FEATURED.format(tag="section", end="section"),
    ),
    "one-record-wrapped-in-one-link": Markup(
        '<a href="{href}"><p>{date}</p><h3>{title}</h3><p>{summary}</p></a>',
        wrap=DIV,
        counter="<p>1 - 1 of 1</p>",
        records=(7,),
    ),
    "two-records-in-a-list": Markup(PLAIN_LI, wrap=LIST, counter="<p>1 - 2 of 2</p>", records=(0, 9)),
    "two-records-flat": Markup(
        '<p>{date}</p><h3><a href="{href}">{title}</a></h3><p>{summary}</p>',
        wrap=DIV,
        counter="<p>1 - 2 of 2</p>",
        records=(2, 3),
    ),
    "rejected-title-after-summary": Markup(
        '<li><p>{date}</p><p>{summary}</p><h3><a href="{href}">{title}</a></h3></li>',
        wrap=LIST,
        reason="before the title",
    ),
    "rejected-summary-before-date-and-title": Markup(
        '<li><p>{summary}</p><p>{date}</p><a href="{href}">{title}</a></li>', wrap=LIST, reason="before the title"
    ),
    "rejected-flat-summary-first": Markup(
        '<p>{summary}</p><p>{date}</p><h3><a href="{href}">{title}</a></h3>', wrap=DIV, reason="cannot be told"
    ),
    "dates-as-headings-one-a-row": Markup(
        '<h4>{date}</h4>\n<div class="item"><a href="{href}">{title}</a><p>{summary}</p></div>', wrap=DIV
    ),
    "years-as-headings-over-rows-with-dates": Markup(
        '{year}<div class="item"><h3><a href="{href}">{title}</a></h3><p>{date}</p><p>{summary}</p></div>', wrap=DIV
    ),
    "cards-with-title-in-a-header-of-a-div": Markup(
        '<div class="card"><header><h2><a href="{href}">{title}</a></h2></header><p>{date}</p><p>{summary}</p></div>',
        wrap=DIV,
    ),
    "cards-with-details-and-info-classes": Markup(
        '<div class="item-info"><h3><a href="{href}">{title}</a></h3><div class="details"><p>{date}</p><p>{summary}</p></div></div>',
        wrap=DIV,
    ),
    "cards-with-date-hidden-on-small-screens": Markup(
        '<div class="card"><span class="d-none d-md-block">{date}</span><a href="{href}">{title}</a><p>{summary}</p></div>',
        wrap=DIV,
    ),
    "cards-with-an-upload-date": Markup(
        '<div class="card"><h3><a href="{href}">{title}</a></h3><p>{date}</p><span class="date-added">May 1, 2011</span><p>{summary}</p></div>',
        wrap=DIV,
    ),
    "heading-holds-date-and-link": Markup(
        '<li><h3>{date}: <a href="{href}">{title}</a></h3><p>{summary}</p></li>', wrap=LIST
    ),
    "heading-holds-link-and-date-in-brackets": Markup(
        '<li><h3><a href="{href}">{title}</a> <small>({date})</small></h3><p>{summary}</p></li>', wrap=LIST
    ),
    "rows-in-sections-by-year": Markup(
        '{section}<article><h3><a href="{href}">{title}</a></h3><time>{date}</time><p>{summary}</p></article>',
        wrap="<div><section>\n{rows}\n</section></div>",
    ),
    "rejected-heading-holds-more-than-the-link": Markup(
        '<li><h3>Letter <a href="{href}">{title}</a></h3><p>{date}</p><p>{summary}</p></li>',
        wrap=LIST,
        reason="heading holds more",
    ),
    "rejected-two-headings-and-no-linked-title": Markup(
        '<li><h5>From the files of the ministry</h5><h3>{title}</h3><p>{date}</p><p>{summary}</p><a href="{href}">View</a></li>',
        wrap=LIST,
        reason="several headings",
    ),
    "rejected-unmarked-title-last": Markup(
        '<li><p>{date}</p><p>{summary}</p><p>{title}</p><a href="{href}">View</a></li>',
        wrap=LIST,
        reason="title cannot be told",
    ),
    "rejected-see-also-links-in-each-row": Markup(
        '<li><h3><a href="{href}">{title}</a></h3><p>{date}</p><p>{summary}</p><p>See also <a href="/document/other-{n}">another</a></p></li>',
        wrap=LIST,
        reason="several parts",
    ),
    "rejected-rows-and-decoys-alike": Markup(
        PLAIN_LI, wrap=LIST + "\n" + LIST.replace("{rows}", "{decoys}"), reason="several parts"
    ),
    "rejected-years-as-headings-over-several-rows": Markup(
        '{year}<div class="item"><h3><a href="{href}">{title}</a></h3><p>{summary}</p></div>',
        wrap=DIV,
        reason="outside",
    ),
    "rejected-other-fields-without-classes": Markup(
        '<li><p>{date}</p><a href="{href}">{title}</a><p>{summary}</p><span>Letter</span> <span>Russian</span></li>',
        wrap=LIST,
        reason="cannot be told",
    ),
    "rejected-two-dates-in-a-row": Markup(
        '<li><p>{date}</p><a href="{href}">{title}</a><p>May 1, 2011</p><p>{summary}</p></li>', wrap=LIST, reason="date"
    ),
    "rejected-link-holds-only-the-date": Markup(
        '<li><a href="{href}">{date}</a> {title}<p>{summary}</p></li>', wrap=LIST, reason="date"
    ),
}


def write(markup: Markup) -> str:
    """Return the page of a markup."""
    rows, year = [], ""
    for n in markup.records:
        record = {key: escape(value, quote=False) for key, value in TEN[n].items()}
        heading = f"<h2>{record['date_text'][-4:]}</h2>\n" if record["date_text"][-4:] != year else ""
        year = record["date_text"][-4:]
        fields = {
            "date": record["date_text"],
            "title": record["title"],
            "summary": record["summary"],
            "href": markup.base + record["url"].removeprefix(HOST) + markup.tail,
            "n": str(71 + n),
            "year": heading,
            "section": f"</section>\n<section>{heading}" if heading and rows else heading,
        }
        rows.append(fill(markup.row, fields))
    parts = {
        "menu": MENU,
        "counter": markup.counter,
        "before": markup.before,
        "list": fill(
            markup.wrap,
            {"rows": "\n".join(rows), "decoys": "\n".join(rows).replace("/document/", "/document/another-")},
        ),
        "after": markup.after,
        "pager": PAGER,
        "footer": FOOTER,
    }
    body = fill(markup.page, parts)
    if body.startswith("<HTML>"):
        return body + "\n"
    head = '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Search | Digital Archive</title></head><body>\n'
    return f"{head}{body}\n</body></html>\n"


def fill(template: str, fields: dict[str, str]) -> str:
    """Return a template with {names} replaced, once."""
    return re.sub(r"\{(\w+)\}", lambda found: fields[found[1]], template)


if __name__ == "__main__":
    for name, markup in MARKUPS.items():
        (PAGES / "markups" / f"{name}.html").write_text(write(markup), "utf-8", newline="\n")
