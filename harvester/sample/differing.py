"""Lets some documents say another title or date than the listing does."""

from harvester.sample.archive import Archive

DATE = "March 5, 1951"


def let_differ(archive: Archive, number: int) -> None:
    """Let the oldest documents differ, so many of them: in the title, in the date, in both, and so on in turn."""
    for turn, record in enumerate(archive.records[:number]):
        title = None if turn % 3 == 1 else f"{record.title} (as catalogued)"
        archive.correct(record.node, title=title, date=None if turn % 3 == 0 else DATE)
