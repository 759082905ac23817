"""Thinking mode without a model: a detailed prompt by rules, from the words that are found."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from imaging.prompts import add_guidance
from imaging.providers.local.correction import Measurement, measure
from imaging.providers.local.reading import Reading, read
from imaging.providers.local.wishes import read_wishes
from imaging.sizes import Size

#: Of the 2000 characters of a prompt; the guidance by rules never takes the other 700.
_MOST_OF_WORDS = 1300

_COMPOSITIONS = {
    "studio": "the product alone as the hero, slightly below centre, generous empty space",
    "landscape": "layered depth from a dark foreground to a hazy horizon, open middle ground",
    "still_life": "a small group of objects in a triangle on a table, overlapping edges",
    "botanical": "stems that fan out from the lower edge, one bloom as the focus",
    "poster": "bold flat shapes on a strict grid, strong rhythm, generous margins",
}
_LENSES = {
    "studio": "85 mm lens at f/8, eye level, the whole product in focus",
    "landscape": "24 mm lens at f/11, deep focus",
    "still_life": "50 mm lens at f/4, slightly raised viewpoint",
    "botanical": "100 mm macro lens at f/5.6, frontal view",
    "poster": "orthographic frontal view, no perspective",
}


def expand_create(words: str, size: Size) -> str:
    """Append composition, light, lens, palette and finish to the partner's words; at most 2000
    characters."""
    reading = read(words)
    guidance = "; ".join(
        (
            f"composition: {_COMPOSITIONS[reading.scene]}, {_orientation(size)} format",
            f"light: {_light(reading)}",
            f"camera: {_LENSES[reading.scene]}",
            f"palette: {_palette(reading)}",
            "finish: crisp edges, true materials, fine grain, no text, no watermark",
        )
    )
    return _limited(words, guidance)


def expand_enhance(words: str, images: tuple[Path, ...]) -> str:
    """Append what was measured on the images and will be corrected to the partner's words."""
    faults = list(dict.fromkeys(fault for path in images for fault in _faults(path)))
    steps = faults or ["refine contrast and micro-detail"]
    if read_wishes(words).white_background:
        steps.append("isolate the product on pure white with clean edges")
    steps.append("keep the product's shape, materials, labels and logos unchanged")
    return _limited(words, "; ".join(steps))


def _limited(words: str, guidance: str) -> str:
    words = words.strip()
    if len(words) > _MOST_OF_WORDS:
        words = words[:_MOST_OF_WORDS].rsplit(maxsplit=1)[0]
    return add_guidance(words, guidance)


def _orientation(size: Size) -> str:
    if size.width == size.height:
        return "square"
    return "wide" if size.width > size.height else "upright"


def _light(reading: Reading) -> str:
    if reading.dark:
        return "low-key, one narrow source from the left, deep soft shadows"
    if reading.scene == "landscape":
        return "low sun behind the ridges, mist between the layers"
    return "large soft window from the upper left, gentle fill, soft contact shadow"


def _palette(reading: Reading) -> str:
    if reading.ground is not None:
        return "the named background, quiet, with the subject clearly set apart from it"
    if reading.colours:
        return "the named colour as the loudest tone, everything else muted around it"
    return "one dominant tone, one small complementary accent, quiet neutrals"


def _faults(path: Path) -> list[str]:
    with Image.open(path) as image:
        smallest = min(image.size)
        measured = measure(image.convert("RGB"))
    faults = _tonal_faults(measured)
    if max(measured.gains) / min(measured.gains) > 1.12:
        faults.append("neutralise the colour cast")
    if smallest < 800:
        faults.append("enlarge cleanly and restore fine detail")
    return faults


def _tonal_faults(measured: Measurement) -> list[str]:
    faults = []
    if measured.mean < 85:
        faults.append("lift the exposure and open the shadows")
    if measured.mean > 185:
        faults.append("bring the highlights back")
    if measured.white - measured.black < 150:
        faults.append("restore contrast with true blacks and whites")
    return faults
