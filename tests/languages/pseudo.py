"""A language whose every text is its source in brackets: what stands outside them was not
translated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

from django.utils.translation import trans_real

OPEN, CLOSE = "⟦", "⟧"
#: Elements whose text is code, a name or a file, or in a language of its own.
_LITERAL = {"code", "kbd", "samp", "pre", "script", "style", "textarea"}
_VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
}  # fmt: skip
#: Attributes that are read aloud, shown, or shown by a script.
_SPOKEN = re.compile(
    "alt|aria-(?:label|description|roledescription|valuetext)|label|placeholder|title"
)
_BUTTONS = {"submit", "button", "reset"}
_DESCRIPTIONS = {"description", "og:title", "og:description", "og:image:alt", "twitter:title"}
_BRACKET = re.compile(f"([{OPEN}{CLOSE}])")
_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]{2,}")


class _Catalogue:
    """What Django asks of a translation."""

    def gettext(self, message: str) -> str:
        return f"{OPEN}{message.rpartition(trans_real.CONTEXT_SEPARATOR)[2]}{CLOSE}"

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return self.gettext(singular if number == 1 else plural)

    def pgettext(self, context: str, message: str) -> str:
        return self.gettext(message)

    def npgettext(self, context: str, singular: str, plural: str, number: int) -> str:
        return self.ngettext(singular, plural, number)

    def __getattr__(self, name: str) -> Any:
        return getattr(trans_real.translation("en"), name)

    def to_language(self) -> str:
        return "hi"

    def language(self) -> str:
        return "hi"


@contextmanager
def pseudo_language(code: str = "hi") -> Iterator[None]:
    """Let `code` be the language in brackets."""
    trans_real.translation(code)
    # Django makes a new one whenever a setting of languages changes, such as in another test.
    catalogues: dict[str, Any] = getattr(trans_real, "_translations")  # noqa: B009 - not in its types
    before, catalogues[code] = catalogues[code], _Catalogue()
    try:
        yield
    finally:
        catalogues[code] = before


def untranslated(html: str) -> Iterator[str]:
    """Yield what a reader of the page meets that has Latin letters and stands outside brackets.

    Brackets may open in one text and close in another: a translation can have tags.
    """
    reader = _Reader()
    reader.feed(html)
    depth = 0
    for piece in (piece for text in reader.texts for piece in _BRACKET.split(text)):
        if piece == OPEN:
            depth += 1
        elif piece == CLOSE:
            depth -= 1
        elif not depth and _WORD.search(piece):
            yield " ".join(piece.split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._literal: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        is_other = ("lang" in values and tag != "html") or values.get("translate") == "no"
        if self._literal or tag in _LITERAL or is_other:
            if tag not in _VOID:
                self._literal.append(tag)
            return
        self.texts += [value for name, value in values.items() if _is_spoken(tag, name, value)]
        if tag == "input" and values.get("type") in _BUTTONS:
            self.texts.append(values.get("value", ""))
        if {values.get("name"), values.get("property")} & _DESCRIPTIONS:
            self.texts.append(values.get("content", ""))

    def handle_endtag(self, tag: str) -> None:
        if self._literal and tag in self._literal:
            while self._literal.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._literal:
            self.texts.append(data)


def _is_spoken(tag: str, name: str, value: str) -> bool:
    """Titles of times are in UTC, as in logs. Data of scripts have no blanks; their texts do."""
    if name.startswith("data-") and not name.startswith("data-hx-"):
        return " " in value or value[:1] == OPEN
    return bool(_SPOKEN.fullmatch(name)) and (tag, name) != ("time", "title")
