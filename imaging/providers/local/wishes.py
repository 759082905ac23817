"""Read what a request for an enhancement asks for."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

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


_PATTERNS = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "white_background": r"\bwhite\s+(\w+\s+)?(background|backdrop|surface)|"
        r"\b(background|backdrop)\b[^.]{0,24}\bwhite\b|"
        r"\b(remove|delete|erase|clean)\b[^.]{0,24}\bbackground|\bcut[\s-]?out\b|"
        r"सफेद\s+(पृष्ठभूमि|बैकग्राउंड)|(पृष्ठभूमि|बैकग्राउंड)\s+(को\s+)?(हटा|सफेद)",
        "blurred_background": r"\bblur\w*\b[^.]{0,24}\bbackground|"
        r"\bbackground\b[^.]{0,16}\bblur|\bbokeh\b",
        "shadow": r"\bshadow",
        "no_shadow": r"\b(no|without|remove)\s+(\w+\s+){0,2}shadow",
        "brighter": r"\b(bright\w*|lighten|lighter|lighting up)\b|\btoo dark\b|चमकदार|उज्ज्वल",
        "darker": r"\b(darken|darker|moody)\b|\btoo (bright|light)\b",
        "warmer": r"\b(warm|warmer|warmth|golden)\b",
        "cooler": r"\b(cool|cooler|colder)\b",
        "vibrant": r"\b(vibrant|vivid|saturat\w+|colou?rful|punchy|pop)\b",
        "monochrome": r"\bblack[\s-]+(and|&)[\s-]+white\b|\bgr[ae]y\s?scale\b|\bmonochrome\b",
        "sharper": r"\b(sharp\w*|crisp\w*|detail\w*|clarity)\b",
    }.items()
}


def read_wishes(text: str) -> Wishes:
    """Understand English and a little Hindi; ignore the rest, and all guidance but `REFINED`."""
    words = unicodedata.normalize("NFD", partner_words(text)).replace("\u093c", "")
    asked = {name for name, pattern in _PATTERNS.items() if pattern.search(words)}
    too_bright = re.search(r"\btoo (bright|light)\b", words, re.IGNORECASE) is not None
    return Wishes(
        white_background="white_background" in asked,
        blurred_background="blurred_background" in asked,
        shadow="shadow" in asked and "no_shadow" not in asked,
        brightness=("brighter" in asked and not too_bright) - ("darker" in asked),
        warmth=("warmer" in asked) - ("cooler" in asked),
        vibrant="vibrant" in asked,
        monochrome="monochrome" in asked,
        sharper="sharper" in asked,
        refined=text.rpartition(MARKER)[2].find(REFINED) >= 0,
    )
