"""Document pages for the tests: blocks of the new layout, to be put together in any order, wrapped, or left out."""

OWN = "https://digitalarchive.wilsoncenter.org"
SLUG, NODE, RECORD = f"{OWN}/document/letter-harbour-office", "70001", "112233"
HEAD = (
    '<meta charset="utf-8"><title>Letter from the Harbour Office | Digital Archive</title>'
    f'<link rel="canonical" href="{SLUG}"><link rel="shortlink" href="{OWN}/node/{NODE}">'
)
HEADER = (
    '<header role="banner"><nav><a class="title" href="/document/other">Another document</a>'
    ' <span class="date">June 1, 1900</span></nav></header>'
)
SETTINGS = (
    '<script type="application/json" data-drupal-selector="drupal-settings-json">'
    '{"path":{"baseUrl":"/","currentPath":"node/70001"}}</script>'
)


def info(label: str, value: str) -> str:
    """Return a block of information."""
    return f'<div class="information-block"><h3 class="sub-title">{label}</h3><div class="text">{value}</div></div>'


def pills(label: str, *names: str) -> str:
    """Return a block of pills, each with a link."""
    made = "".join(
        f'<li class="pill"><a href="/search?f[0]=t:{n}"><span class="name">{n}</span></a></li>' for n in names
    )
    return f'<div class="pill-block"><h3 class="title">{label}</h3><ul>{made}</ul></div>'


def tabs(*panes: tuple[str, str, str]) -> str:
    """Return the tabs of a document: id, words of the tab, and content of each."""
    links = "".join(f'<li><a href="#{name}" data-toggle="tab">{words}</a></li>' for name, words, _ in panes)
    made = "".join(f'<div class="tab-pane" id="{name}">{content}</div>' for name, _, content in panes)
    return f'<div id="documentTabs"><ul class="nav nav-tabs">{links}</ul><div class="tab-content">{made}</div></div>'


BLOCKS = {
    "date": '<h2 class="date">June 5, 1958</h2>',
    "title": '<h1 class="title"><span>Letter from the Harbour Office</span></h1>',
    "support": '<p class="donated">This document was made possible with support from the Quay Fund, Inc.</p>',
    "summary": '<div class="text-block"><p>The office writes to the pier.</p><p>It asks for <em>stone</em>.</p></div>',
    "tabs": tabs(
        ("translation-English", "English Translation", "<p>Dear Sir,<br>we need stone.</p><p>Yours, the Office</p>"),
        ("scan", "Original Scan", '<div class="pdf-preview" data="/sites/default/files/pier.pdf"></div>'),
    ),
    "download": '<a class="btn" href="/document/70001/download">Download PDF</a>',
    "authors": '<div><h2 class="title">Author(s):</h2><ul class="pill-list"><li class="pill">'
    '<a href="/search?f[0]=people:11"><span class="name">Anna Quay</span></a></li></ul></div>',
    "people": pills("Associated People &amp; Organizations", "Pier, Otto, 1880-1950", "Harbour Office"),
    "places": pills("Associated Places", "Northport", "Grey Isle"),
    "topics": pills("Associated Topics", "Stone"),
    "subjects": pills("Subjects Discussed", "Northport--Harbour"),
    "source": info("Source", "Harbour Archive, box 3, folder 12."),
    "original_archive": info("Original Archive", '<a href="/search?f[0]=original_repositories:9">Harbour Archive</a>'),
    "rights": info("Rights", "<p>Free to use.</p><p>Ask first.</p>"),
    "uploaded": info("Original Uploaded Date", "2011-11-20"),
    "type": info("Type", "Letter"),
    "languages": info("Language", "Russian, German"),
    "record_id": info("Record ID", RECORD),
    "classification": info("Original Classification", "Secret"),
    "donors": info("Donors", "<div>Quay Fund, Inc.</div><div>Pier Trust</div>"),
    "citation": '<div><h3>Citation</h3><p id="citation-text">"Letter from the Harbour Office," June 5, 1958, Harbour'
    f' Archive, {OWN}/document/{RECORD}</p><p id="citation-url">{OWN}/document/{RECORD}</p></div>',
    "breadcrumb": '<nav class="breadcrumb"><a href="/">Home</a> <a href="/search">Search</a></nav>',
    "share": '<ul class="share"><li><a href="#">Share</a></li></ul>',
    "related": '<section class="related"><h2>Related documents</h2><a href="/document/other">Another</a></section>',
}


def page(*parts: str, head: str = HEAD, behind: str = SETTINGS) -> bytes:
    """Return a page with some parts in its main part."""
    body = (
        f'{HEADER}<main role="main"><article>{chr(10).join(parts)}</article></main><footer><p>Foot</p></footer>{behind}'
    )
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body>{body}</body></html>\n'.encode()


def with_blocks(without: str = "", **changed: str) -> bytes:
    """Return the page of all blocks, some left out (names apart by white space), some changed or added at the end."""
    blocks = {name: block for name, block in BLOCKS.items() if name not in without.split()}
    return page(*(blocks | changed).values())
