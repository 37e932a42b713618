"""Writes the exposed form above a listing: search words, order, number of items."""

from html import escape

from harvester.sample.query import ORDERS, Query

LABELS = {
    "created_DESC": "Recently added",
    "created_ASC": "First added",
    "field_document_date_unix_DESC": "Date, newest first",
    "field_document_date_unix_ASC": "Date, oldest first",
}
SIZES = (10, 25, 100)


def render_form(query: Query, size: int) -> str:
    """Return the form as filled in for a query; size is the size in force."""
    orders = _render_options({order: LABELS[order] for order in ORDERS}, query.order)
    sizes = _render_options({str(number): str(number) for number in SIZES}, str(size))
    return (
        '<form class="views-exposed-form bef-exposed-form" action="/search" method="get" accept-charset="UTF-8">\n'
        '<div class="form-item"><label for="edit-text">Search</label>\n'
        f'<input id="edit-text" type="text" name="search_api_fulltext" value="{escape(query.text)}" /></div>\n'
        '<div class="form-item"><label for="edit-sort">Sort by</label>\n'
        f'<select id="edit-sort" name="sort_bef_combine" class="form-select">{orders}</select></div>\n'
        '<div class="form-item"><label for="edit-items">Items per page</label>\n'
        f'<select id="edit-items" name="items_per_page" class="form-select">{sizes}</select></div>\n'
        '<input type="submit" value="Apply" class="button form-submit" />\n</form>'
    )


def _render_options(options: dict[str, str], chosen: str) -> str:
    return "".join(
        f'<option value="{value}"{" selected" * (value == chosen)}>{label}</option>' for value, label in options.items()
    )
