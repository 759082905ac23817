"""Separate a product from its background: a soft mask that keeps thin parts, and its doubts.

The background is what the edges show, continued over the picture. The search runs on a small copy;
the edge is as fine as the photograph, by how far each colour is from the background's.
"""

from typing import NamedTuple

import pyvips
from PIL import Image, ImageOps

from imaging.providers.local.correction import to_vips

#: The longer edge of the copy that is searched, to cut out and to measure.
FINE, ROUGH = 384, 160
#: Edges that vary by more ΔE, or of which a larger share is unlike the rest, show a scene.
_MOST_VARIED_EDGE, _MOST_UNLIKE = 8.0, 0.1
#: Outside these shares of the area, or so near the edge, what was found is doubtful.
_LEAST_SUBJECT, _MOST_SUBJECT, _MOST_AT_EDGE = 0.012, 0.8, 0.3
#: Shares of the area: smaller parts are dust, larger gaps are holes. A pattern has more parts.
_DUST, _HOLE, _MOST_PARTS = 0.0012, 0.0025, 6


class Subject(NamedTuple):
    """What was found on the small copy: the mask (255 = subject), the colours (Lab) of the
    background and of the subject, each continued over the whole picture."""

    solid: pyvips.Image
    ground: pyvips.Image
    own: pyvips.Image
    tolerance: float
    is_doubtful: bool

    @property
    def mask(self) -> Image.Image:
        solid = self.solid
        return Image.frombytes("L", (solid.width, solid.height), solid.write_to_memory())


def find_subject(photograph: Image.Image, search: int) -> Subject | None:
    """Find what an RGB photograph shows; None if it has no background of its own."""
    small = ImageOps.contain(photograph, (search, search), Image.Resampling.BOX)
    if min(small.size) < 16:
        return None
    lab = to_vips(small).colourspace("lab").copy_memory()
    light = lab[0].gaussblur(1, precision="float")
    smooth = _rank(light, 1) - _rank(light, -1) < 3.2  # a shadow has no edge
    thick = max(min(small.size) // 40, 2)
    inner = pyvips.Image.black(lab.width - 2 * thick, lab.height - 2 * thick)
    ground = edge = inner.embed(thick, thick, lab.width, lab.height, extend="white").copy_memory()
    for step in (2.5, 8, 16):
        background = _continue(lab, ground, max(small.size) / step)
        distance = _distance(lab, background).copy_memory()
        noise = _mean(distance, ground)
        if noise > _MOST_VARIED_EDGE or _mean(distance > 10, ground) > 255 * _MOST_UNLIKE:
            return None
        threshold = min(max(3 * noise, 4.0), 13.0)
        reached = _reached((distance <= threshold) | (smooth & _is_shadow(lab, background)))
        ground = _rank(reached, -1).copy_memory()
        if not ground.max():
            return None
    gaps, _ = _parts((distance <= 0.6 * threshold) & ~reached, _HOLE)
    gaps = _rank(_rank(gaps, 2), -2) & (distance <= 2 * threshold)
    solid, count = _parts(~(reached | gaps), _DUST)
    if not solid.max():
        return None
    own = _continue(lab, solid & (distance >= _rank(distance, 3) * 0.75), 3)
    is_doubtful = (
        not _LEAST_SUBJECT < solid.avg() / 255 < _MOST_SUBJECT
        or count > _MOST_PARTS
        or (solid & edge).avg() > _MOST_AT_EDGE * edge.avg()
        or _mean(_distance(own, background), solid & ~_rank(solid, -1)) < 2 * threshold
    )
    return Subject(solid, background, own, threshold, is_doubtful)


def cut_out(photograph: Image.Image, subject: Subject) -> Image.Image:
    """Return the subject alone as RGBA, with the background's colour taken out of its edge."""
    closed = _rank(_rank(subject.solid, 12), -10)  # with lines too thin for the small copy
    lab = to_vips(photograph).colourspace("lab").copy_memory()
    inside, around, ground, own = (
        _enlarged(image, lab)
        for image in (_rank(subject.solid, -2) / 255, closed / 255, subject.ground, subject.own)
    )
    # What is no further from the ground than its noise is ground.
    reach, noise = _distance(own, ground, 1), subject.tolerance * 0.7
    away = (reach < 2 * noise).ifthenelse(2 * noise, reach) - noise
    share = (_distance(lab.gaussblur(0.8, precision="float"), ground, 1) - noise) / away
    share = share.linear(1.3, -0.1)
    share = share.bandrank([inside, around], index=1)
    return _layer((lab - own) * share + own, share)


def whiten(photograph: Image.Image, subject: Subject) -> Image.Image:
    """Return as RGBA what is unlike the background, wherever the mask is wrong."""
    lab = to_vips(photograph).colourspace("lab")
    ground = _enlarged(subject.ground, lab)
    return _layer(lab, _distance(lab, ground, 1).linear(0.5 / subject.tolerance, -0.8))


def _layer(lab: pyvips.Image, opacity: pyvips.Image) -> Image.Image:
    image = lab.copy(interpretation="lab").colourspace("srgb").cast("uchar")
    whole = image.bandjoin((opacity * 255).cast("uchar"))
    return Image.frombytes("RGBA", (whole.width, whole.height), whole.write_to_memory())


def _continue(image: pyvips.Image, mask: pyvips.Image, sigma: float) -> pyvips.Image:
    """Continue the masked part of an image smoothly over all of it: near ones count, and where
    there are none their mean. What is very soft is made on a smaller copy."""
    weighted = (image * (mask / 255)).bandjoin(mask / 255)
    small = weighted.resize(min(4 / sigma, 1), kernel="linear").copy_memory()
    means = [band.avg() for band in small.bandsplit()]
    blurred = small.gaussblur(min(sigma, 4), precision="float")
    colour = blurred[:3] + [0.01 * mean / means[3] for mean in means[:3]]
    return _enlarged(colour / (blurred[3] + 0.01), image).copy_memory()


def _reached(alike: pyvips.Image) -> pyvips.Image:
    """Return 255 where a path from outside arrives over what is alike."""
    labels = alike.embed(1, 1, alike.width + 2, alike.height + 2, extend="white").labelregions()
    return (labels == labels(0, 0)[0]).crop(1, 1, alike.width, alike.height).copy_memory()


def _is_shadow(image: pyvips.Image, background: pyvips.Image) -> pyvips.Image:
    """Return 255 where it is the ground's colour, only darker."""
    darker = background[0] - image[0]
    hue = ((image - background) * (background[0] / 100 + 0.2)).gaussblur(1, precision="float")
    return (darker > 0) & (darker < 40) & (hue[1] ** 2 + hue[2] ** 2 < 4**2)


def _parts(mask: pyvips.Image, least: float) -> tuple[pyvips.Image, int]:
    """Keep and count the parts of this share of the area; what nearly touches is one part."""
    grown = _rank(mask, 1)
    labels = ((grown.labelregions() + 1) * (grown / 255)).cast("ushort")
    large = labels.hist_find() >= least * mask.width * mask.height
    return (labels.maplut(large) & mask).copy_memory(), round(large.avg() / 255 * large.width) - 1


def _rank(image: pyvips.Image, radius: int) -> pyvips.Image:
    """Grow what is bright by a radius; a negative one shrinks it."""
    edge = 2 * abs(radius) + 1
    return image.rank(edge, edge, edge * edge - 1 if radius > 0 else 0)


def _enlarged(image: pyvips.Image, target: pyvips.Image) -> pyvips.Image:
    across, down = (target.width + 1) / image.width, (target.height + 1) / image.height
    large = image.cast("float").resize(across, vscale=down, kernel="linear")
    return large.crop(0, 0, target.width, target.height)


def _mean(image: pyvips.Image, mask: pyvips.Image) -> float:
    return float((image * (mask / 255)).avg() / max(mask.avg() / 255, 1e-6))


def _distance(one: pyvips.Image, other: pyvips.Image, lightness: float = 0.6) -> pyvips.Image:
    """Return ΔE; light falls unevenly, so that lightness counts less than colour."""
    light, green, blue = ((one - other) * [lightness, 1, 1]).bandsplit()
    return (light * light + green * green + blue * blue) ** 0.5
