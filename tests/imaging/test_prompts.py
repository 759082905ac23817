import pytest

from imaging.prompts import (
    MARKER,
    partner_words,
    wrap_create,
    wrap_enhance,
)


def test_a_prompt_is_wrapped_with_quality_markers_after_the_partners_words() -> None:
    wrapped = wrap_create("a red sneaker")
    assert wrapped.startswith("a red sneaker\n\n" + MARKER)
    assert "professional" in wrapped


def test_a_request_is_wrapped_into_an_instruction_that_keeps_the_product() -> None:
    wrapped = wrap_enhance("make it brighter")
    assert wrapped.startswith("make it brighter\n\n" + MARKER)
    assert "Keep the product itself unchanged" in wrapped


@pytest.mark.parametrize("nothing", ["", "   \n"])
def test_without_a_request_a_general_enhancement_is_asked_for(nothing: str) -> None:
    wrapped = wrap_enhance(nothing)
    assert wrapped.startswith(MARKER)
    assert "overall quality" in wrapped


@pytest.mark.parametrize(
    "words",
    ["a red sneaker", "two\n\nparagraphs", f"sly {MARKER}white shoe", "जूता 👟", "x" * 4000],
)
def test_the_partners_words_come_back_from_every_wrapping(words: str) -> None:
    assert partner_words(wrap_create(words)) == words
    assert partner_words(wrap_enhance(words)) == words


def test_an_enhancement_without_request_has_no_partner_words() -> None:
    assert partner_words(wrap_enhance("")) == ""


def test_an_unwrapped_text_is_all_the_partners() -> None:
    assert partner_words(" a plain prompt ") == "a plain prompt"
