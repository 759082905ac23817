"""Make the fonts of pages and shops in Hindi and Assamese: `python -m bin.web_fonts FOLDER`.

FOLDER holds the packages @fontsource-variable/noto-sans-devanagari and -bengali of npm and the word
lists hi_IN.dic and bn_BD.dic of Debian's hunspell-hi and hunspell-bn. Needs the package brotli.

A font with all conjuncts is twice as large. These have the letters, and the conjuncts of our texts
and of the words of a dictionary; of another one the reader sees the letters with a visible virama.
"""

from __future__ import annotations

import io
import re
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import uharfbuzz as hb
from fontTools import merge, subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from fontTools.varLib.instancer import instantiateVariableFont

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "static" / "fonts"
#: Half of the source's: a twenty-fifth of a pixel in the largest headings, a tenth less to load.
_UNITS_PER_EM = 500
_WORD = re.compile(r"[\u0900-\u09ff\u200c\u200d]+")


@dataclass(frozen=True)
class Font:
    """`least` is the number of words of the dictionary that a glyph has to be in."""

    name: str
    language: str
    letters: str
    dictionary: str
    least: int
    own_name: str
    names: str

    @property
    def source(self) -> str:
        name = f"noto-sans-{self.name.lower()}"
        return f"{name}/files/{name}-{self.name.lower()}-wght-normal.woff2"

    def words_of_texts(self) -> set[str]:
        shops = ROOT / "deployments" / "builder"
        texts = [
            ROOT / "locale" / self.language / "LC_MESSAGES" / "django.po",
            *sorted((ROOT / "docs" / "partners" / self.language).rglob("*.md")),
            shops / "words" / f"{self.language}.toml",
            *sorted((shops / "catalogue" / self.language).glob("*.toml")),
        ]
        return {self.own_name, *self.names.split()}.union(
            *(_WORD.findall(text.read_text()) for text in texts)
        )

    def words_of_dictionary(self, folder: Path) -> list[str]:
        lines = (folder / self.dictionary).read_text().splitlines()
        words = (line.split("/")[0].strip() for line in lines)
        # Assamese has a letter of its own for the Bengali ra.
        return [word.replace("র", "ৰ") if self.language == "as" else word for word in words]


#: The last field is of names of people and shops whose conjuncts are rare elsewhere.
FONTS = (
    Font(
        "Devanagari",
        "hi",
        "0900-097F,200C,200D,25CC",
        "hi_IN.dic",
        10,
        "हिन्दी",
        "ब्राह्मण आह्वान अद्भुत शृंखला शीघ्र हृदय ज्योत्स्ना",
    ),
    Font(
        "Bengali",
        "as",
        # Without the letters of Sanskrit and the signs of old accounts, which no text has.
        "0981-0983,0985-098B,098F,0990,0993-09A8,09AA-09B0,09B2,09B6-09B9,09BC-09C3,"
        "09C7,09C8,09CB-09CE,09DC,09DD,09DF,09E6-09F1,0964,0965,200C,200D,25CC",
        "bn_BD.dic",
        60,
        "অসমীয়া",
        "লক্ষ্মী লক্ষ্মণ শঙ্খ ব্ৰাহ্মণ ব্ৰহ্মপুত্ৰ জগন্নাথ বজ্ৰ শঙ্কৰ জ্যোৎস্না বাল্মীকি ফাল্গুনী",
    ),
)


class Shaper:
    """Says which glyphs a word is drawn with, those on the way to a conjunct included."""

    def __init__(self, data: bytes, language: str) -> None:
        self.font = hb.Font(hb.Face(hb.Blob(data)))
        self.names = TTFont(io.BytesIO(data)).getGlyphOrder()
        self.language = language

    def glyphs(self, word: str, *, all_steps: bool) -> set[str]:
        buffer, seen = hb.Buffer(), set[int]()

        def note(_message: str) -> bool:
            seen.update(info.codepoint for info in buffer.glyph_infos)
            return True

        buffer.add_str(word)
        buffer.guess_segment_properties()
        buffer.language = self.language
        if all_steps:
            buffer.set_message_func(note)
        hb.shape(self.font, buffer)
        seen.update(info.codepoint for info in buffer.glyph_infos)
        return {self.names[glyph] for glyph in seen if glyph < len(self.names)}


def main(folder: Path) -> None:
    names = []
    for font in FONTS:
        data = _two_weights(folder / font.source)
        shaper = Shaper(data, font.language)
        words = font.words_of_texts() | _of_common_glyphs(shaper, font, folder)
        glyphs = set().union(*(shaper.glyphs(word, all_steps=True) for word in words))
        letters = subset.parse_unicodes(font.letters)
        _save(data, TARGET / f"NotoSans{font.name}.woff2", letters, glyphs)
        names.append(_name_of_language(data, font, shaper))
    _save_together(names, TARGET / "languages.woff2")


def _two_weights(source: Path) -> bytes:
    """Keep the weights from 400 to 600, the only ones of the pages."""
    file = io.BytesIO()
    font = TTFont(source)
    font.flavor = None
    font.save(file)
    narrowed = instantiateVariableFont(TTFont(file), {"wght": (400, 400, 600)})
    result = io.BytesIO()
    narrowed.save(result)
    return result.getvalue()


def _of_common_glyphs(shaper: Shaper, font: Font, folder: Path) -> set[str]:
    """Return a few words of each glyph that enough words of the dictionary need."""
    words: dict[str, list[str]] = defaultdict(list)
    for word in font.words_of_dictionary(folder):
        for glyph in shaper.glyphs(word, all_steps=False):
            words[glyph].append(word)
    enough = (found[:4] for found in words.values() if len(found) >= font.least)
    return set().union(*enough)


def _save(data: bytes, target: Path, letters: list[int], glyphs: set[str]) -> None:
    font, options = _subset(data, letters, glyphs)
    scale_upem(font, _UNITS_PER_EM)
    options.flavor = "woff2"
    subset.save_font(font, str(target), options)


def _subset(data: bytes, letters: list[int], glyphs: set[str]) -> tuple[TTFont, subset.Options]:
    options = subset.Options()
    options.hinting = False
    options.name_IDs = [0, 1, 2, 13, 14]
    options.layout_closure = False
    font = TTFont(io.BytesIO(data))
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=letters, glyphs=sorted(glyphs))
    subsetter.subset(font)
    return font, options


def _name_of_language(data: bytes, font: Font, shaper: Shaper) -> TTFont:
    """Make the font of one word, which the choice of languages shows on every page."""
    letters = [ord(letter) for letter in set(font.own_name)]
    glyphs = shaper.glyphs(font.own_name, all_steps=True)
    return instantiateVariableFont(_subset(data, letters, glyphs)[0], {"wght": 400})


def _save_together(fonts: list[TTFont], target: Path) -> None:
    """Save them as one file: one request."""
    files = []
    for font in fonts:
        files.append(io.BytesIO())
        font.save(files[-1])
    together = merge.Merger().merge(files)
    together.flavor = "woff2"
    together.save(target)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
