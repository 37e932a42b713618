"""The sample archive: a site like the ones that are harvested, invented and always the same, served on loopback.

It imports nothing from the rest of the package, so that it can bear witness against it.
"""

from harvester.sample.archive import Archive
from harvester.sample.document_page import render_document, render_paper
from harvester.sample.exchange import Answer, Request
from harvester.sample.habits import Habits
from harvester.sample.listing import Listing
from harvester.sample.listing_page import render_listing, render_text
from harvester.sample.old_page import render_old_paper
from harvester.sample.paper import Paper
from harvester.sample.playing import Playing, play
from harvester.sample.record import Record
from harvester.sample.running import running
from harvester.sample.saved_page import render_saved
from harvester.sample.schedule import Schedule
from harvester.sample.server import Server

__all__ = [
    "Answer",
    "Archive",
    "Habits",
    "Listing",
    "Paper",
    "Playing",
    "Record",
    "Request",
    "Schedule",
    "Server",
    "play",
    "render_document",
    "render_listing",
    "render_old_paper",
    "render_paper",
    "render_saved",
    "render_text",
    "running",
]
