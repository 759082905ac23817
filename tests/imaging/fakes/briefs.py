"""Briefs and pictures for the tests of providers."""

from pathlib import Path

from PIL import Image

from config.egress.deadline import Deadline
from imaging.providers.base import Brief
from imaging.sizes import size_of


def create_brief(
    *, ratio: str = "1:1", resolution: str = "1k", seconds: float = 10, text: str = "a teal vase"
) -> Brief:
    return Brief("create", text, size_of(ratio, resolution), Deadline.after(seconds))


def enhance_brief(folder: Path, *, text: str = "brighter") -> Brief:
    """An enhancement of two small pictures, a blue one and a red one."""
    paths = tuple(folder / f"{colour}.png" for colour in ("blue", "red"))
    for path in paths:
        Image.new("RGB", (40, 30), path.stem).save(path)
    return Brief("enhance", text, size_of("4:3", "1k"), Deadline.after(10), paths)
