"""Read the partner's words: subject, composition, colours, mood, and a seed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from imaging.providers.local.colour import Lch
from imaging.providers.local.lexicon import (
    COLOURS,
    DARK_WORDS,
    GROUND_WORDS,
    MATERIALS,
    PRODUCTS,
    SCENES,
    SHADES,
    WEAK_PRODUCTS,
)

_UNGUIDED_SCENES = ("still_life", "landscape", "poster", "botanical")
_DECIDING_SCENES = frozenset({"landscape", "poster", "pattern", "scenery", "botanical", "still"})


@dataclass(frozen=True, slots=True)
class Reading:
    """`product` is a silhouette's key, or none; `colours` come nearest to the subject first."""

    words: str
    tokens: tuple[str, ...]
    seed: int
    scene: str
    product: str | None
    colours: tuple[Lch, ...]
    ground: Lch | None
    dark: bool


def read(words: str) -> Reading:
    """Read English words of commerce; other words only change the seed, and so the picture."""
    tokens = tuple(_singular(token) for token in re.findall(r"[^\W_]+", words.casefold()))
    seed = _seed(" ".join(tokens) or words)
    position = _product_position(tokens)
    scene_word = next((token for token in tokens if token in SCENES), None)
    if position is None or (scene_word in _DECIDING_SCENES and tokens.index(scene_word) < position):
        scene = SCENES[scene_word] if scene_word else _UNGUIDED_SCENES[seed % 4]
        product = None
    else:
        scene, product = "studio", PRODUCTS[tokens[position]]
    colours, ground = _read_colours(tokens, position or 0)
    dark = not DARK_WORDS.isdisjoint(tokens) and ground is None
    return Reading(words, tokens, seed, scene, product, colours, ground, dark)


def _seed(text: str) -> int:
    return int.from_bytes(sha256(text.encode("utf-8", "surrogatepass")).digest()[:8])


def _product_position(tokens: Sequence[str]) -> int | None:
    """Find the first word of commerce; a weak one only if there is no other."""
    found = [index for index, token in enumerate(tokens) if token in PRODUCTS]
    strong = [index for index in found if PRODUCTS[tokens[index]] not in WEAK_PRODUCTS]
    return next(iter(strong or found), None)


def _singular(token: str) -> str:
    known = PRODUCTS.keys() | SCENES.keys()
    if token in known or not token.endswith("s"):
        return token
    for ending, replacement in (("ies", "y"), ("ves", "f"), ("es", ""), ("s", "")):
        stem = token.removesuffix(ending) + replacement
        if token.endswith(ending) and stem in known:
            return stem
    return token


def _read_colours(tokens: Sequence[str], subject: int) -> tuple[tuple[Lch, ...], Lch | None]:
    """Return the colours of the objects, nearest to the subject first, and that of the ground."""
    found: list[tuple[int, Lch]] = []
    ground, last = None, -2
    for index, token in enumerate(tokens):
        colour = COLOURS.get(token) or MATERIALS.get(token)
        if colour is None or (last == index - 1 and token in COLOURS):
            continue
        last = index
        shade, factor = SHADES.get(tokens[index - 1] if index else "", (0.0, 1.0))
        colour = colour.lighter(shade).muted(factor)
        if _is_ground(tokens, index):
            ground = ground or colour
        else:
            rank = abs(index - subject) + (4 if token in MATERIALS else 0)
            found.append((rank, colour))
    return tuple(colour for _, colour in sorted(found, key=lambda pair: pair[0])), ground


def _is_ground(tokens: Sequence[str], index: int) -> bool:
    for following in tokens[index + 1 : index + 4]:
        if following in PRODUCTS:
            return False
        if following in GROUND_WORDS:
            return True
    return any(
        word in ("against", "on", "background") for word in tokens[max(index - 2, 0) : index]
    )
