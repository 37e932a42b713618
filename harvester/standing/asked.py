"""Which datasets are asked about: harvests by name, folders, or all that there are."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from harvester.errors import UsageProblem
from harvester.ledger import FILE
from harvester.standing.config import Config
from harvester.standing.status import Asked
from harvester.standing.values import Harvest

OUTPUT = "output"


def asked_for(given: Sequence[str], config: Config | None, max_age: timedelta | None, here: Path) -> list[Asked]:
    """Return the datasets of some names or folders; without any the declared harvests, else the folders in ./output.

    `max_age` stands for what harvests declare. Raises UsageProblem if nothing is named and nothing is there, or a name
    is no folder and no harvest of the file.
    """
    if given:
        return [_named(name, config, max_age) for name in given]
    if config is not None:
        return [of_harvest(harvest, max_age) for harvest in config.harvests.values()]
    found = sorted(folder for folder in (here / OUTPUT).glob("*") if _is_dataset(folder))
    if not found:
        raise UsageProblem(
            f"there is no harvest.toml here, and no dataset in {OUTPUT}/", advice="Name a dataset folder, or --config."
        )
    return [Asked(shown_name(str(Path(OUTPUT) / folder.name)), folder, max_age=max_age) for folder in found]


def of_harvest(harvest: Harvest, max_age: timedelta | None) -> Asked:
    """Return the dataset of a harvest."""
    return Asked(harvest.name, harvest.output, harvest, max_age=max_age or harvest.notify.max_age)


def _named(name: str, config: Config | None, max_age: timedelta | None) -> Asked:
    if config is not None and name in config.harvests:
        return of_harvest(config.harvests[name], max_age)
    folder = Path(name)
    if config is not None and not folder.exists() and folder.name == name:
        config.named(name)  # it is no harvest: says which was perhaps meant
    return Asked(shown_name(name), folder, max_age=max_age)


def _is_dataset(folder: Path) -> bool:
    return (folder / FILE).exists() or (folder / "datapackage.json").exists()


def shown_name(name: str) -> str:
    """Return a name as it can be shown and put into JSON: no control characters, no bytes that are no UTF-8."""
    clean = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in clean)
