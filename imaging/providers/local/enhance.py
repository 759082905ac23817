"""Enhance a photograph: corrected, on another background if asked, fitted to the size."""

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageFilter, ImageOps, ImageStat

from imaging.providers.base import GenerationInput
from imaging.providers.local.correction import correct, sharpen
from imaging.providers.local.cutout import FINE, ROUGH, cut_out, find_subject, whiten
from imaging.providers.local.reading import read_wishes
from imaging.sizes import Size

_WHITE = (255, 255, 255)
_LANCZOS = Image.Resampling.LANCZOS


def enhance_picture(source: Path, spec: GenerationInput) -> bytes:
    """Return a PNG of exactly `spec.size`. Raises `DeadlineExceeded`."""
    wishes, size = read_wishes(spec.text), spec.size
    image, opacity = _load(source, size)
    enlargement = max(size.width / image.width, size.height / image.height)
    search = FINE if wishes & {"white_background", "blurred_background"} else ROUGH
    subject = None if opacity else find_subject(image, search)
    is_known = subject is not None and not subject.is_doubtful
    mask = subject.mask if subject and is_known else opacity
    layer, is_white = image, "white_background" in wishes
    if is_white and subject:
        layer = cut_out(image, subject) if is_known else whiten(image, subject)
    elif is_white and opacity and opacity.getbbox():
        layer = image.copy()
        layer.putalpha(opacity)
    spec.deadline.remaining()
    layer = correct(layer, image, mask, wishes)
    if layer.mode == "RGBA" and mask:
        fitted = _set_on_white(layer, size, has_shadow="shadow" in wishes)
    else:
        layer = _flatten(layer) if layer.mode == "RGBA" else layer
        if "blurred_background" in wishes and mask and not is_white:
            blurred = layer.filter(ImageFilter.GaussianBlur(max(layer.size) / 70))
            layer = Image.composite(layer, blurred, mask.resize(layer.size))
        fitted = _fit(layer, size, is_white=is_white)
    spec.deadline.remaining()
    buffer = BytesIO()
    sharpen(fitted, enlargement, wishes).save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()


def _load(source: Path, size: Size) -> tuple[Image.Image, Image.Image | None]:
    """Read the image, no larger than the output needs, and its transparency if it has any."""
    with Image.open(source) as opened:
        mode = "RGBA" if opened.has_transparency_data else "RGB"
        # A conversion copies even when there is nothing to convert: 160 MB at 40 megapixels.
        image = opened if opened.mode == mode else opened.convert(mode)
        scale = max(size.width / image.width, size.height / image.height)
        if scale < 1:
            target = (max(round(image.width * scale), 1), max(round(image.height * scale), 1))
            image = image.resize(target, _LANCZOS, reducing_gap=2)
        image.load()
    return (_flatten(image), image.getchannel("A")) if mode == "RGBA" else (image, None)


def _flatten(layer: Image.Image) -> Image.Image:
    return Image.alpha_composite(Image.new("RGBA", layer.size, _WHITE), layer).convert("RGB")


def _set_on_white(layer: Image.Image, size: Size, *, has_shadow: bool) -> Image.Image:
    """Place the subject in the middle of a white sheet, with a margin of a tenth."""
    # Blurred, a speck of noise beside the subject vanishes and the thinnest line does not.
    seen = layer.getchannel("A").filter(ImageFilter.GaussianBlur(1.5)).point([0] * 64 + [255] * 192)
    room = (round(size.width * 0.8), round(size.height * 0.8))
    alone = ImageOps.contain(layer.crop(seen.getbbox()), room, _LANCZOS)
    left, top = (size.width - alone.width) // 2, (size.height - alone.height) // 2
    sheet = Image.new("RGB", (size.width, size.height), _WHITE)
    # A wide faint shadow, and a narrow dark one where the subject touches the ground.
    for depth, blur, opacity in ((0.12, 0.03, 0.34), (0.04, 0.01, 0.4)) if has_shadow else ():
        flat = (alone.width, max(round(alone.height * depth), 2))
        mask = Image.new("L", sheet.size)
        mask.paste(alone.getchannel("A").resize(flat, Image.Resampling.BOX),
                   (left, top + alone.height - round(flat[1] * 0.8)))  # fmt: skip
        mask = mask.filter(ImageFilter.GaussianBlur(blur * max(sheet.size) / 2))
        sheet.paste((40, 42, 48), (0, 0), mask.point([round(v * opacity) for v in range(256)]))
    sheet.paste(alone, (left, top), alone)
    return sheet


def _fit(image: Image.Image, size: Size, *, is_white: bool) -> Image.Image:
    """Crop where that loses little; otherwise add room in the colour of the edges."""
    target = (size.width, size.height)
    quotient = (image.width * size.height) / (image.height * size.width)
    if 0.735 <= quotient <= 1.36:  # a crop loses little
        return ImageOps.fit(image, target, _LANCZOS)
    inner = ImageOps.contain(image, target, _LANCZOS)
    edge = (inner.width, 1) if inner.width == size.width else (1, inner.height)
    red, green, blue = ImageStat.Stat(inner.crop((0, 0, *edge))).median
    return ImageOps.pad(inner, target, color=_WHITE if is_white else (red, green, blue))
