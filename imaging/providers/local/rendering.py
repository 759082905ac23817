"""Render a direction: the set, then the products with their shadows and volume, then the light."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

import pyvips

from config.fonts import font_files
from deployments.builder.product_images import fill_drawing
from imaging.providers.local.direction import Direction
from imaging.providers.local.scenes import Set, Spot
from imaging.providers.local.subjects import Subject
from imaging.sizes import Size

# No picture is drawn twice: a cache would only hold memory.
pyvips.cache_set_max(0)

#: Masks of shadow and volume are made this large and enlarged: they are soft.
_SOFT = 160
_PNG_COMPRESSION = 3
#: What the fonts lack: all but Latin, Greek, Cyrillic, common signs and the scripts of India.
_UNDRAWABLE = re.compile("[^ -~\u00a0-\u024f\u0370-\u04ff\u0900-\u0d7f\u2010-\u2026\u20b9]")


@dataclass(frozen=True, slots=True)
class _Thing:
    """A coloured drawing, cropped to `box` (left, top, width, height in its square of 400)."""

    svg: str
    box: tuple[float, float, float, float]


def render(plan: Direction, size: Size) -> bytes:
    """Return a PNG of exactly `size`."""
    unit = min(size.width, size.height) / 1000
    stage = Set(plan, size.width / unit, size.height / unit)
    thing = _thing(plan, plan.subject, plan.look)
    spot = _spot(stage, thing)
    other = _thing(plan, plan.companion, plan.companion.looks[0]) if plan.companion else None
    behind = _companion_spot(stage, spot, other) if other else None
    back = "".join(stage.draw_back(spot, behind))
    image = _load(back, (stage.width, stage.height), size).flatten()
    if other and behind:
        image = _place(image, other, behind, unit, hangs=stage.is_flat)
    image = _place(image, thing, spot, unit, hangs=stage.is_flat)
    image = image.composite2(_light(stage, size), "over").flatten()
    if plan.lettering and (words := _UNDRAWABLE.sub("", plan.lettering).strip()):
        image = _write(image, words, unit)
    data: bytes = image.cast("uchar").pngsave_buffer(compression=_PNG_COMPRESSION, keep="none")
    return data


def _light(stage: Set, size: Size) -> pyvips.Image:
    """Return the light before the subject, all soft: drawn small, and enlarged."""
    small = Size(round(stage.width * 0.4), round(stage.height * 0.4))
    light = _load("".join(stage.draw_front()), (stage.width, stage.height), small).copy_memory()
    return _enlarge(light, size)


def _thing(plan: Direction, subject: Subject, look: tuple[str, str, str]) -> _Thing:
    main, accent, pattern = look
    drawn = fill_drawing(subject.drawing, main, accent, pattern, name="m")
    angle = plan.chance.uniform(-14, 14) if plan.view in ("flat", "float") else 0
    svg = f"<g transform='rotate({angle:.1f} 200 200)'>{drawn}</g>"
    whole = _load(svg, (500, 500), Size(250, 250), origin=(-50, -50))
    left, top, width, height = whole[3].find_trim(background=[0], threshold=12)
    return _Thing(svg, (left * 2 - 52, top * 2 - 52, width * 2 + 4, height * 2 + 4))


def _spot(stage: Set, thing: _Thing) -> Spot:
    """Place the subject: on the floor, or in the middle where there is none."""
    _, _, width, height = thing.box
    chance = stage.plan.chance
    share = (0.8 if stage.plan.view == "close" else 0.58) * chance.uniform(0.93, 1.05)
    across = 0.76 if stage.height > 1.2 * stage.width else share
    scale = min(across * stage.width / width, share * stage.height / height, 2.6)
    wide, high = width * scale, height * scale
    is_wide = stage.width > 1.2 * stage.height
    x = stage.width * (0.36 if stage.plan.is_aside and is_wide else 0.5)
    x += stage.width * (chance.uniform(-0.04, 0.04) - (0.07 if stage.plan.companion else 0))
    base = stage.height * (0.5 + share / 2.4 if stage.plan.view == "close" else 0.79)
    if stage.is_flat:
        base = (stage.height + high) / 2
    elif stage.plan.stage == "podium":
        base = stage.height - 210
    elif stage.plan.view == "float":
        base = stage.height * 0.72
    return Spot(x, base, wide, high)


def _companion_spot(stage: Set, spot: Spot, thing: _Thing) -> Spot:
    _, _, width, height = thing.box
    scale = 0.62 * min(spot.width / width, spot.height / height)
    scale = min(max(scale, 0.3 * 1000 / max(width, height)), 1.4)
    x = spot.x + spot.width * 0.5 + width * scale * 0.42
    base = spot.base + 40 if stage.is_flat else spot.base - 46
    base += 190 if stage.plan.stage == "podium" and not stage.is_flat else 0
    return Spot(min(x, stage.width - width * scale * 0.5 - 30), base, width * scale, height * scale)


def _place(
    image: pyvips.Image, thing: _Thing, spot: Spot, unit: float, *, hangs: bool
) -> pyvips.Image:
    """Draw a product at its spot, modelled by light from the upper left."""
    size = Size(max(round(spot.width * unit), 8), max(round(spot.height * unit), 8))
    left, top = round((spot.x - spot.width / 2) * unit), round((spot.base - spot.height) * unit)
    layer = _load(thing.svg, thing.box[2:], size, origin=thing.box[:2]).copy_memory()
    soft = layer[3].thumbnail_image(_SOFT, height=_SOFT, size="down")
    if hangs:
        shadow = soft.embed(40, 40, soft.width + 80, soft.height + 80).gaussblur(7) * 0.34
        factor = size.width / soft.width
        tint = _tint("#15131a", shadow, factor, None)
        away = round(-40 * factor + 22 * unit)
        image = image.composite2(tint, "over", x=left + away, y=top + away).flatten()
    blurred = soft.gaussblur(soft.width * 0.05)
    reach = max(soft.width // 18, 2)
    for colour, step, opacity in (("#ffffff", reach, 0.42), ("#15131a", -reach, 0.5)):
        moved = blurred.embed(step, step, soft.width, soft.height, extend="black")
        rim = (soft - moved).linear(opacity, 0)
        layer = layer.composite2(_tint(colour, rim, size.width / soft.width, size), "atop")
    return image.composite2(layer, "over", x=left, y=top).flatten()


def _tint(colour: str, mask: pyvips.Image, factor: float, size: Size | None) -> pyvips.Image:
    """Enlarge a soft mask and fill it with one colour."""
    mask = mask.cast("uchar")
    mask = _enlarge(mask, size) if size else mask.resize(factor, kernel="linear")
    value = int(colour[1:], 16)
    flat = mask.new_from_image([value >> 16, value >> 8 & 255, value & 255])
    return flat.bandjoin(mask).copy(interpretation="srgb")


def _enlarge(image: pyvips.Image, size: Size) -> pyvips.Image:
    across, down = (size.width + 1) / image.width, (size.height + 1) / image.height
    return image.resize(across, vscale=down, kernel="linear").crop(0, 0, size.width, size.height)


def _write(image: pyvips.Image, words: str, unit: float) -> pyvips.Image:
    """Set the lettering across the upper part, in ink or white, whichever can be read."""
    family, (_, bold) = list(font_files(words).items())[-1]
    name = re.sub("(?<=[a-z])(?=[A-Z])", " ", family)
    wide, high = round(image.width * 0.8), round(120 * unit)
    mask = pyvips.Image.text(escape(words), font=f"{name} Bold", fontfile=str(bold), width=wide,
                             height=high, align="centre").copy_memory()  # fmt: skip
    left, top = (image.width - mask.width) // 2, round(image.height * 0.07)
    ground = image.crop(left, top, mask.width, min(mask.height, image.height - top)).avg()
    ink = "#17151c" if ground > 128 else "#ffffff"
    return image.composite2(_tint(ink, mask, 1, None), "over", x=left, y=top).flatten()


def _load(
    body: str, box: tuple[float, float], size: Size, *, origin: tuple[float, float] = (0, 0)
) -> pyvips.Image:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size.width}" height="{size.height}" '
        f'viewBox="{origin[0]:.2f} {origin[1]:.2f} {box[0]:.2f} {box[1]:.2f}" '
        f'preserveAspectRatio="none">{body}</svg>'
    )
    return pyvips.Image.svgload_buffer(svg.encode(), access="sequential")
