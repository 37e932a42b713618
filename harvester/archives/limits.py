"""How much of one capture is held in memory, be it fetched or replayed: of a page, of a document's file."""

from harvester.pages.limits import MOST_BYTES

MOST_PAGE = MOST_BYTES
# Ten times the largest scans that archives of papers offer as a rule; a few are held at once (packed, unpacked).
MOST_FILE = 100_000_000
ADVICE = "A file of that size is not held. Take it out of the archive with another program, if it is needed."
