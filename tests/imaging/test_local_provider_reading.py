"""What the built-in model reads in a prompt: the subject of a picture, and wishes for one."""

import pytest

from benchmarks.images.__main__ import TARGET, read_prompts
from imaging.providers.local.direction import find_subject
from imaging.providers.local.reading import _look_up, lexicon, read_prompt, read_wishes

SUBJECTS = [name for name in lexicon() if name[0] not in "#@"]


def test_nine_of_ten_prompts_find_their_subject() -> None:
    pairs = read_prompts()
    right = sum(read_prompt(prompt).subject == subject for subject, prompt in pairs)
    assert len(pairs) >= 200
    assert right >= TARGET * len(pairs)


@pytest.mark.parametrize(
    ("prompt", "subject"),
    [
        ("fresh mangoes in a wicker basket, top view", "mango"),
        ("a mug on a wooden table next to a plant", "mug"),
        ("on a wooden table, a ceramic mug", "mug"),
        ("perfume bottle", "perfume"),
        ("लकड़ी की मेज पर चाय का कप", "mug"),
        ("लाल साड़ी", "saree"),
        ("सुंदर साड़ियों का संग्रह", "saree"),
        ("white sneekers", "sneaker"),
        ("glass bottle of face serum", "dropper"),
        ("two glasses of orange juice", "juice"),
        ("reading glasses", "sunglasses"),
        ("गेंदे के फूल", "bouquet"),
        ("मिट्टी के घड़े", "vase"),
        ("running shoes, shot on a Canon camera with an 85 mm lens", "runner"),
    ],
)
def test_the_subject_is_what_the_picture_is_of(prompt: str, subject: str) -> None:
    assert read_prompt(prompt).subject == subject


def test_a_phrase_of_the_lexicon_names_its_subject_and_no_other() -> None:
    """Two subjects may share a stem, never what is written."""
    named = {phrase: name for name in reversed(SUBJECTS) for phrase in lexicon()[name]}
    assert {phrase: _look_up(phrase.split(), is_fuzzy=False) for phrase in named} == named


def test_a_word_that_is_a_fruit_and_a_colour_is_both() -> None:
    assert read_prompt("orange dress")[:2] == ("dress", ("#e8843c",))
    assert read_prompt("an orange").subject == "fruit"


def test_every_subject_has_its_drawing() -> None:
    for subject in SUBJECTS:
        found = find_subject(subject)
        assert found.looks
        assert found.companions


@pytest.mark.parametrize(
    ("words", "wishes"),
    [
        ("Remove the background", {"white_background"}),
        ("put it on pure white background, no shadows", {"white_background"}),
        ("white background\nwith a soft shadow", {"white_background", "shadow"}),
        ("it is too dark", {"brighter"}),
        ("it is too bright", {"darker"}),
        ("a bit cooler and crisper", {"cooler", "sharper"}),
        ("greyscale", {"monochrome"}),
        ("कृपया बेहतर करें", set()),
    ],
)
def test_requests_are_understood(words: str, wishes: set[str]) -> None:
    assert read_wishes(words) == wishes
