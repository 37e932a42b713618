"""How old a capture is, as the ledger orders captures: said once, as what gives a record hangs on it."""

# Within a live run the run's start stands for the clock, so that two crawls of the same pages publish the same bytes;
# what is replayed from a crawl's own snapshot is as old as the crawl.
SEEN_AT = "coalesce(capture.crawl, CASE run.kind WHEN 'crawl' THEN run.started ELSE capture.captured_at END, '')"
