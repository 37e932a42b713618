"""What an update is to ask for: the dataset says it, or the harvest that is declared by name."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harvester.archives.wayback import WAYBACK_URL
from harvester.cli.crawling import Order
from harvester.dataset.made_from import made_from
from harvester.dataset.update import Manner
from harvester.errors import UsageProblem
from harvester.settings import DOWNLOAD_TIMEOUT
from harvester.sites import find_site
from harvester.spiders.targets import on_origin_of
from harvester.urls import origin_of


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says beside names: who asks, which host, `full` walks only, the seconds that a page has."""

    contact: str | None = None
    origin: str | None = None
    full: bool = False
    timeout: float | None = None
    wayback: str = WAYBACK_URL

    def settings(self, timeout: float | None = None) -> dict[str, Any]:
        """Return Scrapy's settings; `timeout` is what else is said of it."""
        return {"DOWNLOAD_TIMEOUT": self.timeout or timeout or DOWNLOAD_TIMEOUT}

    def there(self, urls: list[str]) -> tuple[str, ...]:
        """Return addresses on the host that is to be asked."""
        if self.origin is None:
            return tuple(urls)
        if origin_of(self.origin) is None:
            raise UsageProblem(f"{self.origin[:200]} is no address of a host", advice="Give one like https://host.")
        return tuple(on_origin_of(url, self.origin) for url in urls)


def order_for(folder: Path, asked: Asked) -> Order:
    """Return what to ask for to bring a dataset up to date. Raises UsageProblem, or DatasetError, if nobody knows."""
    made = made_from(folder)
    site = find_site(made.site)
    if made.via is not None and asked.origin is not None:
        advice = "Name a web archive with --wayback."
        raise UsageProblem(f"{folder} was made from a web archive; of that there is no other host", advice=advice)
    return Order(
        urls=asked.there(made.urls(site)),
        output=folder,
        site=made.site,
        contact=asked.contact,
        wayback=asked.wayback,
        settings=asked.settings(),
        manner=Manner(full=asked.full),
        page_size=made.page_size,
        twice=made.twice,
        snapshot=made.snapshot,
        wanted=made.wanted,
        via=made.via,
        max_file_size=made.max_file_size,
    )
