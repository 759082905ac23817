"""Find the background of a product photograph: what resembles the edges and touches them."""

from __future__ import annotations

from functools import reduce

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps, ImageStat

_SEARCH = 320
_EDGE_COLOURS = 5
_TOLERANCE = 34
#: Edges that vary by more levels than this show a scene, not a background.
_MOST_VARIED_EDGE = 48
#: Outside these shares of the area, what was found is no product on a background.
_LEAST_SUBJECT, _MOST_SUBJECT = 0.02, 0.97
#: A part smaller than this share of the largest is dust, lettering or a shadow's rim.
_LEAST_PART = 0.08
_MOST_PARTS = 24


def find_subject(image: Image.Image) -> Image.Image | None:
    """Return a soft mask (L, 255 = subject) of the size of an RGB image; None if subject and
    background cannot be separated. The search runs on a small copy; the colours of the full image
    refine its result."""
    small = ImageOps.contain(image, (_SEARCH, _SEARCH), Image.Resampling.BOX)
    if min(small.size) < 16:
        return None
    edges = _edge_strip(small)
    if max(ImageStat.Stat(edges).stddev) > _MOST_VARIED_EDGE:
        return None
    colours = [shaded for colour in _main_colours(edges) for shaded in (colour, _in_shadow(colour))]
    solid = _large_parts(ImageChops.invert(_reached_from_edges(_distance(small, colours))))
    if not _LEAST_SUBJECT < ImageStat.Stat(solid).mean[0] / 255 < _MOST_SUBJECT:
        return None
    return _refined(solid, image, colours)


def _refined(
    solid: Image.Image, image: Image.Image, colours: list[tuple[int, int, int]]
) -> Image.Image:
    """Enlarge the small mask; the colours of the full image draw its edge."""
    inside = solid.filter(ImageFilter.MinFilter(5)).resize(image.size, Image.Resampling.BICUBIC)
    around = solid.filter(ImageFilter.MaxFilter(3)).resize(image.size, Image.Resampling.BICUBIC)
    unlike = _distance(image, colours).point([255 - _likeness(level) for level in range(256)])
    mask = ImageChops.lighter(inside, ImageChops.darker(around, unlike))
    return mask.filter(ImageFilter.GaussianBlur(max(image.width, image.height) / 1400))


def _edge_strip(small: Image.Image) -> Image.Image:
    """Return the four edges of the image, side by side."""
    width, height = small.size
    thick = max(min(width, height) // 40, 2)
    strip = Image.new("RGB", (2 * width, 2 * thick))
    strip.paste(small.crop((0, 0, width, thick)), (0, 0))
    strip.paste(small.crop((0, height - thick, width, height)), (width, 0))
    for x, column in ((0, 0), (width, width - thick)):
        side = small.crop((column, 0, column + thick, height)).resize((thick, width))
        strip.paste(side.transpose(Image.Transpose.ROTATE_90), (x, thick))
    return strip


def _main_colours(strip: Image.Image) -> list[tuple[int, int, int]]:
    palette = strip.quantize(_EDGE_COLOURS, Image.Quantize.MEDIANCUT).getpalette() or []
    return [(palette[i], palette[i + 1], palette[i + 2]) for i in range(0, len(palette) - 2, 3)]


def _in_shadow(colour: tuple[int, int, int]) -> tuple[int, int, int]:
    """Match the same ground where a soft shadow lies on it."""
    red, green, blue = colour
    return red * 4 // 5, green * 4 // 5, blue * 4 // 5


def _distance(image: Image.Image, colours: list[tuple[int, int, int]]) -> Image.Image:
    """Return, per pixel, the largest difference of a channel from the nearest of the colours."""

    channels = image.split()

    def from_one(colour: tuple[int, int, int]) -> Image.Image:
        tables = ([abs(level - middle) for level in range(256)] for middle in colour)
        return reduce(
            ImageChops.lighter,
            (channel.point(table) for channel, table in zip(channels, tables, strict=True)),
        )

    return reduce(ImageChops.darker, map(from_one, colours))


def _reached_from_edges(distance: Image.Image) -> Image.Image:
    """Return 255 where a path from outside over similar colours arrives, 0 elsewhere."""
    alike = distance.filter(ImageFilter.MedianFilter(3)).point(
        [255 if level < _TOLERANCE else 0 for level in range(256)]
    )
    framed = ImageOps.expand(alike, 1, 255)
    ImageDraw.floodfill(framed, (0, 0), 128)
    return framed.point([255 if level == 128 else 0 for level in range(256)]).crop(
        (1, 1, framed.width - 1, framed.height - 1)
    )


def _large_parts(subject: Image.Image) -> Image.Image:
    """Keep only the parts that are large beside the largest; threads and specks go first."""
    opened = subject.filter(ImageFilter.MinFilter(5)).filter(ImageFilter.MaxFilter(5))
    for label in range(1, _MOST_PARTS + 1):
        start = opened.tobytes().find(b"\xff")
        if start < 0:
            break
        ImageDraw.floodfill(opened, (start % opened.width, start // opened.width), label)
    areas = opened.histogram()[: _MOST_PARTS + 1]
    least = _LEAST_PART * max(areas[1:])
    kept = [label for label in range(1, len(areas)) if areas[label] >= max(least, 1)]
    return opened.point([255 if level in kept else 0 for level in range(256)])


def _likeness(distance: int) -> int:
    """Return 255 up to half the tolerance, falling to 0 at one and a half."""
    return round(255 * min(max(1.5 - distance / _TOLERANCE, 0), 1))
