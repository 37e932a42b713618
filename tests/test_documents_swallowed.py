"""What a text never closes swallows the rest of a page: such a page is refused, and no other."""

import pytest
from document_pages import SLUG, tabs, with_blocks

from harvester.captures import Capture
from harvester.errors import CutDocument
from harvester.sites import find_site

SITE = find_site("wilson")
OPEN = ("<!-- ", "<style>", "<script>", "<title>", "<textarea>", "<xmp>", "<plaintext>")


def with_text(text: str) -> bytes:
    return with_blocks(tabs=tabs(("translation-English", "English", f"<p>Stone.</p>{text}")))


@pytest.mark.parametrize("opening", OPEN)
def test_a_text_that_holds_the_rest_of_the_page_is_refused(opening: str) -> None:
    with pytest.raises(CutDocument, match="holds the rest"):
        SITE.read_document(Capture(with_text(f"{opening} and no end"), url=SLUG))


@pytest.mark.parametrize("opening", OPEN[:6])
def test_what_has_its_end_holds_nothing(opening: str) -> None:
    end = "-->" if opening == "<!-- " else opening.replace("<", "</")
    document = SITE.read_document(Capture(with_text(f"{opening} </main> {end}<p>Sand.</p>"), url=SLUG))
    assert {"Stone.", "Sand."} <= set(
        document.texts[0].paragraphs
    ) and document.source == "Harbour Archive, box 3, folder 12."


@pytest.mark.parametrize(
    "behind", ["<!-- end of </main> -->", "<script>var s = '</main>';</script>", "<script>var s = '</body>'</script>"]
)
def test_ends_that_are_told_of_behind_the_main_part_end_nothing(behind: str) -> None:
    body = with_blocks().replace(b"</main>", b"</main>" + behind.encode())
    assert SITE.read_document(Capture(body, url=SLUG)) == SITE.read_document(Capture(with_blocks(), url=SLUG))


def test_letters_whose_case_changes_their_length_move_no_end() -> None:
    text = with_text("<p>" + "\u0130\u1e9e" * 500 + "</p>")
    assert SITE.read_document(Capture(text, url=SLUG)).texts[0].paragraphs[1] == "\u0130\u1e9e" * 500


@pytest.mark.parametrize(
    ("opening", "end"), [("<!-- ", "<!-- b -->"), ("<style>", "<style></style>"), ("<title>", "<title>x</title>")]
)
def test_what_holds_a_part_of_the_page_is_told_of(opening: str, end: str) -> None:
    panes = (
        ("translation-English", "English", f"<p>Stone.</p>{opening}"),
        ("transcript-Russian", "Russian", f"Sand.{end}"),
    )
    document = SITE.read_document(Capture(with_blocks(tabs=tabs(*panes)), url=SLUG))
    assert any(part.label == "text without an end" and "Sand." in part.text for part in document.unknown)


@pytest.mark.parametrize(
    "comment",
    ["<!--[if gte mso 9]><xml><w:View/></xml><![endif]-->", "<!-- <div>old</div> -->", "<style><!-- p{} --></style>"],
)
def test_comments_and_styles_of_texts_are_no_parts(comment: str) -> None:
    assert SITE.read_document(Capture(with_text(comment), url=SLUG)).unknown == ()
