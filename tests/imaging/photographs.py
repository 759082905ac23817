"""Photographs of products whose outline is known: drawings on a lit ground, with noise."""

from __future__ import annotations

from pathlib import Path
from random import Random
from statistics import NormalDist

import pyvips
from PIL import Image, ImageChops, ImageFilter

from deployments.builder.product_images import fill_drawing
from imaging.providers.local.direction import find_subject

SIZE = (1024, 768)
_EDGE = 680
_NOISE = [round(NormalDist(128, 6).inv_cdf((level + 0.5) / 256)) for level in range(256)]


def photograph(
    name: str, colours: tuple[str, str, str], path: Path, *, exposure: float = 0.9, seed: int = 1
) -> Image.Image:
    """Write a noisy photograph with a soft shadow; return the product's outline (L). `colours` are
    those of the product, its accent and the ground; the seed decides the noise."""
    main, accent, ground = colours
    svg = fill_drawing(find_subject(name).drawing, main, accent, "", name="m")
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{_EDGE}" viewBox="0 0 400 400">'
    drawn = pyvips.Image.svgload_buffer(f"{head}{svg}</svg>".encode())
    product = Image.frombytes("RGBA", (_EDGE, _EDGE), drawn.write_to_memory())
    place = ((SIZE[0] - _EDGE) // 2, (SIZE[1] - _EDGE) // 2)
    outline = Image.new("L", SIZE)
    outline.paste(product.getchannel("A"), place)
    light = Image.linear_gradient("L").resize(SIZE).point([219 + v // 7 for v in range(256)])
    scene = ImageChops.multiply(Image.new("RGB", SIZE, ground), Image.merge("RGB", (light,) * 3))
    shadow = Image.new("L", SIZE)
    shadow.paste(outline.resize((SIZE[0], SIZE[1] // 4)), (26, SIZE[1] * 3 // 4 - 100))
    shadow = shadow.filter(ImageFilter.GaussianBlur(24)).point([v // 6 for v in range(256)])
    scene.paste((20, 18, 22), (0, 0), shadow)
    scene.paste(product, place, product)
    scene = scene.filter(ImageFilter.GaussianBlur(0.9)).point(
        [v * exposure for v in range(256)] * 3
    )
    ImageChops.add(scene, _noise(Random(seed)), 1, -128).save(path)
    return outline


def _noise(source: Random) -> Image.Image:
    """Pillow's own noise differs with what the process has drawn before."""
    pixels = SIZE[0] * SIZE[1]
    bands = [Image.frombytes("L", SIZE, source.randbytes(pixels)).point(_NOISE) for _ in range(3)]
    return Image.merge("RGB", bands)
