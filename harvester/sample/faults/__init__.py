"""Everything that can go wrong with a page on its way, by name: each fault makes an answer out of a scene.

FAULTS are of listings, DOCUMENT_FAULTS of documents' pages, FILE_FAULTS of their files.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from harvester.sample.exchange import Answer
from harvester.sample.faults import encodings, mixtures, redirects, refusals, rows, transfers
from harvester.sample.faults.documents import DOCUMENT_FAULTS
from harvester.sample.faults.files import FILE_FAULTS
from harvester.sample.faults.scene import Scene

FAULTS: Mapping[str, Callable[[Scene], Answer]] = MappingProxyType(
    {
        **refusals.FAULTS,
        **transfers.FAULTS,
        **encodings.FAULTS,
        **redirects.FAULTS,
        **mixtures.FAULTS,
        **rows.FAULTS,
    }
)

__all__ = ["DOCUMENT_FAULTS", "FAULTS", "FILE_FAULTS", "Scene"]
