"""Thinking mode of an enhancement: the partner's words, and what is wrong with the photographs."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from imaging.prompts import add_guidance
from imaging.providers.local.correction import Measurement, measure
from imaging.providers.local.wishes import REFINED, read_wishes


def expand_request(words: str, images: tuple[Path, ...]) -> str:
    """Append what was measured on the images and will be corrected; at most 2000 characters."""
    steps = list(dict.fromkeys(fault for path in images for fault in _faults(path)))
    if read_wishes(words).white_background:
        steps.append("isolate the product on pure white with clean edges")
    steps += [REFINED, "keep the product's shape, colours, materials, labels and logos unchanged"]
    return add_guidance(words.strip()[:1400], "; ".join(steps))


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
    if measured.middle < 0.33:
        faults.append("lift the exposure and open the shadows")
    if measured.middle > 0.75 and measured.black > 0.3:
        faults.append("bring the highlights back")
    if measured.white - measured.black < 0.6:
        faults.append("restore contrast with true blacks and whites")
    return faults
