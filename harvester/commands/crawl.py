"""`scrapy crawl`, which for the listing spider checks its arguments first and exits with 2 where they are wrong."""

import argparse

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError

from harvester.errors import UsageProblem
from harvester.spiders.listing import ListingSpider
from harvester.spiders.targets import contact_for, passes_for, site_for


class Command(ScrapyCrawl):
    """Scrapy's own command with one check before it."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Run the spider, or raise UsageError."""
        if args[:1] == [ListingSpider.name]:
            urls = str(opts.spargs.get("url", "")).split()
            try:
                contact_for(urls, opts.spargs.get("contact"))
                size = opts.spargs.get("page_size")
                if size is not None and not (size.isascii() and size.isdigit() and int(size)):
                    raise UsageProblem(f"page_size is no number: {size}", advice="Give -a page_size=25, say.")
                passes_for(urls, site_for(urls, opts.spargs.get("site")))
            except UsageProblem as problem:
                raise UsageError(f"{problem} {problem.advice}", print_help=False) from problem
        super().run(args, opts)
