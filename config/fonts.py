"""The fonts of documents and pictures: Roboto, and Noto for the Indian scripts (`static/fonts`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from font_roboto import Roboto, RobotoBold

LATIN = "Roboto"


@dataclass(frozen=True, slots=True)
class Script:
    name: str
    first: int
    last: int

    @property
    def family(self) -> str:
        return f"NotoSans{self.name}"

    def is_in(self, text: str) -> bool:
        return any(self.first <= ord(letter) <= self.last for letter in text)


#: The blocks of Unicode that hold the letters. Assamese is written in the Bengali script.
SCRIPTS = (
    Script("Devanagari", 0x0900, 0x097F),
    Script("Bengali", 0x0980, 0x09FF),
    Script("Gurmukhi", 0x0A00, 0x0A7F),
    Script("Gujarati", 0x0A80, 0x0AFF),
    Script("Oriya", 0x0B00, 0x0B7F),
    Script("Tamil", 0x0B80, 0x0BFF),
    Script("Telugu", 0x0C00, 0x0C7F),
    Script("Kannada", 0x0C80, 0x0CFF),
    Script("Malayalam", 0x0D00, 0x0D7F),
    Script("OlChiki", 0x1C50, 0x1C7F),
    Script("MeeteiMayek", 0xABC0, 0xABFF),
)


def font_files(text: str) -> dict[str, tuple[Path, Path]]:
    """Return the regular and the bold file by family, of the scripts that `text` needs."""
    folder = Path(settings.BASE_DIR, "static", "fonts")
    families = [script.family for script in SCRIPTS if script.is_in(text)]
    return {
        LATIN: (Path(Roboto), Path(RobotoBold)),
        **{
            name: (folder / f"{name}-Regular.ttf", folder / f"{name}-Bold.ttf") for name in families
        },
    }


def find_unprintable(text: str) -> str:
    """Return the first letter that not both weights of a font have; empty if there is none."""
    if text.isascii():
        return "" if text.isprintable() else next(x for x in text if not x.isprintable())
    files = font_files(text).values()
    letters = frozenset().union(*(_letters_of(*pair) for pair in files))
    return next((letter for letter in text if ord(letter) not in letters), "")


@cache
def _letters_of(regular: Path, bold: Path) -> frozenset[int]:
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - slow to import, and rarely needed

    with TTFont(regular, lazy=True) as one, TTFont(bold, lazy=True) as other:
        return frozenset(one.getBestCmap()).intersection(other.getBestCmap())
