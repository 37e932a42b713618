-- The dataset's own database of what was seen, when and where. Everything published is a projection of it.

CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- `wanted` says what a run was to bring beside listings: null, "documents", or "documents files". `finished` is of runs
-- that left something to publish; `ended` of every run that came to its end, with its exit `code`, its requests, the
-- bytes that came, and its `troubles` (JSON). `command` is the verb that began it. `noticed` (JSON) is who had been told
-- of what by then; null where nobody was to be told.
CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('crawl', 'replay')),
    started TEXT NOT NULL,
    finished TEXT,
    readers TEXT NOT NULL,
    passed_over TEXT,
    wanted TEXT,
    command TEXT,
    ended TEXT,
    code INTEGER,
    requests INTEGER,
    bytes INTEGER,
    troubles TEXT,
    noticed TEXT
);

-- One way through one listing. A crawl's walk belongs to the run that began it (`begun`), and `run` is the last that
-- added to it; of the passes of one run through a listing that kept changing, `pass` is the number and `before` the pass
-- before. Captures of one listing with one total are one walk, however many replays brought them; but those of a crawl's
-- own snapshot are the walk that they were, and `crawl` is the crawl that began it. `verdict` and `total` are what was
-- last published of it, kept when its pages are forgotten, and so are `shares` (JSON): how many of its rows have each
-- field. Document pages are of one walk, through no listing. An incremental walk stopped early, where all that it read
-- was known: it shows what it saw, and proves nothing of the rest.
CREATE TABLE walk (
    id INTEGER PRIMARY KEY,
    identity TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('live', 'incremental', 'captured', 'documents')),
    listing TEXT,
    label TEXT,
    sort TEXT,
    scope TEXT NOT NULL,
    proving INTEGER NOT NULL,
    begun INTEGER NOT NULL,
    pass INTEGER NOT NULL,
    before INTEGER REFERENCES walk,
    run INTEGER NOT NULL REFERENCES run,
    verdict TEXT,
    total INTEGER,
    crawl TEXT,
    shares TEXT
);

CREATE TABLE capture (
    id INTEGER PRIMARY KEY,
    identity TEXT NOT NULL UNIQUE,
    run INTEGER NOT NULL REFERENCES run,
    url TEXT,
    captured_at TEXT,
    digest TEXT NOT NULL,
    medium TEXT NOT NULL,
    file TEXT,
    position INTEGER,
    crawl TEXT
);

CREATE TABLE page (
    id INTEGER PRIMARY KEY,
    walk INTEGER NOT NULL REFERENCES walk,
    capture INTEGER NOT NULL REFERENCES capture,
    number INTEGER,
    size INTEGER,
    first INTEGER,
    last INTEGER,
    total INTEGER,
    rows INTEGER NOT NULL,
    layout TEXT NOT NULL,
    UNIQUE (walk, capture)
);

-- What an entry says, kept once however often it is seen.
CREATE TABLE content (
    id INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    url TEXT,
    date_text TEXT,
    title TEXT NOT NULL,
    summary TEXT
);

CREATE TABLE sight (
    page INTEGER NOT NULL REFERENCES page,
    row INTEGER NOT NULL,
    content INTEGER NOT NULL REFERENCES content,
    place TEXT NOT NULL,
    PRIMARY KEY (page, row)
) WITHOUT ROWID;

-- A row (page and row set) or a whole capture (both null) that could not be read; `wanted` is document or file where
-- it was to be no page of a listing.
CREATE TABLE reject (
    identity TEXT PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run,
    page INTEGER REFERENCES page,
    row INTEGER,
    url TEXT,
    file TEXT,
    digest TEXT,
    listing TEXT,
    reason TEXT NOT NULL,
    message TEXT NOT NULL,
    text TEXT NOT NULL,
    place TEXT,
    position INTEGER,
    wanted TEXT
);

-- What a document's page says beyond the entry that stands as its sight: JSON, its texts by their digest.
CREATE TABLE document (page INTEGER PRIMARY KEY REFERENCES page, said TEXT NOT NULL);

-- The addresses by which a document's page says that it is known, and those at which it was had: `led` says that the
-- address led to the page by redirects.
CREATE TABLE address (
    url TEXT NOT NULL,
    page INTEGER NOT NULL REFERENCES page,
    led INTEGER NOT NULL,
    PRIMARY KEY (url, page)
) WITHOUT ROWID;

-- A text of a document, kept once however often it is seen: UTF-8, packed by zlib. With row ids, as SQLite keeps whole
-- rows in the tree's inner pages without: texts are long.
CREATE TABLE text (digest TEXT PRIMARY KEY, packed BLOB NOT NULL);

-- A file of a document that was fetched: its capture, its type, its size in bytes. The bytes lie in files/.
CREATE TABLE file (
    capture INTEGER PRIMARY KEY REFERENCES capture,
    type TEXT,
    size INTEGER NOT NULL
);

-- What a server said of the version of a page that it sent, to be asked by later whether it still is that one.
CREATE TABLE validator (
    page INTEGER PRIMARY KEY REFERENCES page,
    url TEXT NOT NULL,
    etag TEXT,
    modified TEXT
);

-- What was published of a record, each time that it was something else: a line of records.jsonl, packed by zlib; null
-- where it stood no more. `number` counts from 1.
CREATE TABLE version (
    record TEXT NOT NULL,
    number INTEGER NOT NULL,
    run INTEGER NOT NULL REFERENCES run,
    packed BLOB,
    PRIMARY KEY (record, number)
);

-- The change feed: which version came by it, and (JSON) what is told beside.
CREATE TABLE change (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run,
    kind TEXT NOT NULL CHECK (kind IN ('added', 'changed', 'merged', 'withdrawn', 'returned', 'dropped')),
    record TEXT NOT NULL,
    version INTEGER NOT NULL,
    told TEXT
);

CREATE TABLE remark (walk INTEGER NOT NULL REFERENCES walk, text TEXT NOT NULL, PRIMARY KEY (walk, text));

CREATE INDEX sight_content ON sight (content);
CREATE INDEX page_walk ON page (walk);
CREATE INDEX address_page ON address (page);
CREATE INDEX reject_page ON reject (page);
CREATE INDEX walk_listing ON walk (listing, sort);
CREATE INDEX change_record ON change (record, version);

-- Of each listing and order the last live walk that read a page: what its account is made of, and what may be gone on with.
CREATE VIEW last_walk AS
SELECT max(id) AS id FROM walk WHERE kind = 'live' AND id IN (SELECT walk FROM page) GROUP BY listing, sort;
