"""Tells a row's summary from the small fields round it, or says why that cannot be told."""

from collections.abc import Sequence

from harvester.pages.marks import Mark
from harvester.pages.pieces import Piece
from harvester.pages.unclear import Unclear
from harvester.pages.wording import ends_sentence, is_small
from harvester.text import PARAGRAPH, squash


def marked_summary(pieces: Sequence[Piece]) -> str | None:
    """Return the summary where an element or a label says which it is; None if none does."""
    return _join(marked_pieces(pieces))


def marked_pieces(pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces of a summary that an element or a label names; none if none does.

    Small texts round it are other fields; prose beside it would be a part of it, if it is of the same kind.
    """
    marked = [i for i, piece in enumerate(pieces) if piece.mark is Mark.SUMMARY]
    if not marked:
        return []
    first = pieces[marked[0]]
    kept = []
    for i, piece in enumerate(pieces):
        if piece.mark is Mark.SUMMARY:
            kept.append(piece)
        elif piece.mark is None and not piece.is_title and (not is_small(piece.text) or piece.glued):
            if i < marked[0] or _tag(piece) != _tag(first):
                raise Unclear(f"what this text beside the summary is cannot be told: {piece.text[:100]}")
            kept.append(piece)
        elif piece.mark is None and not piece.is_title and i > marked[0] and piece.kind == "p" == _tag(first):
            raise Unclear(f"whether this is a paragraph of the summary cannot be told: {piece.text[:100]}")
    return kept


def loose_summary(after: Sequence[Piece]) -> tuple[str | None, list[Piece]]:
    """Return the summary where only order tells, and its pieces: what follows the title, all of one kind."""
    loose = [piece for piece in after if piece.mark is None]
    kinds = list(dict.fromkeys(piece.kind for piece in loose))
    if len(kinds) > 1:
        raise Unclear(f"what of the texts after the title is the summary cannot be told ({_names(kinds)})", loose)
    if len(loose) > 1 and not (_tag(loose[0]) in {"p", ""} and _reads_on(loose)):
        raise Unclear("which of the texts after the title are the summary cannot be told", loose)
    if len(loose) == 1 and _tag(loose[0]) != "p" and len(loose[0].text) < 40 and is_small(loose[0].text):
        raise Unclear(f"whether this is a summary or another field cannot be told: {loose[0].text}")
    return _join(loose), loose


def check_swapped(title: str, summary: str | None) -> None:
    """Refuse a row whose title reads as prose and whose summary does not: they may stand in the other order."""
    if summary and ends_sentence(title) and len(title) > 60 and not ends_sentence(summary):
        raise Unclear(f"which of these is the title cannot be told: {title[:100]} / {summary[:100]}")


def check_alike(pages: Sequence[list[Piece]]) -> str | None:
    """Return why the summaries of a page, told by order only, cannot be trusted; None if they agree."""
    kinds = list(dict.fromkeys(piece.kind for loose in pages for piece in loose))
    if len(kinds) > 1:
        return f"the texts after the titles differ in kind ({_names(kinds)}); which is the summary cannot be told"
    texts = [loose[0].text for loose in pages if loose]
    small = [text for text in texts if is_small(text)]
    if len(small) > len(set(small)):
        return "the same small text follows several titles; whether it is a summary cannot be told"
    # A page without summaries whose rows end with a type or a name, or with a line of the page's own.
    if small and len(small) == len(texts) and all(len(text) < 40 for text in small):
        return f"whether these are summaries or other fields cannot be told: {' / '.join(small)[:200]}"
    return None


def doubt_beside(loose: Sequence[Piece], doubt: str | None, *, mixed: bool) -> str | None:
    """Return why one row's summary cannot be trusted: the page's `doubt`, or (`mixed`) other rows with more fields.

    Where other rows have a summary and another field alike, the only text of this one may be either, if not prose.
    """
    if not loose or doubt:
        return doubt if loose else None
    if mixed and not ends_sentence(loose[-1].text):
        return f"other rows have more than a summary; whether this is one cannot be told: {loose[-1].text[:100]}"
    return None


def _names(kinds: Sequence[str]) -> str:
    return ", ".join(kind or "bare text" for kind in kinds)


def _tag(piece: Piece) -> str:
    return piece.kind.partition(".")[0]


def _reads_on(loose: Sequence[Piece]) -> bool:
    """Return whether several texts read as one summary: paragraphs of prose, or a line that goes on after a break."""
    # A text that does not end a sentence must be gone on with by the next.
    goes_on = [*(piece.glued for piece in loose[1:]), False]
    return all(ends_sentence(piece.text) or glued for piece, glued in zip(loose, goes_on, strict=True))


def _join(pieces: Sequence[Piece]) -> str | None:
    paragraphs: list[list[str]] = []
    for piece in pieces:
        for i, paragraph in enumerate(piece.paragraphs):
            if i == 0 and piece.glued and paragraphs:
                paragraphs[-1].append(paragraph)
            else:
                paragraphs.append([paragraph])
    return PARAGRAPH.join(squash(" ".join(parts)) for parts in paragraphs) or None
