"""Enhance a photograph: corrected, on another background if asked, fitted to the size."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageFilter, ImageOps, ImageStat

from config.egress.deadline import Deadline
from imaging.providers.local.correction import correct, measure, sharpen
from imaging.providers.local.cutout import Subject, cut_out, find_subject, whiten
from imaging.providers.local.wishes import Wishes, read_wishes
from imaging.sizes import Size

_WHITE = (255, 255, 255)
#: Up to this quotient of the two ratios a crop loses little; beyond it the picture is extended.
_CROPPED_UP_TO = 1.36
#: Edges that vary less than this many levels are one colour and can be continued.
_PLAIN_EDGE = 16


def enhance_picture(source: Path, text: str, size: Size, deadline: Deadline) -> Image.Image:
    """Return an RGB image of exactly `size`. Raises `DeadlineExceeded`."""
    wishes = read_wishes(text)
    image, alpha = _load(source, size)
    enlargement = max(size.width / image.width, size.height / image.height)
    deadline.remaining()
    is_split = wishes.white_background or wishes.blurred_background
    subject = None if alpha else find_subject(image, is_fine=is_split)
    outline = subject.mask if subject and not subject.is_doubtful else None
    measured = measure(image, alpha or outline)
    if wishes.white_background and (alone := _alone(image, alpha, subject)):
        opacity = alone.getchannel("A")
        alone = correct(alone.convert("RGB"), wishes, measured)
        alone.putalpha(opacity)
        fitted = _on_white(alone, size, shadow=wishes.shadow)
    else:
        image = correct(image, wishes, measured)
        deadline.remaining()
        fitted = _arranged(image, alpha, subject, size, wishes)
    deadline.remaining()
    return sharpen(fitted, enlargement, wishes)


def _alone(
    image: Image.Image, alpha: Image.Image | None, subject: Subject | None
) -> Image.Image | None:
    """Return the subject without its background (RGBA); None where it cannot be told apart."""
    if alpha and (box := alpha.getbbox()):
        alone = image.crop(box)
        alone.putalpha(alpha.crop(box))
        return alone
    if subject is None or subject.is_doubtful:
        return None
    alone = cut_out(image, subject)
    # Blurred, a speck of noise beside the subject vanishes and the thinnest line does not.
    opacity = alone.getchannel("A").filter(ImageFilter.GaussianBlur(1.5))
    return alone.crop(opacity.point([0] * 64 + [255] * 192).getbbox())


def _load(source: Path, size: Size) -> tuple[Image.Image, Image.Image | None]:
    """Read the image, no larger than the output needs, and its transparency if it has any."""
    with Image.open(source) as opened:
        transparent = opened.has_transparency_data
        mode = "RGBA" if transparent else "RGB"
        # A conversion copies even when there is nothing to convert: 160 MB at 40 megapixels.
        image = _reduced(opened if opened.mode == mode else opened.convert(mode), size)
        image.load()
    if not transparent:
        return image, None
    alpha = image.getchannel("A")
    ground = Image.new("RGBA", image.size, (*_WHITE, 255))
    return Image.alpha_composite(ground, image).convert("RGB"), alpha


def _reduced(image: Image.Image, size: Size) -> Image.Image:
    scales = (size.width / image.width, size.height / image.height)
    scale = max(scales) if _is_near(image, size) else min(scales)
    if scale >= 1:
        return image
    target = (max(round(image.width * scale), 1), max(round(image.height * scale), 1))
    return image.resize(target, Image.Resampling.LANCZOS, reducing_gap=2)


def _is_near(image: Image.Image, size: Size) -> bool:
    quotient = (image.width * size.height) / (image.height * size.width)
    return 1 / _CROPPED_UP_TO <= quotient <= _CROPPED_UP_TO


def _arranged(
    image: Image.Image,
    alpha: Image.Image | None,
    subject: Subject | None,
    size: Size,
    wishes: Wishes,
) -> Image.Image:
    """Change the background where it was asked for, and crop or extend to the size."""
    if wishes.white_background:
        if subject and (corrected := find_subject(image, is_fine=True)):
            image = whiten(image, corrected)
        return _fitted(image, size, ground=_WHITE)
    mask = alpha or (subject.mask if subject and not subject.is_doubtful else None)
    if wishes.blurred_background and mask:
        blurred = image.filter(ImageFilter.GaussianBlur(max(image.size) / 70))
        image = Image.composite(image, blurred, mask.resize(image.size, Image.Resampling.BICUBIC))
    return _fitted(image, size)


def _on_white(alone: Image.Image, size: Size, *, shadow: bool) -> Image.Image:
    """Place the subject in the middle of a white sheet, with a margin of a tenth."""
    room = (round(size.width * 0.8), round(size.height * 0.8))
    alone = ImageOps.contain(alone, room, Image.Resampling.LANCZOS)
    left, top = (size.width - alone.width) // 2, (size.height - alone.height) // 2
    sheet = Image.new("RGB", (size.width, size.height), _WHITE)
    if shadow:
        _cast_shadow(sheet, alone.getchannel("A"), left, top)
    sheet.paste(alone, (left, top), alone)
    return sheet


def _cast_shadow(sheet: Image.Image, subject: Image.Image, left: int, top: int) -> None:
    """Draw a wide faint shadow and a narrow dark one where the subject touches the ground."""
    width, height = subject.size
    for depth, blur, opacity in ((0.12, 0.03, 0.34), (0.04, 0.010, 0.40)):
        flat = subject.resize((width, max(round(height * depth), 2)), Image.Resampling.BOX)
        mask = Image.new("L", sheet.size)
        mask.paste(flat, (left, top + height - round(flat.height * 0.8)))
        mask = mask.filter(ImageFilter.GaussianBlur(blur * max(sheet.size) / 2))
        mask = mask.point([round(level * opacity) for level in range(256)])
        sheet.paste((40, 42, 48), (0, 0), mask)


def _fitted(
    image: Image.Image, size: Size, ground: tuple[int, int, int] | None = None
) -> Image.Image:
    target = (size.width, size.height)
    if _is_near(image, size):
        return ImageOps.fit(image, target, Image.Resampling.LANCZOS)
    scale = min(size.width / image.width, size.height / image.height)
    inner = (max(round(image.width * scale), 1), max(round(image.height * scale), 1))
    place = ((size.width - inner[0]) // 2, (size.height - inner[1]) // 2)
    sheet = Image.new("RGB", target, ground) if ground else _extended(image, size)
    sheet.paste(image.resize(inner, Image.Resampling.LANCZOS), place, _feather(inner, size))
    return sheet


def _extended(image: Image.Image, size: Size) -> Image.Image:
    """Return a background that continues the image: its edge colour, or itself out of focus."""
    across = image.width * size.height > image.height * size.width
    middle = (0, 0, image.width, image.height)
    edges = (
        ((0, 0, image.width, 1), (0, image.height - 1, image.width, image.height))
        if across
        else ((0, 0, 1, image.height), (image.width - 1, 0, image.width, image.height))
    )
    stats = [ImageStat.Stat(image.crop(edge)) for edge in edges]
    if max(level for stat in stats for level in stat.stddev) < _PLAIN_EDGE:
        return _between([stat.mean for stat in stats], size, across=across)
    small = ImageOps.fit(image.resize((96, 96), Image.Resampling.BOX, box=middle), (64, 64))
    small = small.filter(ImageFilter.GaussianBlur(7))
    return small.resize((size.width, size.height), Image.Resampling.BICUBIC)


def _between(means: list[list[float]], size: Size, *, across: bool) -> Image.Image:
    """Blend from the colour of one edge to that of the other."""
    ends = Image.new("RGB", (1, 2) if across else (2, 1))
    ends.putdata([(round(mean[0]), round(mean[1]), round(mean[2])) for mean in means])
    return ends.resize((size.width, size.height), Image.Resampling.BILINEAR)


def _feather(inner: tuple[int, int], size: Size) -> Image.Image | None:
    """Fade the two open edges of the image into the background over a few pixels."""
    soft = max(size.width, size.height) // 90
    if min(inner) < 4 * soft:
        return None
    across = inner[0] == size.width
    mask = Image.new("L", inner)
    box = (0, soft, inner[0], inner[1] - soft) if across else (soft, 0, inner[0] - soft, inner[1])
    mask.paste(255, box)
    return mask.filter(ImageFilter.BoxBlur((0, soft) if across else (soft, 0)))
