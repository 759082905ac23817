"""The fonts that a shop brings for the scripts of Hindi and Assamese, which many devices lack."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from deployments.builder.shop import Shop
from deployments.builder.text import hash_of

#: The danda ends sentences in both scripts, though its block is that of one.
_DANDA = "\u0964\u0965"


@dataclass(frozen=True, slots=True)
class WebFont:
    """A file of `static/fonts`, made by `bin/web_fonts.py`, with weights from 400 to 600.

    `letters` is the range of a regular expression, `used_for` that of CSS, with the signs that
    scripts share.
    """

    name: str
    family: str
    language: str
    letters: str
    used_for: str

    def is_needed(self, text: str) -> bool:
        return bool(re.search(f"(?![{_DANDA}])[{self.letters}]", text))

    def read(self) -> bytes:
        return _read(self.name)

    @property
    def path(self) -> str:
        return f"/assets/{self.name}.{hash_of(self.read())}.woff2"

    def face(self) -> str:
        """Return the CSS rule, for a stylesheet in the same folder as the font."""
        file = self.path.rpartition("/")[2]
        return (
            f'@font-face{{font-family:"{self.family}";src:url("{file}") format("woff2");'
            f"font-weight:400 600;font-display:swap;unicode-range:{self.used_for}}}\n"
        )


_FONTS = (
    WebFont("NotoSansDevanagari", "Noto Sans Devanagari", "hi", "\u0900-\u097f",
            "U+0900-097F,U+200C-200D,U+25CC"),
    WebFont("NotoSansBengali", "Noto Sans Bengali", "as", "\u0980-\u09ff",
            "U+0964-0965,U+0980-09FF,U+200C-200D,U+25CC"),
)  # fmt: skip


def fonts_of(shop: Shop) -> tuple[WebFont, ...]:
    """Return those that the shop's own texts or its merchant's need; usually none."""
    contact = shop.contact
    names = [name for name, _ in contact.social_links]
    texts = [shop.brand, shop.company, shop.copy.tagline, shop.copy.about]
    text = " ".join([*texts, *contact.address_lines, *names, *shop.language.words.values()])
    return tuple(font for font in _FONTS if font.is_needed(text))


@cache
def _read(name: str) -> bytes:
    return Path(settings.BASE_DIR, "static", "fonts", f"{name}.woff2").read_bytes()
