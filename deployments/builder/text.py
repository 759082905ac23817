"""Clean, shorten and measure names in any script. Pure functions."""

from __future__ import annotations

import hashlib
import re
import unicodedata

#: Characters that XML refuses, and those that turn the direction of the text around them.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_JOINER = "\u200d"
#: The canonical combining class of a virama, which binds the letter that follows.
_VIRAMA = 9
_SLUG_GAP = re.compile(r"[^a-z0-9]+")


def clean_text(text: str) -> str:
    """Reduce to one line without unprintable characters."""
    return " ".join(_UNPRINTABLE.sub("", text).split())


def hash_of(content: bytes) -> str:
    """Return what names a file that changes with its content only."""
    return hashlib.sha256(content).hexdigest()[:12]


def slug_of(name: str) -> str:
    """Convert `Fashion & Clothing` to `fashion-clothing`; for our own ASCII names only."""
    return _SLUG_GAP.sub("-", name.lower()).strip("-")


def initial_of(name: str) -> str:
    """Return the first letter with its vowel signs, or a symbol if there is no letter."""
    start = next((place for place, char in enumerate(name) if char.isalnum()), 0)
    end = start + 1
    while end < len(name) and _belongs_to(name[end - 1], name[end]):
        end += 1
    return name[start:end].upper()


def _belongs_to(before: str, char: str) -> bool:
    is_mark = unicodedata.category(char).startswith("M") or char == _JOINER
    return is_mark or before == _JOINER or unicodedata.combining(before) == _VIRAMA


def width_of(text: str) -> float:
    """Estimate the width of the text in ems of a medium bold font."""
    return sum(_char_width(char) for char in text)


def _char_width(char: str) -> float:  # noqa: PLR0911 - one return a case
    match unicodedata.category(char):
        case "Mn" | "Me" | "Cf":
            return 0.05
        case "Mc":
            return 0.6
    if unicodedata.east_asian_width(char) in "WF":
        return 1.1
    if "\u0900" <= char <= "\u0dff":
        # The scripts of India; Tamil and Malayalam are the widest of them.
        return 1.2 if "\u0b80" <= char <= "\u0bff" or char >= "\u0d00" else 0.85
    if char in " .,'il|!":
        return 0.3
    if char in "MWmw@%":
        return 1.05
    return 0.72 if char.isupper() or char > "\u024f" else 0.58


def wrap_text(text: str, width: float, lines: int) -> list[str]:
    """Wrap to at most `lines` lines of about `width` ems, ending with an ellipsis if cut."""
    rows = [""]
    for word in text.split():
        joined = f"{rows[-1]} {word}".strip()
        if width_of(joined) <= width or not rows[-1]:
            rows[-1] = joined
        else:
            rows.append(word)
    if len(rows) > lines:
        rows = [*rows[: lines - 1], f"{rows[lines - 1]} …"]
    return [_cut(row, width) for row in rows]


def _cut(row: str, width: float) -> str:
    if width_of(row) <= width:
        return row
    while width_of(row) > width - 1:
        row = row[:-1]
    return f"{row.rstrip()}…"
