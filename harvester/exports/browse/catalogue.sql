-- What is shown and searched: a narrow row a record, in the order of time, beside the tables of the export.
CREATE TABLE catalogue (
  id TEXT PRIMARY KEY,
  number INTEGER NOT NULL,
  title TEXT NOT NULL,
  date TEXT,
  date_text TEXT,
  date_earliest TEXT,
  date_latest TEXT,
  year INTEGER,
  decade INTEGER,
  places TEXT NOT NULL,
  people TEXT NOT NULL,
  topics TEXT NOT NULL,
  listings TEXT NOT NULL,
  url TEXT,
  withdrawn INTEGER NOT NULL
);

-- `+role` keeps SQLite from its index on (role, name): of each record it would go through the names of all.
INSERT INTO catalogue (
  rowid, id, number, title, date, date_text, date_earliest, date_latest, year, decade,
  places, people, topics, listings, url, withdrawn
)
SELECT
  number, id, number, title, date, date_text, date_earliest, date_latest, year, decade,
  (SELECT json_group_array(name) FROM (
    SELECT name FROM document_terms WHERE record = r.id AND +role = 'place' GROUP BY name ORDER BY min(position))),
  (SELECT json_group_array(name) FROM (
    SELECT name FROM document_terms WHERE record = r.id AND +role IN ('author', 'person') GROUP BY name
    ORDER BY min(role), min(position))),
  (SELECT json_group_array(name) FROM (
    SELECT name FROM document_terms WHERE record = r.id AND +role IN ('topic', 'subject') GROUP BY name
    ORDER BY max(role) DESC, min(position))),
  (SELECT json_group_array(listing) FROM (SELECT listing FROM record_listings WHERE record = r.id ORDER BY listing)),
  url, withdrawn
FROM (
  SELECT
    id, title, date, date_text, date_earliest, date_latest, year, decade, url, withdrawn,
    row_number() OVER (ORDER BY coalesce(date_earliest, date_latest, '9999'), date_latest, id) AS number
  FROM records
) AS r
ORDER BY number;

CREATE UNIQUE INDEX catalogue_by_number ON catalogue (number);
CREATE INDEX catalogue_by_year ON catalogue (year);
CREATE INDEX catalogue_by_decade ON catalogue (decade);

-- Contentless: the index alone, as all that is shown is read from the tables. Letters lose their accents.
CREATE VIRTUAL TABLE catalogue_fts USING fts5 (
  title, summary, date_text, names, source, texts, content = '', tokenize = 'unicode61 remove_diacritics 2'
);

INSERT INTO catalogue_fts (rowid, title, summary, date_text, names, source, texts)
SELECT
  c.rowid, r.title, r.summary, r.date_text,
  (SELECT group_concat(name, ' ; ') FROM document_terms WHERE record = c.id),
  (SELECT concat_words FROM (
    SELECT coalesce(source, '') || ' ; ' || coalesce(original_archive, '') || ' ; ' || coalesce(title, '')
      || ' ; ' || coalesce(summary, '') || ' ; ' || coalesce(type, '') AS concat_words
    FROM documents WHERE id = c.id)),
  (SELECT group_concat(body, ' ; ') FROM document_texts WHERE record = c.id)
FROM catalogue AS c JOIN records AS r ON r.id = c.id;

-- Of what state this is made, and by which version of this file.
CREATE TABLE catalogue_state (digest TEXT NOT NULL, format INTEGER NOT NULL);
INSERT INTO catalogue_state SELECT digest, :format FROM harvest_load;
