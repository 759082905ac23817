"""Letters as shapes: a picture of a page cannot load the page's fonts."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import uharfbuzz as hb
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen


def outline(text: str, file: Path, size: float) -> tuple[str, float]:
    """Return the path of an SVG, which begins at the origin of its base line, and its width.

    `size` and width are in units of the picture; `file` has all letters of `text`.
    """
    font = _font(file)
    scale = size / font.face.upem
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    hb.shape(font, buffer)
    path, x = SVGPathPen(None, ntos=lambda number: f"{number:.1f}".removesuffix(".0")), 0.0
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        start = (x + place.x_offset) * scale, -place.y_offset * scale
        font.draw_glyph_with_pen(info.codepoint, TransformPen(path, (scale, 0, 0, -scale, *start)))
        x += place.x_advance
    return path.getCommands(), x * scale


@cache
def _font(file: Path) -> hb.Font:
    return hb.Font(hb.Face(hb.Blob.from_file_path(file)))
