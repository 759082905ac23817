"""Read what a request for an enhancement asks for."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from imaging.prompts import MARKER, partner_words

#: What thinking mode always adds; read as a wish, too.
REFINED = "refine local contrast and micro-detail"


@dataclass(frozen=True, slots=True)
class Wishes:
    """`brightness` and `warmth` are -1, 0 or 1."""

    white_background: bool = False
    blurred_background: bool = False
    shadow: bool = False
    brightness: int = 0
    warmth: int = 0
    vibrant: bool = False
    monochrome: bool = False
    sharper: bool = False
    refined: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether no other brightness is asked for."""
        return not self.brightness

    @property
    def keeps_colours(self) -> bool:
        return not (self.brightness or self.warmth or self.vibrant or self.monochrome)


_PATTERNS = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in tomllib.loads(
        (Path(__file__).parent / "wishes.toml").read_text(encoding="utf-8")
    ).items()
}


def read_wishes(text: str) -> Wishes:
    """Understand English and a little Hindi; ignore the rest, and all guidance but `REFINED`."""
    words = unicodedata.normalize("NFD", partner_words(text)).replace("\u093c", "")
    asked = {name for name, pattern in _PATTERNS.items() if pattern.search(words)}
    return Wishes(
        white_background="white_background" in asked,
        blurred_background="blurred_background" in asked,
        shadow="shadow" in asked and "no_shadow" not in asked,
        brightness=("brighter" in asked and "too_bright" not in asked) - ("darker" in asked),
        warmth=("warmer" in asked) - ("cooler" in asked),
        vibrant="vibrant" in asked,
        monochrome="monochrome" in asked,
        sharper="sharper" in asked,
        refined=text.rpartition(MARKER)[2].find(REFINED) >= 0,
    )
