"""Furniture, light, vases and plants."""

from __future__ import annotations

from imaging.providers.local.geometry import block, joined, line, oval, path, turned
from imaging.providers.local.products.parts import Part, Product, leaf

_VASE = turned(
    "M 60 22 C 57 26 57 32 60 38 C 68 48 76 58 76 71 C 76 86 68 96 62 100 L 50 100 L 50 22 Z"
)
_POT = turned("M 72 66 L 68 97 C 67 99 66 100 64 100 L 50 100 L 50 66 Z")
_LEAVES = (
    (50, 66, 56, -2),
    (48, 66, 50, -34),
    (52, 66, 50, 32),
    (46, 66, 40, -66),
    (54, 66, 40, 64),
)

HOME = {
    "chair": Product(
        (
            Part(line("M 26 66 L 20 99 M 74 66 L 80 99", 3.4), "wood", "flat"),
            Part(path("M 22 10 C 24 3 76 3 78 10 L 82 56 C 70 60 30 60 18 56 Z"), "body"),
            Part(line("M 50 9 L 50 54", 0.5), "deep", "flat"),
            Part(
                path(
                    "M 14 58 C 14 52 20 50 28 50 L 72 50 C 80 50 86 52 86 58 C 86 68 "
                    "82 72 74 72 L 26 72 C 18 72 14 68 14 58 Z"
                ),
                "pale",
            ),
            Part(
                path(
                    "M 15 64 C 30 69 70 69 85 64 C 84 70 81 72 74 72 L 26 72 C 19 72 16 70 15 64 Z"
                ),
                "deep",
                "flat",
            ),
            Part(line("M 8 40 C 6 52 8 62 12 68 M 92 40 C 94 52 92 62 88 68", 4), "wood", "flat"),
            Part(line("M 17 72 L 11 99 M 83 72 L 89 99", 4), "wood", "flat"),
        ),
        foot=40,
    ),
    "sofa": Product(
        (
            Part(
                line("M 16 90 L 13 99 M 84 90 L 87 99 M 36 90 L 36 97 M 64 90 L 64 97", 2),
                "wood",
                "flat",
            ),
            Part(block(10, 44, 80, 40, 9), "deep"),
            Part(block(13, 46, 37, 30, 7), "body"),
            Part(block(50, 46, 37, 30, 7), "body"),
            Part(block(19, 54, 20, 20, 5).rotated(-9, (29, 64)), "accent"),
            Part(block(10, 68, 40, 16, 5), "pale"),
            Part(block(50, 68, 40, 16, 5), "pale"),
            Part(block(8, 80, 84, 12, 4), "body"),
            Part(block(2, 58, 14, 34, 6), "body", "round"),
            Part(block(84, 58, 14, 34, 6), "body", "round"),
        ),
        extent=98,
        foot=45,
    ),
    "lamp": Product(
        (
            Part(
                turned(
                    "M 52.4 30 L 52.4 62 C 66 68 68 84 58 95 L 68 97 L 68 100 L 50 100 L 50 30 Z"
                ),
                "accent",
                "polished",
            ),
            Part(oval(50, 44, 25, 3.4), "glow", "flat"),
            Part(path("M 33 4 L 67 4 L 80 44 C 70 49 30 49 20 44 Z"), "body", "round"),
            Part(line("M 20.4 43 C 30 48 70 48 79.6 43", 0.8), "glow", "flat"),
            Part(line("M 70 47 L 70 60", 0.5), "ink", "flat"),
            Part(oval(70, 61, 1.2), "gold", "flat"),
        ),
        foot=22,
    ),
    "vase": Product(
        (
            Part(line("M 50 26 C 48 14 40 6 34 -2 M 51 26 C 54 12 62 4 70 0", 1), "leaf", "flat"),
            Part(
                joined(
                    leaf(42, 8, 18, -60),
                    leaf(36, 0, 20, -20),
                    leaf(58, 10, 18, 60),
                    leaf(66, 2, 20, 24),
                    leaf(49, 18, 17, -48),
                ),
                "leaf",
            ),
            Part(joined(oval(32, -4, 6), oval(72, -2, 5)), "accent"),
            Part(_VASE, "body", "round"),
            Part(
                path(
                    "M 0 62 Q 50 70 100 62 L 100 66 Q 50 74 0 66 Z M 0 70 Q 50 78 100 "
                    "70 L 100 71.5 Q 50 79.5 0 71.5 Z"
                ),
                "pale",
                "flat",
                _VASE,
            ),
            Part(oval(50, 22, 10, 2.4), "deep", "flat"),
        ),
        extent=112,
        foot=16,
    ),
    "plant": Product(
        (
            *(Part(leaf(*place), "leaf") for place in _LEAVES),
            Part(
                line(
                    "M 50 66 L 48 18 M 48 66 L 24 28 M 52 66 L 75 28 M 46 66 L 14 51 "
                    "M 54 66 L 86 51",
                    0.5,
                ),
                "glow",
                "glass",
            ),
            Part(_POT, "body", "round"),
            Part(block(26, 62, 48, 9, 2), "pale", "round"),
        ),
        foot=19,
    ),
    "candle": Product(
        (
            Part(path("M 50 8 C 58 20 57 30 50 33 C 43 30 43 20 50 8 Z"), "glow", "flat"),
            Part(path("M 50 19 C 54 25 53 31 50 33 C 47 31 46.5 25 50 19 Z"), "paper", "flat"),
            Part(line("M 50 31 L 50 44", 0.9), "ink", "flat"),
            Part(block(26, 48, 48, 52, 4), "body", "round"),
            Part(oval(50, 49, 23.4, 4.6), "pale", "flat"),
            Part(block(33, 66, 34, 22, 1), "paper", "round"),
            Part(line("M 40 73 L 60 73 M 43 78 L 57 78 M 46 83 L 54 83", 0.8), "ink", "flat"),
            Part(line("M 50 42 L 50 50", 0.9), "ink", "flat"),
        ),
        extent=92,
        foot=24,
    ),
}
