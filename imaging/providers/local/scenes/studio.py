"""A product in a small set: wall, floor, something to stand on, one soft light from the left."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from imaging.providers.local.canvas import Canvas, Gradient
from imaging.providers.local.colour import Lch
from imaging.providers.local.geometry import Shape, arc_of, block, joined, oval, path, polygon
from imaging.providers.local.modelling import LIGHT, Place, draw_product
from imaging.providers.local.palette import Palette
from imaging.providers.local.products import PRODUCT_SHAPES
from imaging.providers.local.products.parts import Product
from imaging.providers.local.reading import Reading

#: The ground line and the largest product, as shares of the height.
_GROUND = 0.80
_LARGEST = 0.50


def draw_studio(canvas: Canvas, reading: Reading, palette: Palette, chance: Random) -> None:
    """Draw the set, then the product upon it (`reading.product` names one)."""
    product = PRODUCT_SHAPES[reading.product or "vase"]
    place = _place(canvas, product)
    horizon = place.ground - 7
    _draw_room(canvas, palette, horizon)
    if product.hangs:
        _draw_rail(canvas, palette, place)
    else:
        stage = chance.choice(_STAGES)
        place = stage(canvas, palette, place, product)
        _cast_shadow(canvas, palette, product, place)
    draw_product(canvas, product, place, palette)


def _place(canvas: Canvas, product: Product) -> Place:
    height = min(_LARGEST * canvas.height, 0.62 * canvas.width, 62)
    scale = height / product.extent * (1.28 if product.hangs else 1)
    middle = canvas.width / 2
    if product.hangs:
        return Place(scale, middle, canvas.height * 0.5 + 50 * scale)
    ground = canvas.height * 0.5 + height * 0.56 + 6
    return Place(scale, middle, min(ground, canvas.height * _GROUND))


def _draw_room(canvas: Canvas, palette: Palette, horizon: float) -> None:
    width, height = canvas.width, canvas.height
    wall = palette.wall
    canvas.fill(
        block(0, 0, width, horizon + 1),
        Gradient((wall.lighter(0.05), wall, wall.lighter(-0.08)), LIGHT),
    )
    floor = block(0, horizon, width, height - horizon)
    canvas.fill(floor, Gradient((palette.floor.lighter(-0.02), palette.floor.lighter(0.03)), 90))
    canvas.soften(block(-5, horizon - 1.2, width + 10, 2), palette.shadow, blur=2.2, opacity=0.2)


def _draw_rail(canvas: Canvas, palette: Palette, place: Place) -> None:
    """Draw a rail on the wall, and the soft shadow of what hangs from it."""
    top = place.ground - 100 * place.scale
    rail = block(-5, top - 1.0, canvas.width + 10, 1.1, 0.5)
    _draw_window(canvas, palette)
    canvas.soften(rail.placed(1, 2.5, 4), palette.shadow, blur=1.2, opacity=0.35)
    garment = block(20, 18, 60, 78, 12).placed(
        place.scale, place.x - 50 * place.scale + 3.5, top + 4.5
    )
    canvas.soften(garment, palette.shadow, blur=3.2, opacity=0.5)
    canvas.fill(rail, Gradient((palette.accent.lighter(0.1), palette.accent.lighter(-0.15)), 90))


def _draw_window(canvas: Canvas, palette: Palette) -> None:
    """Draw sunlight that falls across the wall through a window."""
    light = palette.wall.lighter(0.075)
    left, top, pane = canvas.width * 0.5 - 46, canvas.height * 0.5 - 52, 17.0
    for column in range(2):
        for row in range(3):
            x, y = left + column * (pane + 1.6), top + row * (pane + 1.6) + column * 5
            corners = ((x, y), (x + pane, y + 4.6), (x + pane, y + pane + 4.6), (x, y + pane))
            canvas.soften(polygon(corners), light, blur=0.7, opacity=0.75)


def _stage_plinth(canvas: Canvas, palette: Palette, place: Place, product: Product) -> Place:
    half = product.foot * place.scale + 7
    lift = min(11.0, canvas.height * 0.09)
    _draw_disc(canvas, palette, place, half)
    _draw_cylinder(canvas, palette, place.x, place.ground - lift + 4, half, lift)
    _draw_leaf_shadows(canvas, palette)
    return Place(place.scale, place.x, place.ground - lift + 4)


def _stage_arch(canvas: Canvas, palette: Palette, place: Place, product: Product) -> Place:
    half = max(product.foot * place.scale + 9, 27.0)
    top = max(place.ground - 104 * place.scale - 6, half * 0.4 + 5)
    base = place.ground - 3
    arch = _arch(place.x, top, half, base)
    deep = palette.wall.lighter(-0.12 if not palette.dark else 0.09)
    canvas.soften(arch, palette.shadow, blur=2.5, opacity=0.18)
    canvas.fill(arch, Gradient((deep.lighter(-0.06), deep, deep.lighter(0.06)), 20))
    canvas.soften(
        _arch(place.x + 4.5, top + 3.5, half, base),
        deep.lighter(0.075),
        blur=0.5,
        opacity=0.9,
        within=arch,
    )
    step = block(place.x - half - 7, base, 2 * half + 14, 6, 0.6)
    canvas.soften(step.placed(1, 3, 2.5), palette.shadow, blur=2.2, opacity=0.4)
    canvas.fill(step, Gradient((palette.floor.lighter(0.07), palette.floor.lighter(-0.05)), 0))
    canvas.fill(block(place.x - half - 7, base, 2 * half + 14, 1.7), palette.floor.lighter(0.1))
    return Place(place.scale, place.x, base + 1)


def _stage_blocks(canvas: Canvas, palette: Palette, place: Place, product: Product) -> Place:
    half = product.foot * place.scale + 5
    top = place.ground - 5
    tall = min(32.0, 60 * place.scale)
    _draw_window(canvas, palette)
    side = palette.accent.at(palette.wall.lightness - 0.10, min(palette.accent.chroma, 0.07))
    _draw_box(
        canvas, palette, block(place.x + half * 0.35, top - tall, half * 0.95, tall + 9), side
    )
    _draw_box(
        canvas, palette, block(place.x - half, top, 2 * half, 12), palette.floor.lighter(0.06)
    )
    _draw_ball(canvas, palette, place.x - half - 7, place.ground + 7, 5.2)
    return Place(place.scale, place.x - half * 0.1, top + 0.6)


def _stage_sun(canvas: Canvas, palette: Palette, place: Place, product: Product) -> Place:
    half = product.foot * place.scale
    _draw_disc(canvas, palette, place, half + 12)
    _draw_leaf_shadows(canvas, palette)
    _draw_ball(canvas, palette, place.x + half + 9, place.ground + 2.5, 4.4)
    return place


_Stage = Callable[[Canvas, Palette, Place, Product], Place]
_STAGES: tuple[_Stage, ...] = (_stage_plinth, _stage_arch, _stage_blocks, _stage_sun)


def _arch(x: float, top: float, half: float, base: float) -> Shape:
    crown = arc_of(x, top + half * 0.6, half, half, 180, 360).rings[0]
    return Shape(((*crown, (x + half, base), (x - half, base)),))


def _draw_disc(canvas: Canvas, palette: Palette, place: Place, half: float) -> None:
    radius = max(half * 0.98, 28.0)
    middle = place.ground - 52 * place.scale - 5
    disc = oval(place.x + radius * 0.12, middle, radius)
    colour = palette.accent.at(
        palette.wall.lightness + (0.08 if palette.dark else -0.07), min(palette.accent.chroma, 0.07)
    )
    wall = block(0, 0, canvas.width, place.ground - 7)
    canvas.fill(disc, Gradient((colour.lighter(0.04), colour.lighter(-0.03)), LIGHT), within=wall)


def _draw_cylinder(
    canvas: Canvas, palette: Palette, x: float, top: float, half: float, height: float
) -> None:
    tilt = half * 0.13
    body = joined(block(x - half, top, 2 * half, height), oval(x, top + height, half, tilt))
    canvas.soften(
        oval(x + half * 0.5, top + height + 1.5, half * 1.15, tilt * 1.2),
        palette.shadow,
        blur=2.6,
        opacity=0.5,
    )
    base = palette.floor.lighter(0.035)
    stops = tuple(base.lighter(step) for step in (-0.03, 0.05, 0.02, -0.07, -0.13))
    canvas.fill(body, Gradient(stops, 0))
    canvas.shade(body, palette.shadow, angle=0, reach=0.45, strength=0.3)
    canvas.fill(oval(x, top, half, tilt), Gradient((base.lighter(0.1), base.lighter(0.03)), LIGHT))


def _draw_box(canvas: Canvas, palette: Palette, shape: Shape, colour: Lch) -> None:
    left, top, right, _ = shape.bounds()
    canvas.soften(shape.placed(1, 4, 2), palette.shadow, blur=2.6, opacity=0.32)
    canvas.fill(shape, Gradient((colour.lighter(0.03), colour.lighter(-0.06)), LIGHT))
    canvas.shade(shape, palette.shadow, angle=LIGHT, reach=0.5, strength=0.28)
    canvas.fill(block(left, top, right - left, 1.4), colour.lighter(0.08))


def _draw_ball(canvas: Canvas, palette: Palette, x: float, ground: float, radius: float) -> None:
    ball = oval(x, ground - radius, radius)
    canvas.soften(
        oval(x + radius * 0.7, ground - radius * 0.08, radius * 1.3, radius * 0.28),
        palette.shadow,
        blur=1.2,
        opacity=0.55,
    )
    colour = palette.accent
    canvas.fill(ball, Gradient((colour.lighter(0.1), colour, colour.lighter(-0.1)), 55))
    canvas.shade(ball, colour.lighter(-0.26), angle=50, reach=0.6, strength=0.75)


def _draw_leaf_shadows(canvas: Canvas, palette: Palette) -> None:
    """Draw the shadow of a branch outside the picture, in the light of the same window."""
    leaves = [
        path("M 0 0 C 9 -3 17 -3 26 0 C 17 4 9 4 0 0 Z").rotated(angle, (0, 0)).placed(size, x, y)
        for x, y, angle, size in (
            (2, 10, 62, 0.9),
            (9, 13, 38, 1.0),
            (16, 13, 78, 0.8),
            (20, 16, 22, 1.0),
            (28, 17, 64, 0.9),
            (31, 19, 8, 0.9),
            (39, 20, 48, 0.7),
            (-4, 10, 96, 0.9),
        )
    ]
    branch = path("M -6 6 Q 20 12 46 22 L 46 22.8 Q 20 13.6 -6 8 Z")
    shadow = joined(branch, *leaves).placed(1.1, canvas.width - 4, 2, flip=True)
    canvas.soften(shadow, palette.shadow, blur=0.9, opacity=0.17)


def _cast_shadow(canvas: Canvas, palette: Palette, product: Product, place: Place) -> None:
    """Draw a dark line of contact and a long soft shadow away from the light."""
    half, ground = product.foot * place.scale, place.ground
    far = oval(place.x + half * 0.42, ground - 0.2, half * 1.2, max(half * 0.11, 1.4))
    canvas.soften(far, palette.shadow, blur=1.8, opacity=0.5)
    contact = oval(place.x + half * 0.05, ground, half * 1.0, 0.9)
    canvas.soften(contact, palette.shadow.lighter(-0.12), blur=0.55, opacity=0.7)
