"""Colours of charts are told apart by everyone, in light and dark mode."""

from __future__ import annotations

import re
from itertools import combinations
from math import dist
from pathlib import Path

import pytest
from django.conf import settings


def colours(name: str) -> dict[str, tuple[str, str]]:
    """Each token of a stylesheet with its light and its dark value."""
    css = (Path(settings.BASE_DIR) / "static/css" / name).read_text()
    pattern = r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)"
    return {token: (light, dark) for token, light, dark in re.findall(pattern, css)}


def luminance(colour: str) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


#: How people with the common kinds of colour blindness see red, green and blue, in linear light
#: (Machado, Oliveira and Fernandes 2009, full severity).
VISION = {
    "full": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "no green": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "no blue": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}

#: A difference of 2.3 can just be seen.
CLEAR = 12


def linear(colour: str) -> list[float]:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]


def seen(colour: str, vision: str) -> tuple[float, float, float]:
    """CIELAB of a colour."""
    rows = VISION[vision]
    r, g, b = (
        min(max(sum(f * c for f, c in zip(row, linear(colour), strict=True)), 0), 1) for row in rows
    )
    x, y, z = (
        amount ** (1 / 3) if amount > 0.008856 else 7.787 * amount + 16 / 116
        for amount in (
            (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047,
            0.2126 * r + 0.7152 * g + 0.0722 * b,
            (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883,
        )
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_colours_of_series_are_told_apart_by_everyone(scheme: int) -> None:
    surface, accent = (colours("tokens.css")[name][scheme] for name in ("surface", "accent"))
    kinds = {name: pair[scheme] for name, pair in colours("charts.css").items()}
    assert len(kinds) == 7
    for name, colour in kinds.items():
        lighter, darker = sorted((luminance(surface), luminance(colour)), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 3, name
    shades = [kinds[f"series-{number}"] for number in range(1, 5)]
    outcomes = [accent, kinds["series-refused"], kinds["series-failed"]]
    for vision in VISION:
        for group in (shades, outcomes):
            for one, other in combinations(group, 2):
                assert dist(seen(one, vision), seen(other, vision)) > CLEAR, (vision, one, other)
