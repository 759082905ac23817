"""The languages of a shop's own texts.

`words/{code}.toml` maps the English texts of templates, categories, options and script to their
translations; the products are translated beside the catalogue.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "words"
#: Texts that the script shows.
SCRIPT = (
    "This browser does not let us keep a cart. Please order by message.",
    "See your cart",
    "In your cart.",
    "Quantity of {name}",
    "Remove {name}",
    "Total {total}",
    "{name} was removed.",
    "Order for {brand}",
    "Total: {total}",
    "Name",
    "Phone",
    "Address",
    "Note",
    "Copied. Paste it into a message to us.",
    "Selected. Copy it with your keyboard or a long press.",
    "{count} product for “{query}”",
    "{count} products for “{query}”",
)


@dataclass(frozen=True, slots=True)
class Language:
    """`code` is that of the page (BCP 47)."""

    code: str
    words: Mapping[str, str]

    def say(self, text: str) -> str:
        """Translate a text of ours; one without a translation stays English."""
        return self.words.get(text, text)

    def script_words(self) -> dict[str, str]:
        return {text: self.words[text] for text in SCRIPT if text in self.words}


@cache
def load_language(code: str) -> Language:
    """Load a language; English needs no file."""
    if code == "en":
        return Language(code, {})
    return Language(code, tomllib.loads((_FOLDER / f"{code}.toml").read_text(encoding="utf-8")))
