"""How the sample site is served: in which era, and with which of the ways that sites have or lack."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Era = Literal["new", "old"]
Validators = Literal["none", "etag", "modified", "both", "unasked", "stale", "changing"]


@dataclass(frozen=True, slots=True)
class Correction:
    """What a document's page shows in another way than the listing does; None is as there."""

    title: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Habits:
    """The ways of the site.

    `era`: the layout and the addresses of since 2022, or those of before. `direct_nodes`: /node/<id> gives the page
    itself instead of a redirect to it. `ranges`: files can be asked for in parts. `corrections` are what documents say
    in another way than listings, and `revisions` how often the files of a document were replaced, by node id.

    `validators` are what pages carry, so that who holds one can ask whether it changed (docs/sample-validators.md).
    """

    era: Era = "new"
    direct_nodes: bool = False
    ranges: bool = True
    corrections: Mapping[int, Correction] = field(default_factory=lambda: MappingProxyType({}))
    revisions: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    validators: Validators = "etag"
