"""Scrapy spiders: one, generic; what differs between archives is in their sites."""
