"""Logos and icons of a shop as SVG, and the PNGs for icons and link previews."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

from config.fonts import LATIN, SCRIPTS, font_files
from deployments.builder.colours import mix
from deployments.builder.lettering import outline
from deployments.builder.shop import Shop
from deployments.builder.text import initial_of, width_of, wrap_text
from deployments.builder.themes import Theme

_LOGO_SIZE = (640, 200)
_KEPT_LOGO = (640, 300)
_PREVIEW = (1200, 630)
#: What Roboto can draw: Latin, Greek, Cyrillic, common punctuation and the rupee sign.
_DRAWABLE = re.compile("[ -~\u00a0-\u024f\u0370-\u04ff\u1e00-\u1eff\u2010-\u2026\u20b9]+")
#: What every font of an Indian script has besides its letters.
_SHARED = re.compile("[ -#%'-?\u0964\u200c\u200d\u2013\u2014\u2018\u2019\u201c\u201d\u2026]")
#: Left out of drawn text, since no face of one colour has them.
_EMOJI = re.compile("[\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d\U0001f000-\U0001faff]")

_SANS = "'Noto Sans',system-ui,sans-serif"
_BOLD = 600


class _Style(NamedTuple):
    size: float
    family: str
    weight: int
    colour: str


def draw_logo(shop: Shop) -> str:
    """Draw the name as a wordmark on up to two lines, in the theme's font."""
    rows = wrap_text(shop.brand, 15, 2)
    width = max(width_of(row) for row in rows) * 64 + 80
    height = len(rows) * 84 + 76
    style = _Style(64, shop.theme.heading, shop.theme.weight, shop.theme.brand)
    lines = "".join(
        _letters(row, width / 2, 96 + 84 * place, style) for place, row in enumerate(rows)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height}" '
        f'width="{width:g}" height="{height}"><title>{escape(shop.brand)}</title>'
        f'{lines}<path d="M{width / 2 - 32:g} {height - 20}h64" stroke="{shop.theme.brand}" '
        'stroke-width="3"/></svg>\n'
    )


def draw_favicon(shop: Shop) -> str:
    """Draw the brand's initial on a tile of its colour."""
    initial = initial_of(shop.brand)
    size = 36 / max(1, _measure(initial))
    letters = _letters(initial, 32, 45, _Style(size, _SANS, 700, shop.theme.on_brand))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
        f'<rect width="64" height="64" rx="{_corner(shop, 64)}" fill="{shop.theme.brand}"/>'
        f"{letters}</svg>\n"
    )


def draw_icon(shop: Shop, size: int, *, is_square: bool = False) -> bytes:
    """Draw the favicon as a PNG, with a bag if no font has the initial."""
    large = size * 4
    icon = Image.new("RGBA", (large, large))
    pen = ImageDraw.Draw(icon)
    corner = 0 if is_square else _corner(shop, large)
    pen.rounded_rectangle((0, 0, large - 1, large - 1), corner, shop.theme.brand)
    initial = initial_of(shop.brand)
    if fonts := _fonts_for(initial):
        middle = (large / 2, large / 2 - large * 0.02)
        font = _font(fonts[1], large * 0.58 / max(1, _measure(initial)))
        pen.text(middle, initial, shop.theme.on_brand, font, anchor="mm")
    else:
        _draw_bag(pen, large / 2, large / 2, large * 0.5, shop.theme.on_brand)
    return _png(icon.resize((size, size), Image.Resampling.LANCZOS))


def draw_preview(shop: Shop, logo: Path | None) -> bytes:
    """Draw the link preview (Open Graph), 1200 x 630."""
    theme = shop.theme
    card = Image.new("RGB", _PREVIEW, theme.ground)
    pen = ImageDraw.Draw(card)
    _draw_ornament(pen, shop)
    if logo:
        image = _fitted(logo, (460, 300))
        card.paste(image, (80, 315 - image.height // 2), image)
        return _png(card)
    words = _EMOJI.sub("", shop.brand).strip()
    if _fonts_for(words):
        _draw_words(pen, words, shop.specialities, theme)
    else:
        say, first = shop.language.say, shop.categories[0]
        _draw_words(pen, say(first.name), say(first.tagline), theme)
    return _png(card)


def shrink_logo(logo: Path) -> bytes:
    """Scale the merchant's logo down to the largest size that any picture needs."""
    return _png(_fitted(logo, _KEPT_LOGO))


def fit_logo(logo: Path) -> bytes:
    """Scale the merchant's logo down to its largest displayed size."""
    return _png(_fitted(logo, _LOGO_SIZE))


def _draw_words(pen: ImageDraw.ImageDraw, words: str, below: str, theme: Theme) -> None:
    rows = wrap_text(words, 9, 3)
    size = min(88.0, 620 / max(width_of(row) for row in rows))
    top = 300 - len(rows) * size * 0.6
    for place, row in enumerate(rows):
        pen.text((80, top + place * size * 1.15), row, theme.ink, _font(_fonts_for(row)[1], size))
    line = top + len(rows) * size * 1.15 + 28
    pen.rectangle((80, line, 176, line + 8), theme.brand)
    for place, row in enumerate(wrap_text(below, 21, 2)):
        pen.text((80, line + 36 + place * 42), row, theme.muted, _font(_fonts_for(row)[0], 32))


def _draw_ornament(pen: ImageDraw.ImageDraw, shop: Shop) -> None:
    """Draw the theme's shapes around a shopping bag, on the right."""
    theme = shop.theme
    pen.rectangle((760, 0, 1200, 630), theme.backdrops[0][0])
    pen.ellipse((810, 125, 1150, 465), theme.backdrops[0][1])
    pen.rectangle((760, 465, 1200, 630), theme.band)
    pen.ellipse((850, 470, 1110, 500), mix(theme.band, theme.ink, 0.12))
    _draw_bag(pen, 980, 345, 280, theme.brand)


def _draw_bag(pen: ImageDraw.ImageDraw, x: float, y: float, size: float, colour: str) -> None:
    half, thick = size / 2, max(2, round(size * 0.055))
    grip = size * 0.22
    pen.arc((x - grip, y - half, x + grip, y + half * 0.35), 180, 360, colour, thick)
    pen.rounded_rectangle((x - half * 0.8, y - half * 0.4, x + half * 0.8, y + half), size * 0.08,
                          colour)  # fmt: skip


def _letters(text: str, middle: float, base: float, style: _Style) -> str:
    """Draw a line of text; in Indian scripts as shapes, since a device may lack their fonts."""
    if _DRAWABLE.fullmatch(text) or not (fonts := _fonts_for(text)):
        face = escape(style.family.replace('"', "'"))
        return (
            f'<text x="{middle:g}" y="{base:g}" text-anchor="middle" font-size="{style.size:g}" '
            f'font-family="{face}" font-weight="{style.weight}" fill="{style.colour}">'
            f"{escape(text)}</text>"
        )
    path, width = outline(text, fonts[style.weight >= _BOLD], style.size)
    place = f"translate({middle - width / 2:g} {base:g})"
    return f'<path transform="{place}" fill="{style.colour}" d="{path}"/>'


def _corner(shop: Shop, size: int) -> int:
    return min(shop.theme.radius, 20) * size // 64


def _fonts_for(text: str) -> tuple[Path, ...]:
    """Return the regular and the bold font that draw all of a text; none for mixed scripts."""
    if _DRAWABLE.fullmatch(text):
        return font_files("")[LATIN]
    letters = _SHARED.sub("", text)
    script = next((one for one in SCRIPTS if letters and all(map(one.is_in, letters))), None)
    return font_files(text)[script.family] if script else ()


def _measure(initial: str) -> float:
    """Return the width in ems; letters of a conjunct are narrower than one by one."""
    fonts = _fonts_for(initial)
    return _font(fonts[1], 100).getlength(initial) / 100 if fonts else width_of(initial)


@cache
def _font(file: Path, size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(file, size)


def _fitted(logo: Path, size: tuple[int, int]) -> Image.Image:
    with Image.open(logo) as image:
        image.load()
        fitted = image.convert("RGBA")
    fitted.thumbnail(size, Image.Resampling.LANCZOS)
    return fitted


def _png(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
