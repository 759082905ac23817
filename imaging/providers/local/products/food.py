"""Food, drink and what they are served in."""

from __future__ import annotations

from imaging.providers.local.geometry import block, joined, line, oval, path, turned
from imaging.providers.local.products.parts import Part, Product, Tone, leaf

_MUG = turned("M 76 44 L 74 92 C 74 97 71 100 66 100 L 44 100 L 44 44 Z", axis=44)
_CAKE = turned("M 82 48 L 82 90 C 82 93 78 94 70 94 L 50 94 L 50 48 Z")
_BOWL = turned("M 96 58 C 94 82 78 96 62 97 L 62 100 L 50 100 L 50 58 Z")

_CANDLES: tuple[tuple[float, Tone], ...] = ((38, "accent"), (49, "pale"), (60, "accent"))

FOOD = {
    "mug": Product(
        (
            Part(line("M 68 56 C 94 50 94 90 68 86", 6), "deep", "flat"),
            Part(line("M 68 55 C 92 49 92 89 68 85", 4.2), "body", "flat"),
            Part(_MUG, "body", "round"),
            Part(block(0, 70, 100, 9), "accent", "round", _MUG),
            Part(oval(44, 44, 32, 6.5), "pale", "flat"),
            Part(oval(44, 45, 29, 5.2), "wood", "soft"),
            Part(
                line("M 36 34 C 32 28 40 24 36 16 M 48 34 C 44 27 52 22 48 12", 1.1),
                "pale",
                "glass",
            ),
        ),
        extent=84,
        foot=30,
    ),
    "teapot": Product(
        (
            Part(line("M 74 58 C 100 52 98 90 72 86", 4.4), "deep", "flat"),
            Part(path("M 26 74 C 14 72 12 58 5 52 L 12 49 C 20 54 22 62 30 62 Z"), "body"),
            Part(
                turned("M 62 49 C 76 52 82 64 80 76 C 78 90 68 97 62 100 L 50 100 L 50 49 Z"),
                "body",
                "round",
            ),
            Part(
                turned("M 64 50 C 62 45 56 43 50 43 L 50 52 C 56 52 60 52 64 50 Z"), "pale", "round"
            ),
            Part(oval(50, 40, 4), "accent", "polished"),
            Part(line("M 21 70 C 34 76 66 76 79 70", 1.2), "accent", "flat"),
        ),
        extent=92,
        foot=30,
    ),
    "cake": Product(
        (
            *(Part(block(x, 26, 2.4, 22), tone, "round") for x, tone in _CANDLES),
            *(
                Part(
                    path(
                        f"M {x} 17 C {x + 3} 22 {x + 2} 25 {x} 26 C {x - 2} 25 {x - 3} 22 {x} 17 Z"
                    ),
                    "glow",
                    "flat",
                )
                for x in (39.2, 50.2, 61.2)
            ),
            Part(
                turned("M 94 94 C 94 98 80 98 62 99 L 62 100 L 50 100 L 50 94 Z"),
                "metal",
                "polished",
            ),
            Part(_CAKE, "body", "round"),
            Part(block(0, 72, 100, 7), "deep", "round", _CAKE),
            Part(
                path(
                    "M 18 46 L 82 46 L 82 60 C 80 66 76 66 75 60 C 73 56 70 57 69 62 "
                    "C 67 72 61 71 60 62 C 58 57 54 57 53 60 C 51 66 46 66 45 60 C 43 "
                    "57 40 57 39 63 C 37 70 32 70 30 61 C 28 57 26 58 24 62 C 22 65 "
                    "19 64 18 58 Z"
                ),
                "paper",
                "round",
            ),
            Part(oval(50, 47, 32, 5), "paper", "flat"),
        ),
        extent=90,
        foot=42,
    ),
    "bowl": Product(
        (
            Part(oval(50, 55, 38, 13), "leaf"),
            Part(joined(oval(34, 50, 9, 8), oval(60, 47, 10, 8)), "accent"),
            Part(joined(oval(47, 53, 8, 7), oval(73, 53, 7, 6)), "paper"),
            Part(joined(leaf(26, 56, 20, -40), leaf(64, 52, 22, 35)), "leaf"),
            Part(_BOWL, "body", "round"),
            Part(
                path("M 4 58 C 20 66 80 66 96 58 L 95.6 63 C 80 70 20 70 4.4 63 Z"), "pale", "round"
            ),
        ),
        extent=94,
        foot=26,
    ),
    "fruit": Product(
        (
            Part(line("M 50 46 C 50 40 53 34 57 31", 1.8), "wood", "flat"),
            Part(leaf(52, 40, 24, 62), "leaf"),
            Part(
                path(
                    "M 50 48 C 60 40 84 42 84 66 C 84 86 68 101 58 100 C 54 99 46 99 "
                    "42 100 C 32 101 16 86 16 66 C 16 42 40 40 50 48 Z"
                ),
                "body",
                "polished",
            ),
            Part(path("M 42 47 C 46 52 54 52 58 47 C 54 49 46 49 42 47 Z"), "deep", "flat"),
        ),
        extent=74,
        foot=24,
    ),
}
