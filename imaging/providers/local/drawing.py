"""From words to a picture: reading, palette, composition, grain, frame and caption."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from PIL import Image

from config.egress.deadline import Deadline
from imaging.providers.local.canvas import Canvas
from imaging.providers.local.caption import set_caption, write_caption
from imaging.providers.local.colour import RGB, to_rgb
from imaging.providers.local.palette import Palette, choose_palette
from imaging.providers.local.reading import Reading, read
from imaging.providers.local.scenes.botanical import draw_botanical
from imaging.providers.local.scenes.landscape import draw_landscape
from imaging.providers.local.scenes.poster import draw_poster
from imaging.providers.local.scenes.still_life import draw_still_life
from imaging.providers.local.scenes.studio import draw_studio
from imaging.sizes import Size

_GRAIN = 4
_Scene = Callable[[Canvas, Reading, Palette, Random], None]
_SCENES: dict[str, _Scene] = {
    "studio": draw_studio,
    "landscape": draw_landscape,
    "still_life": draw_still_life,
    "botanical": draw_botanical,
    "poster": draw_poster,
}


def draw_picture(words: str, size: Size, deadline: Deadline) -> Image.Image:
    """Return an RGB image of exactly `size`; the same words and size give the same pixels. Raises
    `DeadlineExceeded`."""
    reading = read(words)
    palette = choose_palette(reading)
    framed = reading.scene != "studio"
    margin = round(min(size.width, size.height) * 0.05) if framed else 0
    foot = round(margin * 2.35)
    canvas = Canvas(Size(size.width - 2 * margin, size.height - margin - foot), palette.wall)
    chance = Random(reading.seed)  # noqa: S311 - repeatable on purpose
    _SCENES[reading.scene](canvas, reading, palette, chance)
    deadline.remaining()
    canvas.finish(_GRAIN)
    deadline.remaining()
    sheet = _on_paper(canvas.image, size, palette, margin) if framed else canvas.image
    _sign(sheet, reading, palette, margin)
    return sheet


def _on_paper(picture: Image.Image, size: Size, palette: Palette, margin: int) -> Image.Image:
    sheet = Image.new("RGB", (size.width, size.height), to_rgb(palette.paper))
    sheet.paste(picture, (margin, margin))
    _draw_swatches(sheet, picture, margin)
    return sheet


def _sign(sheet: Image.Image, reading: Reading, palette: Palette, margin: int) -> None:
    unit = min(sheet.size) / 100
    ink = to_rgb(palette.ink.at(0.3, 0.03) if margin else palette.ink)
    left = margin or 5 * unit
    baseline = sheet.height - (7.0 if margin else 7.4) * unit
    caption = write_caption(reading.words)
    set_caption(sheet, caption, x=left, baseline=baseline, size=2.35 * unit, ink=ink)


def _draw_swatches(sheet: Image.Image, picture: Image.Image, margin: int) -> None:
    """Draw the main colours in small squares, flush right on the caption's line."""
    unit = min(sheet.size) / 100
    side, gap = round(2.2 * unit), round(0.7 * unit)
    top = round(sheet.height - 8.7 * unit)
    for index, colour in enumerate(_main_colours(picture)):
        right = sheet.width - margin - index * (side + gap)
        sheet.paste(colour, (right - side, top, right, top + side))


def _main_colours(picture: Image.Image) -> list[RGB]:
    """Return five colours, from light to dark."""
    small = picture.resize((48, 48), Image.Resampling.BOX).quantize(5, Image.Quantize.MAXCOVERAGE)
    levels = (small.getpalette() or [])[:15]
    colours = [(levels[i], levels[i + 1], levels[i + 2]) for i in range(0, len(levels), 3)]
    return sorted(colours, key=sum, reverse=True)
