"""A language whose every text is its source in brackets: what stands outside them was not
translated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

import regex
from django.utils.translation import trans_real

OPEN, CLOSE = "⟦", "⟧"
#: Elements whose text is code, a name or a file, or in a language of its own.
_LITERAL = {"code", "kbd", "samp", "pre", "script", "style", "textarea", "svg", "time"}
_VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
}  # fmt: skip
_SPOKEN = ("alt", "aria-label", "placeholder", "title")
_WORD = regex.compile(r"\p{Latin}{2,}")
_TRANSLATED = regex.compile(rf"{OPEN}(?:[^{OPEN}{CLOSE}]|(?R))*{CLOSE}")


class _Catalogue:
    """What Django asks of a translation."""

    def gettext(self, message: str) -> str:
        return f"{OPEN}{message}{CLOSE}"

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
    before, trans_real._translations[code] = trans_real._translations[code], _Catalogue()
    try:
        yield
    finally:
        trans_real._translations[code] = before


def untranslated_words(html: str) -> set[str]:
    """Return the words in Latin letters that a reader of the page meets outside brackets."""
    reader = _Reader()
    reader.feed(html)
    text = " ".join(reader.texts)
    while (shorter := _TRANSLATED.sub(" ", text)) != text:
        text = shorter
    return set(_WORD.findall(text))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._literal: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if self._literal:
            if tag not in _VOID:
                self._literal.append(tag)
            return
        is_other = ("lang" in values and tag != "html") or values.get("translate") == "no"
        if tag in _LITERAL or is_other:
            if tag not in _VOID:
                self._literal.append(tag)
            return
        self.texts += [values[name] or "" for name in _SPOKEN if name in values]

    def handle_endtag(self, tag: str) -> None:
        if self._literal and tag in self._literal:
            while self._literal.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._literal:
            self.texts.append(data)
