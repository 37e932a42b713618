"""A field that was read by another of a record's addresses, or by none, still leads back to its element."""

from pathlib import Path

import orjson
import pytest

from harvester.captures import Capture
from harvester.dataset.publish import publish
from harvester.dataset.sources import find_record
from harvester.dataset.why import explain_field
from harvester.items import Document
from harvester.ledger import Ledger, WalkKey
from harvester.sample import Archive, render_listing
from harvester.sites import find_site

WILSON = find_site("wilson")
HOST = "https://digitalarchive.wilsoncenter.org"
URL = f"{HOST}/search"
LISTING = Capture(render_listing(Archive(3), "").encode(), url=URL, file="a.html")


@pytest.mark.parametrize("address", ["/document/116123", "/document/a"])
def test_a_field_leads_to_the_element_though_its_row_shows_another_address(tmp_path: Path, address: str) -> None:
    """A slug is the address before a record id, and of two slugs the newest page's own."""
    reading = WILSON.read(LISTING)
    shown = reading.entries[0]
    assert shown.url is not None
    ledger = Ledger(tmp_path / "d", "wilson")
    run = ledger.begin_run("replay", "2026-01-01T00:00:00Z", "")
    ledger.add_page(run, WalkKey("captured", "/search", None), WILSON.explain(URL), LISTING, reading)
    page = Document(f"{HOST}{address}", shown.title, None, None, "new", (f"{HOST}{address}", shown.url))
    ledger.add_document(run, Capture(b"<html>", url=page.url, captured_at="2024-01-01T00:00:00Z"), page)
    publish(ledger, WILSON)
    ledger.close()
    records = map(orjson.loads, (tmp_path / "d" / "records.jsonl").read_bytes().splitlines())
    (record,) = [record for record in records if record["title"] == shown.title]
    assert record["url"] == (shown.url if address == "/document/116123" else page.url)
    found = find_record(tmp_path / "d", record["id"], None)
    field = explain_field(found, "title", WILSON, lambda file, offset, digest=None: LISTING)
    assert [origin.text for origin in field.origins] == [shown.title]
    assert explain_field(found, "id", WILSON, lambda file, offset, digest=None: LISTING).read == ("url",)
