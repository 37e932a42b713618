"""Writes what a crawl heard: WARC records while it goes, packed as a WACZ at its end; knows no Scrapy."""
