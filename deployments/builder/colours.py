"""Colours of the drawings, by the names that the catalogue uses. Pure."""

from __future__ import annotations

_NAMED = {
    "indigo": "#35508f",
    "navy": "#26365c",
    "sky": "#6fa8d6",
    "teal": "#2b8a8a",
    "sage": "#8aa383",
    "green": "#3f8a4f",
    "forest": "#2f5a44",
    "olive": "#7a7d45",
    "lime": "#a5c64a",
    "mustard": "#dba63a",
    "yellow": "#f3c63f",
    "orange": "#e8843c",
    "terracotta": "#c0623f",
    "red": "#cc4240",
    "maroon": "#7f2b3c",
    "rose": "#d98c94",
    "pink": "#ec9db4",
    "plum": "#74456f",
    "violet": "#7c62c4",
    "lilac": "#b7a3da",
    "tan": "#c79a68",
    "brown": "#855a3b",
    "cocoa": "#5a3d2e",
    "wood": "#b98555",
    "sand": "#dcc6a2",
    "cream": "#f4ead6",
    "ivory": "#faf5ea",
    "white": "#f7f7f5",
    "silver": "#b9c0c8",
    "grey": "#8a919b",
    "slate": "#55606e",
    "black": "#33353c",
    "gold": "#d3a345",
    "copper": "#bd7148",
}


def colour_of(name: str) -> str:
    """Return `#rrggbb`; raise `KeyError` for an unknown name."""
    return _NAMED[name]


def mix(colour: str, other: str, share: float) -> str:
    """Mix `share` of `other` into `colour`, channel by channel."""
    pairs = zip(channels(colour), channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def channels(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue from 0 to 255."""
    value = int(colour.removeprefix("#"), 16)
    return value >> 16, value >> 8 & 0xFF, value & 0xFF


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    linear = [_linear(value / 255) for value in channels(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)
