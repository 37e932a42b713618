"""What a fault has to work with: the request, the archive as it is and was, and a number that was drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from harvester.sample.archive import Archive
from harvester.sample.exchange import Answer, Request
from harvester.sample.listing import Listing
from harvester.sample.query import write_query
from harvester.sample.server import Server
from harvester.sample.site import answer_request


@dataclass(frozen=True, slots=True)
class Scene:
    """One request for a listing page; `dose` is from 0 up to 1, and each fault makes of it what it likes.

    `past` are the archive's earlier states, the oldest first and never none; `now` is the time of the answer.
    """

    server: Server
    request: Request
    dose: float
    past: Sequence[Archive]
    now: datetime

    @property
    def listing(self) -> Listing:
        """Return the page of the listing that was asked for."""
        return self.server.archive.listing(self.request.query)

    @property
    def sound(self) -> Answer:
        """Return the answer that a sound site would give."""
        return self.server.answer(self.request)

    @property
    def text(self) -> str:
        """Return the page of the sound answer."""
        return self.sound.data.decode()

    def share(self, length: int) -> int:
        """Return a number from 0 to length - 1 by the dose; 0 if length is 0."""
        return int(self.dose * length)

    def target(self, **changes: str) -> str:
        """Return the request's target with other values for some keys of its query."""
        return "/search?" + write_query(self.listing.query.pairs, **changes)

    def page(self, archive: Archive | None = None, /, **changes: str) -> str:
        """Return the page for another query, or of another state of the archive."""
        other = self.request._replace(path_qs=self.target(**changes) if changes else self.request.path_qs)
        return answer_request(archive or self.server.archive, other, None).data.decode()
