"""Things to wear and to carry."""

from __future__ import annotations

from imaging.providers.local.geometry import block, joined, line, oval, path
from imaging.providers.local.products.parts import Part, Product

_BAG = path(
    "M 15 52 C 16 46 19 43 25 43 L 75 43 C 81 43 84 46 85 52 L 92 91 C 93 97 90 100 84 100 "
    "L 16 100 C 10 100 7 97 8 91 Z"
)
_FLAP = path(
    "M 15 50 C 16 45 19 42 25 42 L 75 42 C 81 42 84 45 85 50 L 88 66 C 80 77 64 80 50 80 "
    "C 36 80 20 77 12 66 Z"
)
_UPPER = path(
    "M 5 88 C 2 76 4 62 8 50 C 9 45 13 44 16 47 C 22 53 30 53 37 46 C 40 43 43 44 45 48 "
    "C 53 60 64 67 78 70 C 91 73 97 79 97 88 C 70 91 30 91 5 88 Z"
)
_HEEL = path(
    "M 3 50 C 5 42 10 36 15 35 C 18 47 27 58 40 66 C 52 73 62 80 76 84 C 90 87 97 91 97 97 "
    "C 92 99 84 99 76 98 C 62 97 50 90 40 82 C 32 76 24 74 17 75 C 10 71 4 60 3 50 Z"
)
_SHIRT = path(
    "M 34 14 C 40 19 60 19 66 14 L 77 18 C 88 24 94 38 98 54 L 83 61 L 77 47 "
    "C 78 64 78 82 79 98 C 60 101 40 101 21 98 C 22 82 22 64 23 47 L 17 61 L 2 54 "
    "C 6 38 12 24 23 18 Z"
)
_DRESS = path(
    "M 36 14 C 38 24 44 28 50 28 C 56 28 62 24 64 14 L 69 16 C 68 28 66 36 66 44 "
    "C 68 62 82 82 88 97 C 66 102 34 102 12 97 C 18 82 32 62 34 44 C 34 36 32 28 31 16 Z"
)
_PACK = path(
    "M 22 44 C 22 24 34 14 50 14 C 66 14 78 24 78 44 L 82 90 C 82 97 78 100 72 100 "
    "L 28 100 C 22 100 18 97 18 90 Z"
)
_LENSES = joined(
    path("M 4 56 C 16 52 34 52 45 56 C 47 74 40 88 26 88 C 12 88 3 76 4 56 Z"),
    path("M 96 56 C 84 52 66 52 55 56 C 53 74 60 88 74 88 C 88 88 97 76 96 56 Z"),
)
_HANGER = (
    Part(line("M 50 12 C 50 7 55 8 55 3 C 55 -1 49 -2 47 2", 1.3), "metal", "flat"),
    Part(line("M 27 19 Q 45 12 50 11 Q 55 12 73 19", 1.8), "wood", "flat"),
)

FASHION = {
    "bag": Product(
        (
            Part(line("M 33 47 C 34 6 66 6 67 47", 3.2), "deep", "flat"),
            Part(_BAG, "body"),
            Part(
                path("M 8 91 L 9 84 Q 50 92 91 84 L 92 91 L 92 100 L 8 100 Z"), "deep", "flat", _BAG
            ),
            Part(_FLAP, "pale"),
            Part(line("M 16 63 C 26 73 38 76 50 76 C 62 76 74 73 84 63", 0.5), "deep", "flat"),
            Part(line("M 28 48 C 29 4 71 4 72 48", 4), "body", "flat"),
            Part(joined(oval(28, 49, 3.4), oval(72, 49, 3.4)), "gold", "polished"),
            Part(block(44, 71, 12, 13, 2.5), "gold", "polished"),
            Part(block(48.6, 75, 2.8, 5, 1.4), "ink", "flat"),
        ),
        extent=86,
        foot=41,
    ),
    "backpack": Product(
        (
            Part(line("M 40 17 C 40 3 60 3 60 17", 3), "deep", "flat"),
            Part(_PACK, "body"),
            Part(path("M 16 40 C 30 50 70 50 84 40 L 84 10 L 16 10 Z"), "pale", "soft", _PACK),
            Part(line("M 21 43 C 35 50 65 50 79 43", 1), "deep", "flat"),
            Part(block(28, 62, 44, 30, 7), "deep"),
            Part(block(28, 60, 44, 12, 5), "body"),
            Part(block(35, 36, 4, 28, 1.5), "accent", "flat"),
            Part(block(61, 36, 4, 28, 1.5), "accent", "flat"),
            Part(joined(block(34, 60, 6, 5, 1), block(60, 60, 6, 5, 1)), "gold", "polished"),
        ),
        extent=96,
        foot=32,
    ),
    "sneaker": Product(
        (
            Part(path("M 10 50 C 16 58 32 58 42 47 L 36 40 L 14 42 Z"), "ink", "flat"),
            Part(path("M 36 56 C 38 46 43 38 48 40 C 52 43 50 50 52 58 Z"), "pale", "flat"),
            Part(_UPPER, "body"),
            Part(path("M 80 66 C 74 74 72 82 74 94 L 100 94 L 100 66 Z"), "pale", "soft", _UPPER),
            Part(path("M 0 62 C 8 62 15 68 17 94 L 0 94 Z"), "deep", "soft", _UPPER),
            Part(
                path("M 24 88 C 34 84 44 76 50 62 L 56 67 C 50 80 42 88 34 92 Z"),
                "paper",
                "flat",
                _UPPER,
            ),
            Part(
                path("M 39 90 C 47 86 54 79 59 69 L 64 72 C 59 82 54 88 48 93 Z"),
                "accent",
                "flat",
                _UPPER,
            ),
            Part(
                line("M 41 54 L 49 50 M 45 59 L 53 55 M 50 64 L 58 59.5 M 56 68 L 64 63.5", 2),
                "paper",
                "flat",
            ),
            Part(
                path(
                    "M 3 87 C 30 91 70 91 97 87 C 99 92 98 98 94 99 C 90 100 12 100 8 "
                    "100 C 3 99 2 93 3 87 Z"
                ),
                "paper",
            ),
            Part(
                path("M 4 96 L 97 95 C 96 98 94 100 90 100 L 9 100 C 6 100 4 98 4 96 Z"),
                "accent",
                "flat",
            ),
        ),
        extent=96,
        foot=46,
    ),
    "heel": Product(
        (
            Part(path("M 12 40 C 20 52 30 60 42 67 L 36 72 C 24 66 15 54 10 44 Z"), "ink", "flat"),
            Part(path("M 6 60 C 10 70 14 74 18 75 L 15 99 L 11 99 Z"), "deep", "round"),
            Part(_HEEL, "body", "polished"),
            Part(
                path("M 40 82 C 50 90 62 97 76 98 L 97 98 L 97 100 L 74 100 C 60 99 48 92 38 83 Z"),
                "deep",
                "flat",
            ),
            Part(oval(60, 79, 3.5, 2.6), "gold", "polished"),
        ),
        extent=98,
        foot=44,
    ),
    "shirt": Product(
        (
            *_HANGER,
            Part(path("M 34 14 C 40 11 60 11 66 14 C 60 22 40 22 34 14 Z"), "deep", "flat"),
            Part(_SHIRT, "body"),
            Part(
                path("M 30 10 C 36 24 64 24 70 10 L 66 12 C 60 19 40 19 34 12 Z"),
                "pale",
                "flat",
                _SHIRT,
            ),
            Part(
                line("M 23 46 C 24 40 24 34 22 30 M 77 46 C 76 40 76 34 78 30", 0.7), "deep", "flat"
            ),
            Part(block(22.6, 54, 54.8, 6), "accent", "flat", _SHIRT),
            Part(block(22.6, 62, 54.8, 2), "paper", "flat", _SHIRT),
            Part(
                line("M 34 68 C 36 80 34 90 35 98 M 66 70 C 64 80 66 90 64 98", 0.5), "deep", "flat"
            ),
        ),
        hangs=True,
    ),
    "dress": Product(
        (
            *_HANGER,
            Part(_DRESS, "body"),
            Part(
                line(
                    "M 46 50 C 42 68 36 84 32 99 M 54 50 C 58 68 64 84 68 99 M 50 52 L 50 100", 0.7
                ),
                "deep",
                "flat",
                _DRESS,
            ),
            Part(path("M 0 90 Q 50 97 100 90 L 100 94 Q 50 101 0 94 Z"), "accent", "flat", _DRESS),
            Part(block(0, 42, 100, 4), "accent", "flat", _DRESS),
        ),
        hangs=True,
    ),
    "hat": Product(
        (
            Part(oval(50, 86, 49, 13), "deep"),
            Part(oval(50, 84, 49, 12), "body"),
            Part(
                path(
                    "M 24 84 C 24 58 28 44 40 43 C 46 42 48 47 52 47 C 56 46 60 42 66 "
                    "45 C 74 50 76 66 76 84 C 66 90 34 90 24 84 Z"
                ),
                "body",
                "round",
            ),
            Part(
                path("M 24 84 L 24.4 74 C 36 80 64 80 75.6 74 L 76 84 C 66 90 34 90 24 84 Z"),
                "accent",
                "round",
            ),
        ),
        extent=98,
        foot=47,
    ),
    "sunglasses": Product(
        (
            Part(
                line("M 6 58 C 10 50 14 47 22 46 M 94 58 C 90 50 86 47 78 46", 2.2), "deep", "flat"
            ),
            Part(_LENSES, "ink", "polished"),
            Part(
                path("M 12 60 L 24 57 L 12 80 Z M 62 60 L 76 57 L 62 82 Z"),
                "accent",
                "flat",
                _LENSES,
            ),
            Part(
                line("M 4 56 C 16 52 34 52 45 56 C 47 74 40 88 26 88 C 12 88 3 76 4 56", 3),
                "body",
                "flat",
            ),
            Part(
                line("M 96 56 C 84 52 66 52 55 56 C 53 74 60 88 74 88 C 88 88 97 76 96 56", 3),
                "body",
                "flat",
            ),
            Part(line("M 44 59 C 47 54 53 54 56 59", 3), "body", "flat"),
        ),
        extent=96,
        foot=40,
    ),
}
