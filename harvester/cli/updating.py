"""What an update is to ask for: the dataset says it, or the harvest that is declared by name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harvester.archives.wayback import WAYBACK_URL
from harvester.cli.crawling import Order
from harvester.dataset.made_from import made_from
from harvester.dataset.retention import Retention
from harvester.dataset.update import Manner
from harvester.errors import UsageProblem
from harvester.settings import DOWNLOAD_DELAY, DOWNLOAD_TIMEOUT
from harvester.sites import find_site
from harvester.spiders.targets import on_origin_of
from harvester.standing.values import Harvest, Politeness
from harvester.urls import is_loopback, origin_of


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says beside names: who asks, which host, `full` walks only, `whole_pages` only, the
    seconds that a page has.
    """

    contact: str | None = None
    origin: str | None = None
    full: bool = False
    whole_pages: bool = False
    timeout: float | None = None
    wayback: str = WAYBACK_URL

    def settings(self, politeness: Politeness, urls: Iterable[str]) -> dict[str, Any]:
        """Return Scrapy's settings; on this very machine there is no pace to be kept."""
        settings: dict[str, Any] = {"DOWNLOAD_TIMEOUT": self.timeout or politeness.timeout or DOWNLOAD_TIMEOUT}
        if politeness.delay is not None and not all(map(is_loopback, urls)):
            delay = max(politeness.delay, DOWNLOAD_DELAY)
            settings |= {"DOWNLOAD_DELAY": delay, "AUTOTHROTTLE_START_DELAY": delay}
        return settings

    def there(self, urls: Sequence[str]) -> tuple[str, ...]:
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
    urls = asked.there(made.urls(site))
    return Order(
        urls=urls,
        output=folder,
        site=made.site,
        contact=asked.contact,
        wayback=asked.wayback,
        settings=asked.settings(Politeness(), urls),
        manner=Manner(asked.full, whole_pages=asked.whole_pages),
        page_size=made.page_size,
        twice=made.twice,
        snapshot=made.snapshot,
        wanted=made.wanted,
        via=made.via,
        max_file_size=made.max_file_size,
    )


def order_of(harvest: Harvest, asked: Asked) -> Order:
    """Return what to ask for to bring a harvest that is declared by name up to date, or to begin its dataset."""
    if harvest.via is not None and asked.origin is not None:
        advice = "Name a web archive with --wayback."
        raise UsageProblem(f"{harvest.name} asks a web archive; of that there is no other host", advice=advice)
    urls = asked.there(harvest.listings)
    manner = Manner(
        asked.full,
        harvest.full_every,
        whole_pages=asked.whole_pages,
        named=True,
        withdraw_after=harvest.withdraw_after,
        retention=Retention(harvest.keep.snapshots, harvest.keep.versions),
    )
    return Order(
        urls=urls,
        output=harvest.output,
        site=harvest.site,
        contact=asked.contact or harvest.contact,
        wayback=harvest.wayback or asked.wayback,
        settings=asked.settings(harvest.politeness, [harvest.wayback or asked.wayback] if harvest.via else urls),
        manner=manner,
        page_size=harvest.page_size,
        twice=harvest.twice,
        snapshot=harvest.snapshot,
        wanted="documents files" if harvest.files else "documents" if harvest.documents else None,
        via=harvest.via,
        max_file_size=harvest.max_file_size,
    )
