"""Small ICC profiles (ICC.1:2001-04), written tag by tag."""

from __future__ import annotations

import struct
from collections.abc import Mapping

#: Primaries of Adobe RGB (1998), adapted to D50.
_ADOBE = {
    b"rXYZ": (0.60974, 0.31111, 0.01947),
    b"gXYZ": (0.20528, 0.62567, 0.06087),
    b"bXYZ": (0.14919, 0.06322, 0.74457),
}
_WHITE = (0.9642, 1.0, 0.8249)


def adobe_rgb() -> bytes:
    curve = _curve(2.2)
    tags = {name: _xyz(*value) for name, value in _ADOBE.items()}
    curves = dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    return _profile(b"RGB ", b"XYZ ", "Wide RGB", tags | curves)


def grey(gamma: float) -> bytes:
    return _profile(b"GRAY", b"XYZ ", "Grey", {b"kTRC": _curve(gamma)})


def cmyk(paper: tuple[int, int, int], ink: tuple[int, int, int]) -> bytes:
    """A press on which any ink is `ink` and all together are black, in Lab of 8 bits (a and b
    around 128)."""
    table = bytes(range(256))
    corners = bytes(paper) + bytes(ink) * 14 + bytes([0, 128, 128])
    unit = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    lut = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + unit + table * 4 + corners + table * 3
    return _profile(b"CMYK", b"Lab ", "Press", {b"A2B0": lut, b"A2B1": lut}, kind=b"prtr")


def _profile(
    space: bytes, connection: bytes, name: str, tags: Mapping[bytes, bytes], kind: bytes = b"mntr"
) -> bytes:
    text = name.encode() + b"\x00"
    description = b"desc" + bytes(4) + struct.pack(">I", len(text)) + text + bytes(78)
    tags = {b"desc": description, b"wtpt": _xyz(*_WHITE), **tags}
    position, directory, body = 128 + 4 + 12 * len(tags), b"", b""
    for tag, data in tags.items():
        directory += tag + struct.pack(">II", position + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    size = position + len(body)
    header = struct.pack(
        ">I4sI4s4s4s12s4s4s4sI4sIII12s",
        *(size, b"lcms", 0x02100000, kind, space, connection, bytes(12), b"acsp"),
        *(bytes(4), bytes(4), 0, bytes(4), 0, 0, 0, struct.pack(">iii", 63190, 65536, 54061)),
    )
    header = header.ljust(128, b"\x00")
    return header + struct.pack(">I", len(tags)) + directory + body


def _xyz(x: float, y: float, z: float) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">iii", *(round(v * 65536) for v in (x, y, z)))


def _curve(gamma: float) -> bytes:
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256))
