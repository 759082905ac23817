"""Separate a product from its background: a soft mask that keeps thin parts, and its doubts.

The background is what the edges show, continued over the picture. How much of a pixel is subject
follows from where its colour lies between the background's and the subject's nearby. The search
runs on a small copy; the edge is drawn as fine as the photograph.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyvips
from PIL import Image, ImageOps

# Results are never asked for twice: a cache would only hold their memory.
pyvips.cache_set_max(0)

_SEARCH = 384
#: Edges that differ from one smooth surface by more ΔE than this show a scene, not a background.
_MOST_VARIED_EDGE = 8.0
#: So does an edge of which more than this share is unlike the rest.
_MOST_UNLIKE = 0.1
_LEAST_DISTANCE, _MOST_DISTANCE = 4.0, 13.0
#: Light falls unevenly: lightness counts less than colour.
_LIGHTNESS = 0.6
#: A shadow has the ground's hue within so many ΔE, and no edge: its steps are small.
_SHADOW_HUE, _SHADOW_STEP = 4.0, 3.2
#: Outside these shares of the area, or so near the edge, what was found is doubtful.
_LEAST_SUBJECT, _MOST_SUBJECT, _MOST_AT_EDGE = 0.012, 0.8, 0.3
#: A part smaller than this share of the area is dust, a larger gap in the subject is a hole.
_DUST, _HOLE = 0.0012, 0.0025
#: A background with a pattern gives more parts than a group of products.
_MOST_PARTS = 6


@dataclass(frozen=True, slots=True)
class Subject:
    """What was found on the small copy: the mask (255 = subject), the colours (Lab) of the
    background and of the subject, each continued over the whole picture."""

    solid: pyvips.Image
    ground: pyvips.Image
    own: pyvips.Image
    tolerance: float
    is_doubtful: bool

    @property
    def mask(self) -> Image.Image:
        size = (self.solid.width, self.solid.height)
        return Image.frombytes("L", size, self.solid.write_to_memory())


def find_subject(photograph: Image.Image, *, is_fine: bool) -> Subject | None:
    """Find what an RGB photograph shows, finely enough to cut it out or roughly; None if it has no
    background of its own."""
    search = _SEARCH if is_fine else _SEARCH // 2
    small_copy = ImageOps.contain(photograph, (search, search), Image.Resampling.BOX)
    if min(small_copy.size) < 16:
        return None
    small = _lab(small_copy).copy_memory()
    edge = _edge(small)
    shade = _is_smooth(small)
    ground, sigma = edge, max(small.width, small.height) / 4
    unlike = _mean(_distance(small, _continue(small, edge, sigma), _LIGHTNESS) > 10, edge) / 255
    if unlike > _MOST_UNLIKE:
        return None
    for _ in range(3):
        background = _continue(small, ground, sigma)
        distance = _distance(small, background, _LIGHTNESS).copy_memory()
        noise = _mean(distance, ground)
        if noise > _MOST_VARIED_EDGE:
            return None
        threshold = min(max(3 * noise, _LEAST_DISTANCE), _MOST_DISTANCE)
        reached = _reached((distance <= threshold) | (shade & _is_shadow(small, background)))
        ground = _rank(reached, 1, largest=False).copy_memory()
        sigma = max(sigma / 2, 12)
        if not ground.max():
            return None
    gaps = _closed(_parts((distance <= 0.6 * threshold) & ~reached, _HOLE)) & (
        distance <= 2 * threshold
    )
    solid = (_parts(~(reached | gaps), _DUST)).copy_memory()
    if not solid.max():
        return None
    core = solid & (distance >= _rank(distance, 3, largest=True) * 0.75)
    own = _continue(small, core, 3)
    rim = solid & ~_rank(solid, 1, largest=False)
    is_doubtful = (
        not _LEAST_SUBJECT < solid.avg() / 255 < _MOST_SUBJECT
        or _count(solid) > _MOST_PARTS
        or (solid & edge).avg() > _MOST_AT_EDGE * edge.avg()
        or _mean(_distance(own, background, _LIGHTNESS), rim) < 2 * threshold
    )
    return Subject(solid, background, own, threshold, is_doubtful)


def cut_out(photograph: Image.Image, subject: Subject) -> Image.Image:
    """Return the subject alone as RGBA, with the background's colour taken out of its edge."""
    solid = subject.solid
    left, top, width, height = _rank(solid, 3, largest=True).find_trim(background=[0], threshold=9)
    across, down = photograph.width / solid.width, photograph.height / solid.height
    box = tuple(round(v) for v in (left * across, top * down, (left + width) * across,
                                   (top + height) * down))  # fmt: skip
    near = (left, top, width, height)
    lab = _lab(photograph.crop(box))
    inside, around = (
        _enlarged(_rank(solid, 2, largest=largest).crop(*near), lab) / 255
        for largest in (False, True)
    )
    ground, own = (_enlarged(colour.crop(*near), lab) for colour in (subject.ground, subject.own))
    across = own - ground
    share = _sum((lab - ground) * across) / (_sum(across * across) + 4)
    beside = _distance(lab - ground, across * share, 0)
    share = share.gaussblur(0.6, precision="float").linear(1.4, -0.2)
    # What lies beside the line between the two colours is another colour of the subject.
    other = beside.gaussblur(0.6, precision="float").linear(0.5 / subject.tolerance, -0.8)
    share = (share > other).ifthenelse(share, other)
    share = (share > around).ifthenelse(around, share)
    share = _clamped((share > inside).ifthenelse(share, inside))
    return _pillow((lab - own) * share + own, share)


def whiten(photograph: Image.Image, subject: Subject) -> Image.Image:
    """Return the photograph with what is like its background turned white: whatever is unlike it
    stays, wherever the mask is wrong."""
    lab = _lab(photograph)
    ground = _enlarged(subject.ground, lab)
    unlike = _clamped(_distance(lab, ground, 1).linear(0.5 / subject.tolerance, -0.8))
    white = (lab - ground).linear([1, 1, 1], [100, 0, 0])
    return _pillow((lab - white) * unlike + white, unlike).convert("RGB")


def _clamped(share: pyvips.Image) -> pyvips.Image:
    return (share > 1).ifthenelse(1, (share < 0).ifthenelse(0, share))


def _pillow(lab: pyvips.Image, opacity: pyvips.Image) -> Image.Image:
    image = lab.copy(interpretation="lab").colourspace("srgb").cast("uchar")
    whole = image.bandjoin((opacity * 255).cast("uchar"))
    return Image.frombytes("RGBA", (whole.width, whole.height), whole.write_to_memory())


def _lab(image: Image.Image) -> pyvips.Image:
    raw = pyvips.Image.new_from_memory(image.tobytes(), image.width, image.height, 3, "uchar")
    return raw.copy(interpretation="srgb").colourspace("lab")


def _edge(image: pyvips.Image) -> pyvips.Image:
    """Return 255 along the four edges, 0 inside."""
    thick = max(min(image.width, image.height) // 40, 2)
    inner = pyvips.Image.black(image.width - 2 * thick, image.height - 2 * thick)
    return inner.embed(thick, thick, image.width, image.height, extend="white").copy_memory()


def _continue(image: pyvips.Image, mask: pyvips.Image, sigma: float) -> pyvips.Image:
    """Continue the masked part of an image smoothly over all of it: near ones count, and where
    there are none those further away."""
    weight = mask / 255
    # Soft as the result is, a quarter of the pixels are enough.
    coarse = _resized(weight, image.width // 2, image.height // 2).copy_memory()
    colour = _resized(image * weight, coarse.width, coarse.height) / (coarse + 1e-6)
    colour = colour.copy_memory()
    filled = [(band * coarse).avg() / coarse.avg() for band in colour.bandsplit()]
    result = colour.new_from_image(filled)
    for reach in (sigma * 3, sigma, sigma / 2):
        mass = _blurred(coarse, reach) + 0.02
        result = (_blurred((colour - result) * coarse, reach) / mass + result).copy_memory()
    return _enlarged(result, image).copy_memory()


def _blurred(image: pyvips.Image, sigma: float) -> pyvips.Image:
    """Blur; what is very soft on a smaller copy, which takes a fraction of the time."""
    factor = max(sigma / 4, 1)
    small = _resized(image, max(image.width / factor, 4), max(image.height / factor, 4))
    return _enlarged(small.gaussblur(min(sigma, 4), precision="float"), image)


def _resized(image: pyvips.Image, width: float, height: float) -> pyvips.Image:
    across, down = round(width) / image.width, round(height) / image.height
    return image.resize(across, vscale=down, kernel="linear")


def _reached(alike: pyvips.Image) -> pyvips.Image:
    """Return 255 where a path from outside arrives over what is alike."""
    width, height = alike.width, alike.height
    labels = alike.embed(1, 1, width + 2, height + 2, extend="white").labelregions()
    return (labels == labels(0, 0)[0]).crop(1, 1, width, height).copy_memory()


def _is_smooth(image: pyvips.Image) -> pyvips.Image:
    light = image[0].gaussblur(1, precision="float")
    steps = _rank(light, 1, largest=True) - _rank(light, 1, largest=False)
    return (steps < _SHADOW_STEP).copy_memory()


def _is_shadow(image: pyvips.Image, background: pyvips.Image) -> pyvips.Image:
    """Return 255 where it is the ground's colour, only darker."""
    darker = background[0] - image[0]
    hue = ((image - background) * (background[0] / 100 + 0.2)).gaussblur(1, precision="float")
    return (darker > 0) & (darker < 40) & (hue[1] ** 2 + hue[2] ** 2 < _SHADOW_HUE**2)


def _parts(mask: pyvips.Image, least: float) -> pyvips.Image:
    """Keep the parts of at least this share of the area; what nearly touches is one part."""
    labels = _rank(mask, 1, largest=True).labelregions().cast("ushort")
    areas = labels.hist_find()
    return labels.maplut((areas >= least * mask.width * mask.height).cast("uchar")) & mask


def _count(mask: pyvips.Image) -> int:
    """Count the parts; what nearly touches is one part."""
    grown = _rank(mask, 1, largest=True)
    found = ((grown.labelregions() + 1) * (grown / 255)).cast("ushort").hist_find()
    count: int = round((found > 0).avg() / 255 * found.width)
    return count - 1


def _closed(mask: pyvips.Image) -> pyvips.Image:
    return _rank(_rank(mask, 2, largest=True), 2, largest=False)


def _rank(image: pyvips.Image, radius: int, *, largest: bool) -> pyvips.Image:
    edge = 2 * radius + 1
    return image.rank(edge, edge, edge * edge - 1 if largest else 0)


def _enlarged(image: pyvips.Image, target: pyvips.Image) -> pyvips.Image:
    across, down = (target.width + 1) / image.width, (target.height + 1) / image.height
    large = image.cast("float").resize(across, vscale=down, kernel="linear")
    return large.crop(0, 0, target.width, target.height)


def _mean(image: pyvips.Image, mask: pyvips.Image) -> float:
    return float((image * (mask / 255)).avg() / max(mask.avg() / 255, 1e-6))


def _distance(one: pyvips.Image, other: pyvips.Image, lightness: float) -> pyvips.Image:
    difference = (one - other).linear([lightness, 1, 1], [0, 0, 0])
    return _sum(difference * difference) ** 0.5


def _sum(image: pyvips.Image) -> pyvips.Image:
    return image[0] + image[1] + image[2]
