"""The doubt by which a row is rejected, as it passes inside this package."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harvester.pages.pieces import Piece


class Unclear(Exception):
    """A row's fields cannot be told apart; `read_rows` turns it into a reject.

    `among` are the texts after a title of which one may be the summary, where that is the doubt.
    """

    def __init__(self, message: str, among: "Sequence[Piece]" = ()) -> None:
        super().__init__(message)
        self.among = among
