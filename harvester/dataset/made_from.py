"""What a dataset was made from: what its crawls were asked for, kept in its ledger to be asked for again."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from harvester.archives.limits import MOST_FILE
from harvester.errors import DatasetDamaged, DatasetError, UsageProblem
from harvester.items import Address
from harvester.ledger.made import Held, read_made
from harvester.sites import Site


@dataclass(frozen=True, slots=True)
class MadeFrom:
    """What crawls were asked for: `listings` with their orders, and how.

    `site` is a site's name, or the file that defines one; `wanted` is what was asked for beside listings: "documents",
    "documents files", None. No host of a copy is in it, no contact and no secret.
    """

    listings: tuple[tuple[str, str | None], ...]
    site: str
    page_size: int | None = None
    twice: bool = False
    wanted: str | None = None
    snapshot: bool = False
    via: str | None = None
    max_file_size: int = MOST_FILE

    def after(self, before: "MadeFrom | None") -> "MadeFrom":
        """Return what a dataset is made from once it was made from `before`, and then was crawled so.

        Listings add up; how they are asked for, the last crawl says. To fill in the past from a web archive makes no
        archived dataset of a live one.
        """
        if before is None or (before.via, self.via) == ("wayback", None):
            return self
        if self.via is not None and before.via is None:
            return before
        return replace(self, listings=tuple(dict.fromkeys((*before.listings, *self.listings))))

    def as_json(self) -> str:
        """Return it as the ledger keeps it."""
        listings = [{"listing": listing, "order": order} for listing, order in self.listings]
        return json.dumps(asdict(self) | {"listings": listings}, ensure_ascii=False)

    def urls(self, site: Site) -> list[str]:
        """Return the address of each listing's first page, on the site's own host."""
        try:
            addresses = (Address(site.name, "listing", listing, order, page=0) for listing, order in self.listings)
            return [site.listing_url(address) for address in addresses]
        except (ValueError, NotImplementedError) as error:
            raise UsageProblem(f"a listing of the dataset cannot be asked for: {error}", advice=_ADVICE) from error


_ADVICE = "Crawl it once by its address into this folder: harvest crawl URL -o DATASET; later updates ask for the same."


def name_of(site: Site, given: str | None) -> str:
    """Return what names a site wherever the next command is given: a file by its whole path."""
    return str(Path(given).resolve()) if given and (given.endswith(".py") or "/" in given) else site.name


def made_from(folder: Path) -> MadeFrom:
    """Return what a dataset was made from.

    One of an earlier version does not say so; then it is what its live walks walked. Raises DatasetError if there is no
    dataset, UsageProblem if it was never crawled.
    """
    held = read_made(folder)
    if held is None:
        raise DatasetError(f"{folder} is no dataset: it has no ledger", advice="Name a dataset folder.")
    if held.made_from is not None:
        return _parsed(held.made_from, folder)
    if not held.walked:
        raise UsageProblem(f"{folder} was made of captures only: nothing says where to ask for more", advice=_ADVICE)
    return _guessed(held)


def _guessed(held: Held) -> MadeFrom:
    """Return what live walks tell of the crawls that made them: not their page size, nor what files were left out."""
    listings = tuple((listing, order) for listing, order, _ in held.walked)
    return MadeFrom(listings, held.site, twice=held.twice, wanted=held.wanted)


def _parsed(text: str, folder: Path) -> MadeFrom:
    try:
        return MadeFrom(**_fields(json.loads(text)))
    except (ValueError, TypeError, KeyError) as error:
        raise DatasetDamaged(f"what {folder} was made from cannot be read in its ledger: {error}") from error


def parse_made(text: str | None, folder: Path) -> MadeFrom | None:
    """Return what the ledger keeps of what it was made from; None if it keeps nothing."""
    return None if text is None else _parsed(text, folder)


def _fields(data: dict[str, Any]) -> dict[str, Any]:
    told: Sequence[dict[str, Any]] = data["listings"]
    return data | {"listings": tuple((one["listing"], one["order"]) for one in told)}
