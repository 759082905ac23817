"""A canvas with soft light: antialiased shapes, gradients, grained shading, blurred shadows.

Lengths are units of which the shorter side has 100, so that a scene looks the same at every
resolution. Only what a shape covers is drawn, supersampled; blurs are made small and enlarged.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import cos, radians, sin
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from imaging.providers.local.colour import Lch, mix, to_rgb
from imaging.providers.local.geometry import Ring, Shape
from imaging.sizes import Size

Box = tuple[int, int, int, int]

_TILE = 512
_STRIP_STEPS = 128


@dataclass(frozen=True, slots=True)
class Gradient:
    """Colours at even distances along a direction: 0° to the right, 90° downwards."""

    stops: tuple[Lch, ...]
    angle: float = 90


Paint = Lch | Gradient


class Canvas:
    """Draws into `image` (RGB); `width` and `height` are in units."""

    def __init__(self, size: Size, ground: Paint) -> None:
        self.unit = min(size.width, size.height) / 100
        self.width = size.width / self.unit
        self.height = size.height / self.unit
        self._fineness = 3 if size.width * size.height <= 1 << 21 else 2
        self.image = _painted(ground, (size.width, size.height))

    def fill(
        self,
        shape: Shape,
        paint: Paint,
        *,
        opacity: float = 1,
        within: Shape | None = None,
        grain: bool = False,
    ) -> None:
        """Cover the shape; with `within`, only the part inside it."""
        box = self._box(shape, 0)
        if box is None:
            return
        mask = self._cover(shape, box, within)
        if opacity < 1:
            mask = mask.point([round(level * opacity) for level in range(256)])
        if grain:
            mask = _dissolved(mask, _grain(mask.size, self.unit))
        self.image.paste(_painted(paint, mask.size), box[:2], mask)

    def shade(
        self, shape: Shape, colour: Lch, *, angle: float, reach: float, strength: float
    ) -> None:
        """Let the colour grow in grains over the last `reach` (0 to 1), along `angle`."""
        box = self._box(shape, 0)
        if box is None:
            return
        cover = self._cover(shape, box, None)
        ramp = _ramp(cover.size, angle, reach, strength)
        mask = ImageChops.multiply(cover, _dissolved(ramp, _grain(cover.size, self.unit)))
        self.image.paste(to_rgb(colour), box, mask)

    def soften(
        self,
        shape: Shape,
        colour: Lch,
        *,
        blur: float,
        opacity: float,
        within: Shape | None = None,
    ) -> None:
        """Cover the shape with blurred edges: shadows, glows, mist."""
        box = self._box(shape, 2.5 * blur)
        if box is None:
            return
        mask = self._blurred(shape, box, blur)
        if within is not None:
            mask = ImageChops.multiply(mask, self._cover(within, box, None))
        mask = mask.point([round(level * opacity) for level in range(256)])
        self.image.paste(to_rgb(colour), box, mask)

    def finish(self, strength: int) -> None:
        """Add film grain of ± `strength` levels, which also hides the steps of gradients."""
        width, height = self.image.size
        for top in range(0, height, _TILE):
            box = (0, top, width, min(top + _TILE, height))
            part = self.image.crop(box)
            level = _grain(part.size, self.unit).point(
                [128 + round((noise - 128) * strength / 96) for noise in range(256)]
            )
            grain = Image.merge("RGB", (level, level, level))
            self.image.paste(ImageChops.add(part, grain, 1, -128), box)

    def _box(self, shape: Shape, margin: float) -> Box | None:
        """Return the pixels of the shape on the canvas; None if it is outside."""
        left, top, right, bottom = shape.bounds()
        box = (
            max(int((left - margin) * self.unit) - 1, 0),
            max(int((top - margin) * self.unit) - 1, 0),
            min(int((right + margin) * self.unit) + 2, self.image.width),
            min(int((bottom + margin) * self.unit) + 2, self.image.height),
        )
        return box if box[0] < box[2] and box[1] < box[3] else None

    def _cover(self, shape: Shape, box: Box, within: Shape | None) -> Image.Image:
        mask = self._drawn(shape, box, self._fineness).reduce(self._fineness)
        return mask if within is None else ImageChops.multiply(mask, self._cover(within, box, None))

    def _blurred(self, shape: Shape, box: Box, blur: float) -> Image.Image:
        pixels = blur * self.unit
        shrink = max(pixels / 3, 1)
        mask = self._drawn(shape, box, 2 / shrink).reduce(2)
        mask = mask.filter(ImageFilter.GaussianBlur(pixels / shrink))
        return mask.resize((box[2] - box[0], box[3] - box[1]), Image.Resampling.BICUBIC)

    def _drawn(self, shape: Shape, box: Box, scale: float) -> Image.Image:
        left, top, right, bottom = box
        size = (max(round((right - left) * scale), 2), max(round((bottom - top) * scale), 2))
        mask = Image.new("L", size)
        draw = ImageDraw.Draw(mask)

        def place(ring: Ring) -> list[tuple[float, float]]:
            unit = self.unit
            return [((x * unit - left) * scale, (y * unit - top) * scale) for x, y in ring]

        for ring in shape.rings:
            if shape.width:
                _draw_line(draw, place(ring), shape.width * self.unit * scale)
            else:
                draw.polygon(place(ring), fill=255)
        for hole in shape.holes:
            draw.polygon(place(hole), fill=0)
        return mask


def _draw_line(draw: ImageDraw.ImageDraw, points: list[tuple[float, float]], width: float) -> None:
    draw.line(points, fill=255, width=max(round(width), 1), joint="curve")
    radius = width / 2
    for x, y in (points[0], points[-1]):
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)


def _painted(paint: Paint, size: tuple[int, int]) -> Image.Image:
    if isinstance(paint, Lch):
        return Image.new("RGB", size, to_rgb(paint))
    strip = Image.new("RGB", (_STRIP_STEPS, 3))
    strip.putdata(_strip(paint.stops) * 3)
    return _along(strip, size, paint.angle)


@cache
def _ramp_strip(reach: float, strength: float) -> Image.Image:
    strip = Image.new("L", (_STRIP_STEPS, 3))
    shares = (max(0.0, 1 - (1 - step / (_STRIP_STEPS - 1)) / reach) for step in range(_STRIP_STEPS))
    strip.putdata([round(255 * strength * share**1.3) for share in shares] * 3)
    return strip


def _ramp(size: tuple[int, int], angle: float, reach: float, strength: float) -> Image.Image:
    return _along(_ramp_strip(reach, strength), size, angle)


def _strip(stops: tuple[Lch, ...]) -> list[tuple[int, int, int]]:
    colours = []
    for step in range(_STRIP_STEPS):
        place = step / (_STRIP_STEPS - 1) * (len(stops) - 1)
        index = min(int(place), len(stops) - 2)
        colours.append(mix(stops[index], stops[index + 1], place - index))
    return colours


def _along(strip: Image.Image, size: tuple[int, int], angle: float) -> Image.Image:
    """Spread a strip over a rectangle so that its ends touch the corners furthest apart."""
    width, height = size
    across, down = cos(radians(angle)), sin(radians(angle))
    length = abs(width * across) + abs(height * down)
    scale = (_STRIP_STEPS - 2) / max(length, 1)
    middle = _STRIP_STEPS / 2 - scale * (across * width + down * height) / 2
    matrix = (across * scale, down * scale, middle, 0, 0, 1.5)
    return strip.transform(size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)


@cache
def _tile(scale: float) -> Image.Image:
    """Return even noise, the same in every process, slightly blurred so that grains have size."""
    noise = Random(7).randbytes(_TILE * _TILE)  # noqa: S311 - repeatable on purpose
    tile = Image.frombytes("L", (_TILE, _TILE), noise)
    side = round(_TILE * scale)
    tile = tile.filter(ImageFilter.GaussianBlur(0.55)).resize(
        (side, side), Image.Resampling.BICUBIC
    )
    return tile.point([min(max(round(128 + (level - 128) * 2.1), 0), 255) for level in range(256)])


def _grain(size: tuple[int, int], unit: float) -> Image.Image:
    tile = _tile(1.0 if unit <= 12 else 1.5 if unit <= 24 else 2.5)
    grain = Image.new("L", size)
    for top in range(0, size[1], tile.height):
        for left in range(0, size[0], tile.width):
            grain.paste(tile, (left, top))
    return grain


def _dissolved(ramp: Image.Image, grain: Image.Image) -> Image.Image:
    """Turn half of a smooth ramp into grains, denser where the ramp is higher."""
    return Image.blend(ramp, ImageChops.subtract(ramp, grain, 0.4), 0.55)
