"""Images of products: drawings of the folder `drawings/` in the product's own colours, on a
backdrop of the theme's.

A drawing is a fragment of SVG in a square of 400. It names its colours by placeholders: `$main`
(with volume, or the product's pattern), `$flat`, `$light`, `$dark`, and the same of the `$accent`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from string import Template

from deployments.builder.catalogue import Product
from deployments.builder.colours import colour_of, mix
from deployments.builder.themes import Theme

_FOLDER = Path(__file__).parent / "drawings"
_HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
_MARKS = {
    "stripes": (24, '<rect width="24" height="9" fill="$accentflat"/>'),
    "pinstripes": (14, '<rect width="2.5" height="14" fill="$accentflat"/>'),
    "dots": (26, '<circle cx="7" cy="7" r="4" fill="$accentflat"/><circle cx="20" cy="20" r="4" '
             'fill="$accentflat"/>'),
    "checks": (32, '<rect width="16" height="16" fill="$accentflat" opacity=".75"/><rect x="16" '
               'y="16" width="16" height="16" fill="$accentflat" opacity=".75"/>'),
    "blocks": (36, '<path d="M18 3q7 7 0 14q-7-7 0-14zM18 33q7-7 0-14q-7 7 0 14zM3 18q7-7 14 0q-7 '
               '7-14 0zM33 18q-7-7-14 0q7 7 14 0z" fill="$accentflat"/>'),
    "leaves": (44, '<path d="M8 18q2-13 14-14q0 12-14 14zM24 40q-2-13 14-16q1 13-14 16z" '
               'fill="$accentflat"/><circle cx="34" cy="10" r="3" fill="$light"/>'),
    "zigzag": (30, '<path d="M0 8l7.5 9L15 8l7.5 9L30 8" fill="none" stroke="$accentflat" '
               'stroke-width="4"/>'),
}  # fmt: skip


@cache
def load_drawing(name: str) -> Template:
    return Template((_FOLDER / f"{name}.svg").read_text(encoding="utf-8"))


def draw_product(product: Product, theme: Theme) -> str:
    """Draw a square image as a complete SVG document."""
    pair = theme.backdrops[sum(product.slug.encode()) % len(theme.backdrops)]
    return (
        f"{_HEAD.format(width=400, height=400)}<rect width='400' height='400' fill='{pair[0]}'/>"
        f"{_halo(theme, pair[1])}{_draw(product, 'm')}</svg>\n"
    )


def draw_scene(products: tuple[Product, ...], theme: Theme) -> str:
    """Draw three products together, 1000 wide and 900 high, for the top of the home page."""
    ground, shape = theme.backdrops[0]
    places = ((200, 110, 1.5), (10, 420, 1.05), (585, 440, 1.0))
    drawn = "".join(
        f'<g transform="translate({x} {y}) scale({scale})">{_draw(product, f"m{number}")}</g>'
        for number, (product, (x, y, scale)) in enumerate(zip(products, places, strict=True))
    )
    return (
        f"{_HEAD.format(width=1000, height=900)}<rect width='1000' height='900' fill='{ground}'/>"
        f"{_scenery(theme, shape)}{drawn}</svg>\n"
    )


def _draw(product: Product, name: str) -> str:
    flat, accent = colour_of(product.colour), colour_of(product.accent)
    return fill_drawing(load_drawing(product.drawing), flat, accent, product.pattern, name=name)


def fill_drawing(drawing: Template, flat: str, accent: str, pattern: str, *, name: str) -> str:
    """Colour a drawing; `name` keeps its definitions unique within the document."""
    colours = _shades("", flat) | _shades("accent", accent)
    main = _pattern(name, pattern, colours) if pattern else _volume(name, flat)
    fills = {"main": f"url(#{name})", "accent": f"url(#{name}a)"}
    drawn = drawing.substitute(colours | fills).strip()
    return f"<defs>{main}{_volume(f'{name}a', accent)}</defs>{drawn}"


def _shades(prefix: str, flat: str) -> dict[str, str]:
    return {
        f"{prefix}light": mix(flat, "#ffffff", 0.35),
        f"{prefix}flat": flat,
        f"{prefix}dark": mix(flat, "#1a1420", 0.28),
    }


def _volume(name: str, flat: str) -> str:
    """Define light from the left, which gives a flat shape volume."""
    shades = _shades("", flat)
    return (
        f'<linearGradient id="{name}"><stop stop-color="{shades["light"]}"/>'
        f'<stop offset=".45" stop-color="{flat}"/><stop offset="1" stop-color="{shades["dark"]}"/>'
        "</linearGradient>"
    )


def _pattern(name: str, pattern: str, colours: dict[str, str]) -> str:
    size, marks = _MARKS[pattern]
    return (
        f'<pattern id="{name}" width="{size}" height="{size}" patternUnits="userSpaceOnUse">'
        f'<rect width="{size}" height="{size}" fill="{colours["flat"]}"/>'
        f"{Template(marks).substitute(colours)}</pattern>"
    )


def _halo(theme: Theme, colour: str) -> str:
    match theme.scene:
        case "arch":
            shape = "M80 400V190a120 120 0 0 1 240 0V400z"
        case "sun":
            shape = "M200 60a140 140 0 1 1 0 280a140 140 0 0 1 0-280z"
        case "hills":
            shape = "M0 290q90-70 190-20t210-40V400H0z"
        case "blobs":
            shape = "M210 48c86-8 146 58 140 148s-58 160-150 152S44 288 52 196 122 56 210 48z"
        case "panel":
            shape = "M0 318H400V400H0z"
    return f"<path d='{shape}' fill='{colour}'/>"


def _scenery(theme: Theme, colour: str) -> str:
    pale = mix(colour, "#ffffff", 0.3)
    floor = f"<path d='M0 580H1000V900H0z' fill='{pale}'/>"
    match theme.scene:
        case "arch":
            return f"<path d='M230 900V370a270 270 0 0 1 540 0V900z' fill='{colour}'/>{floor}"
        case "sun":
            return f"<circle cx='500' cy='400' r='320' fill='{colour}'/>{floor}"
        case "hills":
            far = mix(colour, theme.deep, 0.18)
            return (
                f"<circle cx='760' cy='190' r='90' fill='#fff' opacity='.65'/>"
                f"<path d='M0 560l190-230 140 160 190-260 250 300 120-130 110 120V900H0z' "
                f"fill='{colour}'/><path d='M0 590q240-110 500-30t500-40V900H0z' fill='{far}'/>"
            )
        case "blobs":
            return (
                f"<path d='M520 90c220-20 380 150 350 370S660 850 440 800 100 620 140 400 320 110 "
                f"520 90z' fill='{colour}'/><circle cx='130' cy='160' r='46' fill='{colour}'/>"
                f"<circle cx='900' cy='780' r='34' fill='{colour}'/>"
            )
        case "panel":
            return f"<path d='M0 580H1000V900H0z' fill='{colour}'/>"
