"""Answers that are the page that was asked for, but for a row or the counter."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from harvester.sample.exchange import Answer
from harvester.sample.faults.scene import Scene

ROW = re.compile(r"<tr>.*?</tr>\n", re.DOTALL)
COUNTER = re.compile(r'<div class="counter">[^<]*</div>')


def _replace_rows(scene: Scene, rows: Sequence[str]) -> Answer:
    """Answer the page with other rows; one that has none stays as it is."""
    head, found, tail = scene.text.partition("<tbody>\n")
    return replace(scene.sound, body=head + found + "".join(rows) + "</tbody>" + tail.partition("</tbody>")[2])


def _replace_counter(scene: Scene, counter: str) -> Answer:
    return replace(scene.sound, body=COUNTER.sub(counter, scene.text))


def lose_row(scene: Scene) -> Answer:
    """Leave out one row; the counter goes on counting it."""
    rows = ROW.findall(scene.text)
    lost = scene.share(len(rows))
    return _replace_rows(scene, rows[:lost] + rows[lost + 1 :]) if rows else scene.sound


def swap_ties(scene: Scene) -> Answer:
    """Show the next page's first row instead of the last one: where two were made in one second, any order is right."""
    rows, next_rows = ROW.findall(scene.text), ROW.findall(scene.page(page=str(scene.listing.page + 1)))
    return _replace_rows(scene, rows[:-1] + next_rows[:1]) if next_rows else scene.sound


def show_rows_before(scene: Scene) -> Answer:
    """Show the rows of the page before under this one's counter, as when a page's parts are kept apart in a cache."""
    page = scene.listing.page
    rows, others = ROW.findall(scene.text), ROW.findall(scene.page(page=str(page - 1 if page else 1)))
    return _replace_rows(scene, others[: len(rows)]) if rows and others else scene.sound


def miscount(scene: Scene) -> Answer:
    """Print a counter with a wrong first, last or whole number."""
    if not scene.listing.records:
        return scene.sound
    first, last, total = (int(number) for number in re.findall("[0-9]+", scene.listing.counter))
    wrong = (
        (first, last - 1, total),
        (first, last + 1, total),
        (first + 1, last + 1, total),
        (first - 1, last - 1, total),
        (first, last, total + 1),
        (first, last, total - 1),
        (first, last, 10 * total),
    )
    a, b, whole = wrong[scene.share(len(wrong))]
    return _replace_counter(scene, f'<div class="counter">{a} - {b} of {whole}</div>')


def lose_counter(scene: Scene) -> Answer:
    """Leave the counter out."""
    return _replace_counter(scene, "")


FAULTS: Mapping[str, Callable[[Scene], Answer]] = {
    "row-lost": lose_row,
    "ties-swapped": swap_ties,
    "rows-before": show_rows_before,
    "miscounted": miscount,
    "uncounted": lose_counter,
}
