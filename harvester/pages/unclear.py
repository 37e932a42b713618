"""The doubt by which a row is rejected, as it passes inside this package."""


class Unclear(Exception):
    """A row's fields cannot be told apart; `read_row` turns it into a reject."""
