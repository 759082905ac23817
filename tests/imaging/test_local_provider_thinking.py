"""Thinking mode without a model: the partner's words, directed by rules."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from config.egress.deadline import Deadline, DeadlineExceeded
from imaging.prompts import partner_words, wrap_create
from imaging.providers.base import Action, GenerationInput
from imaging.providers.local import LocalProvider
from imaging.providers.local.direction import direct
from imaging.sizes import Size, size_of

WIDE = size_of("16:9", "1k")
SMALL = Size(160, 160)


def write(words: str, size: Size = WIDE, *images: Path, seed: int = 0) -> str:
    action: Action = "enhance" if images else "create"
    spec = GenerationInput(action, words, size, Deadline.after(10), images, seed)
    return LocalProvider().write_prompt(spec)


def draw(text: str) -> bytes:
    spec = GenerationInput("create", text, SMALL, Deadline.after(30))
    return Image.open(BytesIO(LocalProvider().make_images(spec)[0])).tobytes()


def test_the_partners_words_come_first_and_stay_recognisable() -> None:
    prompt = write("minimalist sneaker product shot")
    assert prompt.startswith("minimalist sneaker product shot\n")
    assert partner_words(prompt) == "minimalist sneaker product shot"


def test_composition_light_props_camera_and_palette_are_spelled_out() -> None:
    prompt = write("minimalist sneaker product shot")
    for aspect in ("composition:", "light:", "props:", "camera:", "palette:"):
        assert aspect in prompt


@pytest.mark.parametrize(
    "words",
    ["sneaker", "ring", "a blue denim jacket", "sneaker on marble, dramatic light", "qwerty"],
)
def test_thinking_draws_another_and_richer_picture_than_fast(words: str) -> None:
    fast, thinking = wrap_create(words), write(words, SMALL)
    assert draw(fast) != draw(thinking)
    assert direct(fast, 0).companion is None
    assert direct(thinking, 0).companion
    assert direct(thinking, 0).cues["props"]
    assert direct(thinking, 0).subject == direct(fast, 0).subject


def test_what_the_partner_asks_for_goes_before_what_is_added() -> None:
    cues = direct(write("handbag, top view, neon light, with petals"), 0).cues
    assert (cues["view"], cues["light"], cues["props"]) == ("flat", "neon", "petals")


def test_a_seed_gives_the_same_prompt_and_another_seed_another() -> None:
    assert write("a sneaker", seed=3) == write("a sneaker", seed=3)
    assert len({write("a sneaker", seed=seed) for seed in range(9)}) > 3


@pytest.mark.parametrize("words", ["abc", "word " * 800, "x" * 4000, "🎂" * 4000, "..."])
def test_a_prompt_is_never_empty_and_at_most_2000_characters(words: str) -> None:
    prompt = write(words)
    assert 0 < len(prompt) <= 2000
    assert "composition:" in prompt


def test_a_passed_deadline_ends_the_call() -> None:
    with pytest.raises(DeadlineExceeded):
        LocalProvider().write_prompt(
            GenerationInput("create", "abc", size_of("1:1", "1k"), Deadline(0))
        )
