"""A small, well-set caption in Roboto, as on an art print."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import as_file, files

from PIL import Image, ImageDraw, ImageFont

from imaging.providers.local.colour import RGB
from imaging.providers.local.lexicon import PICTURE_WORDS, word_set

_TITLE_LETTERS = 44
_DETAIL_LETTERS = 60
_WORD = re.compile(r"\w{2}")
#: Words on which a shortened line must not end.
_LOOSE = word_set("a an and at by for from in of on or the to with")
_LEADING = re.compile(
    r"^(please\s+)?((create|generate|make|draw|design|show)\s+)?(me\s+)?((an?|the|some)\s+)?"
    rf"(({'|'.join(sorted(PICTURE_WORDS))})s?\s+of\s+)?((an?|the|some)\s+)?",
    re.IGNORECASE,
)
_BREAK = re.compile(
    r"\s*[,\u2013\u2014]\s*|"
    r"\s+(?=(?:on|with|in|for|at|under|over|against|by|near|from)\s)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Caption:
    """Two lines, either of which may be empty."""

    title: str
    detail: str


def write_caption(words: str) -> Caption:
    """Return the subject and what follows it; glyphs that the font lacks are left out."""
    text = "".join(char for char in words[:400] if char.isspace() or _has_glyph(char))
    phrases = [phrase for phrase in re.split(r"[.;:!?\n()|]+", text) if _WORD.search(phrase)]
    if not phrases:
        return Caption("", "")
    title, _, rest = _BREAK.sub("\n", _LEADING.sub("", phrases[0].strip()), count=1).partition("\n")
    return Caption(_shortened(title, _TITLE_LETTERS), _shortened(rest, _DETAIL_LETTERS))


def set_caption(
    image: Image.Image, caption: Caption, *, x: float, baseline: float, size: float, ink: RGB
) -> None:
    """Draw the title with its baseline at `baseline` pixels, and the detail one line below."""
    draw = ImageDraw.Draw(image)
    widest = image.width - 2 * x
    for text, weight, scale, line in (
        (caption.title, "Medium", 1.0, 0.0),
        (caption.detail, "LightItalic", 0.82, 1.38),
    ):
        if text:
            font = _fitting(text, weight, size * scale, widest)
            draw.text((x, baseline + line * size), text, fill=ink, font=font, anchor="ls")


def _shortened(phrase: str, letters: int) -> str:
    words = phrase.split()
    kept = list(_within(words, letters))
    while kept and len(kept) < len(words) and kept[-1].casefold() in _LOOSE:
        kept.pop()
    line = " ".join(kept).rstrip(",\u2013\u2014-")
    return line[:1].upper() + line[1:]


def _within(words: list[str], letters: int) -> Iterator[str]:
    for word in words:
        letters -= len(word) + 1
        if letters < 0:
            return
        yield word


def _fitting(text: str, weight: str, size: float, widest: float) -> ImageFont.FreeTypeFont:
    font = _font(weight, round(size, 1))
    width = font.getlength(text)
    return font if width <= widest else _font(weight, round(size * widest / width, 1))


@lru_cache(maxsize=64)
def _font(weight: str, size: float) -> ImageFont.FreeTypeFont:
    source = files("font_roboto") / "files" / f"Roboto-{weight}.ttf"
    with as_file(source) as path:
        return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _missing_glyph() -> bytes:
    """Return what the font draws for a code point that is never a character (Unicode 23.7)."""
    return bytes(_font("Medium", 24).getmask("\uffff"))


@lru_cache(maxsize=4096)
def _has_glyph(char: str) -> bool:
    return char.isprintable() and bytes(_font("Medium", 24).getmask(char)) != _missing_glyph()
