"""Writes the pager under a listing: first, previous, nine numbers, next, last, each keeping the rest of the query."""

from html import escape

from harvester.sample.query import Query, write_query

NUMBERS = 9


def render_pager(query: Query, pages: int) -> str:
    """Return the pager of a page that exists; "" when the listing has one page, as on the site."""
    if pages < 2:
        return ""
    page, items = query.page, []
    if page > 0:
        items += [_render_link(query, 0, "first", "« First"), _render_link(query, page - 1, "previous", "‹‹")]
    items += [_render_number(query, number) for number in _choose_numbers(page, pages)]
    if page < pages - 1:
        items += [_render_link(query, page + 1, "next", "››"), _render_link(query, pages - 1, "last", "Last »")]
    return (
        '<nav class="pager" role="navigation" aria-labelledby="pagination-heading">\n'
        '<h4 id="pagination-heading" class="pager__heading visually-hidden">Pagination</h4>\n'
        '<ul class="pager__items js-pager__items">\n' + "".join(items) + "</ul>\n</nav>"
    )


def _choose_numbers(page: int, pages: int) -> range:
    first = max(0, min(page - NUMBERS // 2, pages - NUMBERS))
    return range(first, min(pages, first + NUMBERS))


def _link_to(query: Query, page: int) -> str:
    return escape("?" + write_query(query.pairs, page=str(page)))


def _render_link(query: Query, page: int, name: str, label: str) -> str:
    rel = {"next": ' rel="next"', "previous": ' rel="prev"'}.get(name, "")
    return (
        f'<li class="pager__item pager__item--{name}"><a href="{_link_to(query, page)}" title="Go to {name} page"{rel}>'
        f'<span class="visually-hidden">{name.capitalize()} page</span>'
        f'<span aria-hidden="true">{label}</span></a></li>\n'
    )


def _render_number(query: Query, page: int) -> str:
    current = page == query.page
    return (
        f'<li class="pager__item{" is-active" * current}"><a href="{_link_to(query, page)}"'
        f'{" aria-current=page" * current}><span class="visually-hidden">Page</span>{page + 1}</a></li>\n'
    )
