"""Inputs and pictures for the tests of providers."""

from pathlib import Path

from PIL import Image

from config.egress.deadline import Deadline
from imaging.providers.base import GenerationInput
from imaging.sizes import size_of


def create_input(
    *, ratio: str = "1:1", resolution: str = "1k", seconds: float = 60, text: str = "a teal vase"
) -> GenerationInput:
    return GenerationInput("create", text, size_of(ratio, resolution), Deadline.after(seconds))


def enhance_input(folder: Path, *, text: str = "brighter") -> GenerationInput:
    """An enhancement of two small pictures, a blue one and a red one."""
    paths = tuple(folder / f"{colour}.png" for colour in ("blue", "red"))
    for path in paths:
        Image.new("RGB", (40, 30), path.stem).save(path)
    return GenerationInput("enhance", text, size_of("4:3", "1k"), Deadline.after(60), paths)
