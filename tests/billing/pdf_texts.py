"""Read what a PDF says."""

from __future__ import annotations

import re
import zlib


def text_of(pdf: bytes) -> str:
    """Return the text of a PDF, read back through each font's table."""
    tables = [glyph_table(part) for part in re.findall(rb"/CIDInit.*?endcmap", pdf, re.S)]
    page = zlib.decompress(pdf[pdf.index(b"stream\n") + 7 :])
    words, table, saved = [], tables[0], []
    tokens = rb"/F(\d) [\d.]+ Tf|\((.*?)(?<!\\)\) Tj|(?<!\S)([qQ])(?!\S)"
    for font, shown, state in re.findall(tokens, page, re.S):
        if font:
            table = tables[int(font) - 1]
        elif state == b"q":
            saved.append(table)
        elif state == b"Q":
            table = saved.pop()
        else:
            words.append(_read_glyphs(shown, table))
    return "\n".join(words)


def glyph_table(part: bytes) -> dict[int, str]:
    pairs = re.findall(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>", part)
    return {int(a, 16): bytes.fromhex(b.decode()).decode("utf-16-be") for a, b in pairs}


def _read_glyphs(shown: bytes, table: dict[int, str]) -> str:
    codes = re.sub(rb"\\(.)", lambda found: b"\r" if found[1] == b"r" else found[1], shown)
    places = range(0, len(codes), 2)
    # Of several glyphs for the same letters, only the first one stands for them.
    return "".join(table.get(int.from_bytes(codes[place : place + 2]), "") for place in places)
