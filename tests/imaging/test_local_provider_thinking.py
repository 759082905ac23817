"""Thinking mode without a model: the partner's words, expanded by rules."""

from pathlib import Path

import pytest
from PIL import Image

from config.egress.deadline import Deadline, DeadlineExceeded
from imaging.prompts import partner_words
from imaging.providers.base import Action, GenerationInput
from imaging.providers.local import LocalProvider
from imaging.sizes import Size, size_of

WIDE = size_of("16:9", "1k")


def write(words: str, size: Size = WIDE, *images: Path) -> str:
    action: Action = "enhance" if images else "create"
    spec = GenerationInput(action, words, size, Deadline.after(10), images)
    return LocalProvider().write_prompt(spec)


def test_the_partners_words_come_first_and_stay_recognisable() -> None:
    prompt = write("minimalist sneaker product shot")
    assert prompt.startswith("minimalist sneaker product shot\n")
    assert partner_words(prompt) == "minimalist sneaker product shot"


def test_composition_light_lens_and_palette_are_spelled_out() -> None:
    prompt = write("minimalist sneaker product shot")
    for aspect in ("composition:", "light:", "camera:", "palette:", "wide format"):
        assert aspect in prompt


def test_other_words_are_expanded_otherwise() -> None:
    def details(words: str) -> str:
        return write(words).removeprefix(words)

    assert details("a sneaker") != details("mountains at night")
    assert details("a sneaker") == details("a sneaker")


@pytest.mark.parametrize("words", ["abc", "word " * 800, "x" * 4000, "🎂" * 4000, "..."])
def test_a_prompt_is_never_empty_and_at_most_2000_characters(words: str) -> None:
    prompt = write(words)
    assert 0 < len(prompt) <= 2000
    assert "composition:" in prompt


def test_the_faults_of_the_images_are_named(tmp_path: Path) -> None:
    dark, fine = tmp_path / "dark.png", tmp_path / "fine.png"
    Image.new("RGB", (900, 900), (60, 40, 25)).save(dark)
    Image.linear_gradient("L").resize((900, 900)).convert("RGB").save(fine)
    size = size_of("1:1", "1k")
    assert "lift the exposure" in write("", size, dark)
    assert "colour cast" in write("", size, dark)
    assert "exposure" not in write("", size, fine)
    assert "pure white" in write("white background", size, fine)


def test_a_passed_deadline_ends_the_call() -> None:
    with pytest.raises(DeadlineExceeded):
        LocalProvider().write_prompt(
            GenerationInput("create", "abc", size_of("1:1", "1k"), Deadline(0))
        )
