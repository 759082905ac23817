"""Direct a picture: what its words ask for, what thinking mode adds, and what the seed leaves open.

Thinking mode writes its decisions into the prompt, and reads them as the partner's own words.
"""

import re
from functools import cache
from math import dist
from pathlib import Path
from random import Random
from string import Template
from typing import NamedTuple

from deployments.builder.catalogue import load_category
from deployments.builder.colours import channels, colour_of, mix
from deployments.builder.product_images import load_drawing
from deployments.builder.themes import THEMES, Theme, theme_of
from deployments.categories import CATEGORIES
from imaging.prompts import MARKER, add_guidance, partner_words
from imaging.providers.local.reading import CUES, REFINED, TABLES, Reading, read_prompt
from imaging.sizes import Size

INK = "#15131a"
_PHRASES = TABLES["phrases"]
_OWN = Path(__file__).parent / "drawings"
#: The shadow that the drawings stand on; the picture has its own.
_FOOT = re.compile(
    r'<ellipse cx="200" cy="(\d+)" rx="(\d+)" ry="\d+" fill="#1a1420" opacity="\.14"/>'
)


class Subject(NamedTuple):
    """`looks` are triples of main colour, accent and pattern; `foot` is where it stands in its
    square of 400, and half its width; without one it hangs or lies."""

    drawing: Template
    foot: tuple[int, int] | None
    looks: tuple[tuple[str, str, str], ...]
    theme: Theme
    companions: tuple[str, ...]


class Direction(NamedTuple):
    """Everything that is drawn. Colours are `#rrggbb`, `shape` that of the stage; `cues` has a
    value of each section of `cues.toml`, "" where nothing was asked for."""

    subject: Subject
    companion: Subject | None
    look: tuple[str, str, str]
    wall: str
    shape: str
    cues: dict[str, str]
    is_rich: bool
    lettering: str
    chance: Random


def direct(text: str, seed: int) -> Direction:
    """Decide on a picture for the words of a prompt and, in thinking mode, their guidance."""
    words, guidance = partner_words(text), text.rpartition(MARKER)[2]
    guidance = guidance if "composition: " in guidance else ""
    reading = read_prompt(words)
    chance = Random(f"{seed} {' '.join(words.split())}")  # noqa: S311 - repeatable on purpose
    subject = find_subject(reading.subject)
    cues = _read_cues(words, reading.place, guidance)
    look = _choose_look(subject, reading, cues["pattern"], chance)
    wall, shape = _choose_ground(subject, reading.ground, look[0], cues["light"], chance)
    companion = find_subject(chance.choice(subject.companions)) if cues["pair"] else None
    if not cues["surface"]:
        cues["stage"] = cues["stage"] or chance.choice(("halo", "arch", ""))
    rest = (cues, bool(guidance), reading.lettering, chance)
    return Direction(subject, companion, look, wall, shape, *rest)


def expand_prompt(words: str, size: Size, seed: int) -> str:
    """Write the prompt of thinking mode: the partner's words, then what they leave open."""
    words, chance = words.strip(), Random(f"{seed} {words}")  # noqa: S311 - repeatable on purpose
    words = words[:1300]  # of the 2000 characters of a prompt, 700 are for guidance
    cues = _read_cues(words, read_prompt(words).place, "")
    chosen = {kind: chance.choice(values.split()) for kind, values in TABLES["choices"].items()}
    chosen["place"] = "aside" if size.width > 1.2 * size.height else "pair"
    if cues["view"] == "flat" or cues["surface"]:
        chosen["stage"] = ""
    chosen |= {kind: value for kind, value in cues.items() if value}
    said = {kind: _PHRASES.get(value, value) for kind, value in chosen.items()}
    return add_guidance(words, _PHRASES["guidance"].format(**said))


def expand_request(words: str) -> str:
    """Write the request of thinking mode for an enhancement, of at most 2000 characters."""
    return add_guidance(words.strip()[:1400], f"{REFINED}; {_PHRASES['keep']}")


def _read_cues(words: str, place: str, guidance: str) -> dict[str, str]:
    """Return the value that is asked for of every decision; the partner's words go first."""
    sources = {kind: (place if kind == "surface" else words, guidance) for kind in CUES}
    return {kind: _cue(kind, own) or _cue(kind, ours) for kind, (own, ours) in sources.items()}


def _cue(kind: str, text: str) -> str:
    found = (value for value, cue in CUES[kind].items() if re.search(cue, text, re.IGNORECASE))
    return next(found, "")


def _choose_look(
    subject: Subject, reading: Reading, pattern: str, chance: Random
) -> tuple[str, str, str]:
    """Take the colours of the prompt, or those of one of the catalogue's products."""
    main, accent, usual = chance.choice(subject.looks)
    if not reading.colours:
        return main, accent, pattern or usual
    named, *others = reading.colours
    accent = others[0] if others else accent
    if _distance(named, accent) < 60:
        accent = "#f4ead6" if is_dark(named) else mix(named, INK, 0.55)
    return named, accent, pattern


def _choose_ground(
    subject: Subject, wall: str, main: str, light: str, chance: Random
) -> tuple[str, str]:
    """Return the colours of the wall and of the shape on it."""
    pairs = [pair for pair in subject.theme.backdrops if _distance(pair[1], main) > 70]
    if not wall and light in ("dark", "neon"):
        wall = mix(subject.theme.deep, "#1d1b26", 0.5)
        wall = wall if _distance(wall, main) > 60 else mix(wall, "#8d8599", 0.35)
    elif not wall and pairs:
        return chance.choice(pairs)
    wall = wall or mix(main, *(("#ffffff", 0.8) if is_dark(main) else (INK, 0.62)))
    return wall, mix(wall, "#ffffff" if is_dark(wall) else INK, 0.1)


def _distance(one: str, other: str) -> float:
    return dist(channels(one), channels(other))


def is_dark(colour: str) -> bool:
    red, green, blue = channels(colour)
    return 0.3 * red + 0.59 * green + 0.11 * blue < 140


@cache
def find_subject(name: str) -> Subject:
    """Return the drawing of a name in the lexicon."""
    catalogue = [one for category in CATEGORIES for one in load_category(category).products]
    products = [product for product in catalogue if product.drawing == name]
    if products:
        theme, drawing = theme_of(products[0].category), load_drawing(name)
        looks = tuple((colour_of(p.colour), colour_of(p.accent), p.pattern) for p in products)
    else:
        *names, theme_name = TABLES["looks"][name].split()
        colours = [colour_of(one) for one in names]
        theme = next(theme for theme in THEMES if theme.name == theme_name)
        drawing = Template((_OWN / f"{name}.svg").read_text(encoding="utf-8"))
        looks = tuple((*pair, "") for pair in zip(colours[::2], colours[1::2], strict=True))
    near = [product.drawing for product in catalogue if theme_of(product.category) is theme]
    near += [other for other, look in TABLES["looks"].items() if look.endswith(theme.name)]
    found = _FOOT.search(drawing.template)
    foot = (int(found[1]), int(found[2])) if found else None
    bare = Template(_FOOT.sub("", drawing.template, count=1))
    return Subject(bare, foot, looks, theme, tuple(other for other in near if other != name))
