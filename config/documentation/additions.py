"""Sections of `docs/api-additions.md`, which pages include by their headings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language, override

from config.documentation.contents import ENGLISH, FOLDER

_HEADING = re.compile(r"^(#{2,4}) (.+)$", re.MULTILINE)
_TAG = re.compile(r'{% addition "([^"]+)"(?: without="([^"]+)")?')


@cache
def read_additions(language: str = ENGLISH) -> str:
    translated = FOLDER / language / "api-additions.md"
    english = Path(settings.BASE_DIR, "docs", "api-additions.md")
    return (english if language == ENGLISH else translated).read_text()


@cache
def _translated_headings(language: str) -> dict[str, str]:
    """Return the headings by the English ones, in whose order they are."""
    texts = (_HEADING.findall(read_additions(code)) for code in (ENGLISH, language))
    return {english: own for (_, english), (_, own) in zip(*texts, strict=True)}


def headings() -> list[tuple[int, str]]:
    """Return the level and the text of each heading, in their order."""
    return [(len(marks), text) for marks, text in _HEADING.findall(read_additions())]


@dataclass(frozen=True, slots=True)
class Included:
    """A section that a page includes; `headings` are those inside it."""

    title: str
    headings: tuple[str, ...]


def included_in(source: str) -> list[Included]:
    """Read which sections a page includes, from its tags, by their English names."""
    with override(ENGLISH):
        return [
            Included(title, tuple(text for _, text in _HEADING.findall(_part(title, without))))
            for title, without in _TAG.findall(source)
        ]


def _part(title: str, without: str) -> str:
    return read_section(title, without=[without] if without else [])


def read_section(title: str, *, without: Iterable[str] = (), level: int = 3) -> str:
    """Return what stands under an English heading in the reader's language; its own headings begin
    at `level`.

    Raises `LookupError` if there is no such heading.
    """
    language = get_language() or ENGLISH
    titles = _translated_headings(language)
    own, text = _cut(read_additions(language), titles.get(title, title))
    for name in (titles.get(each, each) for each in without):
        _, left_out = _cut(text, name)
        heading = next(found for found in _HEADING.finditer(text) if found[2] == name)
        text = text.replace(f"{heading[0]}\n{left_out}", "")
    return _HEADING.sub(
        lambda found: f"{'#' * (len(found[1]) - own - 1 + level)} {found[2]}", text
    ).strip()


def _cut(text: str, title: str) -> tuple[int, str]:
    found = list(_HEADING.finditer(text))
    for place, heading in enumerate(found):
        if heading[2] == title:
            level = len(heading[1])
            after = (each.start() for each in found[place + 1 :] if len(each[1]) <= level)
            return level, text[heading.end() + 1 : next(after, len(text))]
    raise LookupError(f"docs/api-additions.md has no section {title!r}")
