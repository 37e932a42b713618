"""Scrapy downloader middlewares; thin, with no rule of the harvest in them."""
