"""Cosmetics, devices, jewellery, books and gifts."""

from __future__ import annotations

from imaging.providers.local.geometry import Shape, block, joined, line, oval, path, turned
from imaging.providers.local.products.parts import Part, Product


def _tube(cx: float, cy: float, rx: float, ry: float, thickness: float) -> Shape:
    """Build an upright ring seen slightly from above."""
    inner = oval(cx, cy, rx - thickness, ry - thickness)
    return Shape(oval(cx, cy, rx, ry).rings, inner.rings)


_FLACON = block(24, 48, 52, 52, 6)
_BOTTLE = turned(
    "M 56 6 L 56 30 C 56 38 67 42 67 52 L 67 94 C 67 98 65 100 61 100 L 50 100 L 50 6 Z"
)
_SCREEN = block(31, 5, 38, 90, 4)
_DISPLAY = block(16, 38, 68, 44, 1)
_BOX = block(16, 52, 68, 48, 1.5)
_COVER = path("M 24 8 L 76 8 C 78 8 79 9 79 11 L 79 92 L 24 92 Z")

GOODS = {
    "perfume": Product(
        (
            Part(block(39, 12, 22, 26, 2), "ink", "polished"),
            Part(block(43, 37, 14, 12, 1), "gold", "polished"),
            Part(_FLACON, "body", "glass"),
            Part(block(28, 62, 44, 34, 4), "body", "polished"),
            Part(block(28, 62, 44, 1.2), "pale", "flat"),
            Part(block(36, 70, 28, 17), "paper", "flat"),
            Part(line("M 42 76 L 58 76", 1.2), "ink", "flat"),
            Part(line("M 45 81 L 55 81", 0.6), "ink", "flat"),
            Part(block(30, 52, 3, 42, 1.5), "paper", "glass"),
        ),
        extent=88,
        foot=26,
    ),
    "bottle": Product(
        (
            Part(_BOTTLE, "body", "polished"),
            Part(block(43, 0, 14, 14, 1.5), "accent", "round"),
            Part(block(43.5, 16, 13, 2), "gold", "round"),
            Part(block(33, 58, 34, 28), "paper", "round"),
            Part(oval(50, 67, 5), "accent", "flat"),
            Part(line("M 40 77 L 60 77 M 43 81 L 57 81", 0.8), "ink", "flat"),
        ),
        foot=17,
    ),
    "jar": Product(
        (
            Part(block(22, 58, 56, 42, 8), "body", "glass"),
            Part(block(25, 66, 50, 31, 6), "body", "round"),
            Part(block(20, 42, 60, 19, 3), "gold", "polished"),
            Part(block(32, 72, 36, 18, 1), "paper", "round"),
            Part(line("M 40 78.5 L 60 78.5", 1.1), "ink", "flat"),
            Part(line("M 44 83.5 L 56 83.5", 0.6), "ink", "flat"),
        ),
        extent=66,
        foot=28,
    ),
    "watch": Product(
        (
            Part(path("M 37 2 C 40 -1 60 -1 63 2 L 66 34 L 34 34 Z"), "body", "round"),
            Part(path("M 34 68 L 66 68 L 63 98 C 60 101 40 101 37 98 Z"), "body", "round"),
            Part(
                line("M 41 4 L 39 28 M 59 4 L 61 28 M 39 76 L 41 96 M 61 76 L 59 96", 0.45),
                "pale",
                "flat",
            ),
            Part(block(74, 47, 6, 8, 1.5), "gold", "polished"),
            Part(oval(50, 51, 26.5), "gold", "polished"),
            Part(oval(50, 51, 23), "deep", "flat"),
            Part(oval(50, 51, 22), "paper", "soft"),
            *(
                Part(block(49.4, 31, 1.2, 4).rotated(30 * hour, (50, 51)), "ink", "flat")
                for hour in range(12)
            ),
            Part(line("M 50 51 L 41.5 44", 1.5), "ink", "flat"),
            Part(line("M 50 51 L 61 39", 1.1), "ink", "flat"),
            Part(line("M 47 56 L 55 40", 0.45), "accent", "flat"),
            Part(oval(50, 51, 1.6), "gold", "flat"),
        ),
        foot=14,
    ),
    "headphones": Product(
        (
            Part(line("M 17 70 C 8 -6 92 -6 83 70", 6.5), "deep", "flat"),
            Part(line("M 18 66 C 11 -3 89 -3 82 66", 4), "body", "flat"),
            Part(line("M 30 22 C 40 9 60 9 70 22", 6), "pale", "flat"),
            Part(
                joined(block(14.5, 52, 4, 22, 1.5), block(81.5, 52, 4, 22, 1.5)),
                "metal",
                "polished",
            ),
            Part(joined(block(22, 56, 12, 42, 6), block(66, 56, 12, 42, 6)), "ink"),
            Part(block(8, 55, 18, 44, 8.5), "body", "round"),
            Part(block(74, 55, 18, 44, 8.5), "body", "round"),
            Part(joined(block(11, 66, 3, 22, 1.5), block(86, 66, 3, 22, 1.5)), "accent", "flat"),
        ),
        extent=94,
        foot=40,
    ),
    "phone": Product(
        (
            Part(block(71, 24, 2, 12, 0.8), "metal", "flat"),
            Part(block(28, 1, 44, 99, 7), "metal", "polished"),
            Part(block(29, 2, 42, 97, 6.2), "ink", "flat"),
            Part(_SCREEN, "body"),
            Part(oval(44, 86, 34), "accent", "soft", _SCREEN),
            Part(oval(66, 96, 26), "pale", "soft", _SCREEN),
            Part(oval(56, 34, 9), "paper", "flat"),
            Part(block(43, 7.5, 14, 3.6, 1.8), "ink", "flat"),
            Part(block(43, 91.5, 14, 1, 0.5), "paper", "flat"),
        ),
        foot=22,
    ),
    "laptop": Product(
        (
            Part(block(13, 35, 74, 54, 3), "metal"),
            Part(block(14.4, 36.4, 71.2, 48), "ink", "flat"),
            Part(_DISPLAY, "body"),
            Part(oval(36, 84, 30, 26), "accent", "soft", _DISPLAY),
            Part(oval(70, 92, 30, 30), "deep", "soft", _DISPLAY),
            Part(oval(66, 51, 6), "paper", "flat"),
            Part(
                path("M 2 89 L 98 89 L 98 92 C 98 97 92 99 86 99 L 14 99 C 8 99 2 97 2 92 Z"),
                "metal",
            ),
            Part(block(42, 89, 16, 3, 1.5), "ink", "flat"),
        ),
        extent=96,
        foot=47,
    ),
    "camera": Product(
        (
            Part(path("M 34 42 L 40 32 L 62 32 L 68 42 Z"), "metal"),
            Part(joined(block(14, 37, 13, 6, 1.5), block(76, 35, 10, 8, 1.5)), "metal", "polished"),
            Part(block(5, 41, 90, 56, 6), "metal"),
            Part(block(5, 53, 90, 33), "body"),
            Part(block(80, 45, 9, 5, 1), "accent", "flat"),
            Part(oval(50, 70, 25), "ink"),
            Part(oval(50, 70, 22), "metal", "polished"),
            Part(oval(50, 70, 18), "ink", "polished"),
            Part(oval(50, 70, 10.5), "deep", "soft"),
            Part(oval(44, 64, 4), "paper", "glass"),
        ),
        extent=90,
        foot=43,
    ),
    "ring": Product(
        (
            Part(_tube(50, 68, 31, 31, 5), "gold", "polished"),
            Part(path("M 40 38 L 50 46 L 60 38 L 56 42 L 50 48 L 44 42 Z"), "gold", "flat"),
            Part(path("M 30 22 L 40 10 L 60 10 L 70 22 L 50 45 Z"), "body"),
            Part(
                path(
                    "M 30 22 L 40 10 L 43 22 Z M 57 22 L 60 10 L 70 22 Z M 43 22 L 57 22 L 50 45 Z"
                ),
                "pale",
                "flat",
            ),
            Part(path("M 40 10 L 50 10 L 43 22 Z M 57 22 L 70 22 L 50 45 Z"), "deep", "flat"),
            Part(path("M 43 22 L 50 10 L 57 22 Z"), "paper", "flat"),
        ),
        extent=88,
        foot=15,
    ),
    "book": Product(
        (
            Part(block(12, 92, 76, 8, 1), "accent"),
            Part(block(12, 93.6, 72, 4.8), "paper", "flat"),
            Part(path("M 76 10 L 82 12 L 82 92 L 76 92 Z"), "paper"),
            Part(_COVER, "body"),
            Part(path("M 20 8 L 28 8 L 28 92 L 20 92 Z"), "deep", "round"),
            Part(oval(53, 62, 20), "accent", "soft", _COVER),
            Part(
                path("M 20 78 Q 44 60 58 74 Q 70 84 84 70 L 84 94 L 20 94 Z"),
                "pale",
                "soft",
                path("M 28 8 L 79 8 L 79 92 L 28 92 Z"),
            ),
            Part(line("M 36 22 L 70 22", 2.4), "paper", "flat"),
            Part(line("M 36 29 L 58 29", 1.2), "paper", "flat"),
        ),
        extent=92,
        foot=38,
    ),
    "gift": Product(
        (
            Part(
                path(
                    "M 50 36 C 36 12 18 18 24 30 C 28 37 42 37 50 38 Z M 50 36 C 64 "
                    "12 82 18 76 30 C 72 37 58 37 50 38 Z"
                ),
                "accent",
            ),
            Part(
                path(
                    "M 48 35 C 40 26 31 23 31 28 C 32 33 42 35 48 36 Z M 52 35 C 60 "
                    "26 69 23 69 28 C 68 33 58 35 52 36 Z"
                ),
                "ink",
                "glass",
            ),
            Part(_BOX, "body"),
            Part(block(11, 38, 78, 17, 2), "pale"),
            Part(block(16, 55, 68, 3), "deep", "flat", _BOX),
            Part(block(43, 38, 14, 62), "accent"),
            Part(block(45, 32, 10, 8, 3), "accent", "round"),
        ),
        extent=84,
        foot=34,
    ),
}
