"""Direct a picture: what its words ask for, what thinking mode adds, and what the seed leaves open.

Thinking mode writes its decisions into the prompt as phrases of `cues.toml`, and they are read
from there as the partner's own words are.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from random import Random

from deployments.builder.colours import channels, mix
from imaging.prompts import MARKER, add_guidance, partner_words
from imaging.providers.local.reading import Reading, read_prompt
from imaging.providers.local.subjects import Subject, find_subject
from imaging.sizes import Size

#: Of the 2000 characters of a prompt; the guidance never takes the other 700.
_MOST_OF_WORDS = 1300
_INK = "#15131a"

_CUES: dict[str, dict[str, str]] = tomllib.loads(
    (Path(__file__).parent / "cues.toml").read_text(encoding="utf-8")
)
_PHRASES = _CUES.pop("phrases")
#: What thinking mode chooses from where the words leave it open.
_CHOICES = {
    "stage": ("podium", "podium", "window", "arch"),
    "light": ("warm", "warm", "warm", "cool", "cool", "dark"),
    "props": ("leaves", "stones", "petals", "spheres"),
}
_DARK_PROPS = ("bokeh", "spheres", "stones")


@dataclass(frozen=True, slots=True)
class Direction:
    """Everything that is drawn. Colours are `#rrggbb`; the other words are values of `_CUES`, ""
    where nothing was asked for; `is_rich` in thinking mode."""

    subject: Subject
    companion: Subject | None
    look: tuple[str, str, str]
    wall: str
    shape: str
    view: str
    light: str
    stage: str
    surface: str
    props: str
    is_aside: bool
    is_rich: bool
    lettering: str
    chance: Random


def direct(text: str, seed: int) -> Direction:
    """Decide on a picture for the words of a prompt and, in thinking mode, their guidance."""
    words = partner_words(text)
    reading = read_prompt(words)
    chance = Random(f"{seed} {' '.join(words.split())}")  # noqa: S311 - repeatable on purpose
    subject = find_subject(reading.subject)
    guidance = text.rpartition(MARKER)[2] if "composition: " in text.rpartition(MARKER)[2] else ""
    asked = _asked(words, reading.place, guidance)
    light = asked["light"]
    look = _choose_look(subject, reading, words, chance)
    wall, shape = _choose_ground(subject, reading, look[0], light, chance)
    companion = chance.choice(subject.companions) if asked["pair"] else None
    stage = asked["stage"] or ("" if asked["surface"] else chance.choice(("halo", "", "arch", "")))
    return Direction(
        subject, find_subject(companion) if companion else None, look, wall, shape, asked["view"],
        light, stage, asked["surface"], asked["props"], bool(asked["place"]), bool(guidance),
        reading.lettering, chance,
    )  # fmt: skip


def expand_prompt(words: str, size: Size, seed: int) -> str:
    """Write the prompt of thinking mode: the partner's words, then what they leave open."""
    words, chance = words.strip(), Random(f"{seed} {words}")  # noqa: S311 - repeatable on purpose
    if len(words) > _MOST_OF_WORDS:
        words = words[:_MOST_OF_WORDS].rsplit(maxsplit=1)[0]
    asked = _asked(words, read_prompt(words).place, "")
    choices = dict(_CHOICES)
    if asked["view"] == "flat" or asked["surface"]:
        choices["stage"] = ("",)
    if asked["light"] in ("dark", "neon"):
        choices["props"] = _DARK_PROPS
    chosen = {kind: asked[kind] or chance.choice(some) for kind, some in choices.items()}
    placing = "aside" if asked["place"] or size.width > 1.2 * size.height else "pair"
    said = {kind: _PHRASES.get(value, value) for kind, value in chosen.items()}
    guidance = (
        f"composition: {_PHRASES[placing]} {said['stage']}; light: {said['light']}; "
        f"props: {said['props']}; camera: {_PHRASES[asked['view'] or 'front']}; "
        "palette: one leading colour, one accent, quiet neutrals; no added text"
    )
    return add_guidance(words, guidance)


def _asked(words: str, place: str, guidance: str) -> dict[str, str]:
    """Return the value that is asked for of every decision; the partner's words go first."""
    sources = {kind: (place if kind == "surface" else words, guidance) for kind in _CUES}
    return {kind: next(filter(None, (_cue(kind, text) for text in texts)), "")
            for kind, texts in sources.items()}  # fmt: skip


def _cue(kind: str, text: str) -> str:
    found = (value for value, cue in _CUES[kind].items() if re.search(cue, text, re.IGNORECASE))
    return next(found, "")


def _choose_look(
    subject: Subject, reading: Reading, words: str, chance: Random
) -> tuple[str, str, str]:
    """Take the colours of the prompt, or those of one of the catalogue's products."""
    main, accent, pattern = chance.choice(subject.looks)
    asked_pattern = _cue("pattern", words)
    if not reading.colours:
        return main, accent, asked_pattern or pattern
    named, *others = reading.colours
    accent = others[0] if others else accent
    if _distance(named, accent) < 60:
        accent = "#f4ead6" if _brightness(named) < 150 else mix(named, _INK, 0.55)
    return named, accent, asked_pattern


def _choose_ground(
    subject: Subject, reading: Reading, main: str, light: str, chance: Random
) -> tuple[str, str]:
    """Return the colours of the wall and of the shape on it."""
    if reading.ground:
        wall = reading.ground
        return wall, mix(wall, "#ffffff" if _brightness(wall) < 120 else _INK, 0.1)
    if light in ("dark", "neon"):
        wall = mix(subject.theme.deep, "#1d1b26", 0.5)
        wall = wall if _distance(wall, main) > 60 else mix(wall, "#8d8599", 0.35)
        return wall, mix(wall, "#ffffff", 0.09)
    pairs = [pair for pair in subject.theme.backdrops if _distance(pair[1], main) > 70]
    if not pairs:
        wall = mix(main, _INK, 0.62) if _brightness(main) > 150 else mix(main, "#ffffff", 0.8)
        return wall, mix(wall, "#ffffff", 0.12)
    return chance.choice(pairs)


def _distance(one: str, other: str) -> float:
    pairs = zip(channels(one), channels(other), strict=True)
    return float(sum((a - b) ** 2 for a, b in pairs) ** 0.5)


def _brightness(colour: str) -> float:
    red, green, blue = channels(colour)
    return 0.3 * red + 0.59 * green + 0.11 * blue
