"""The pages of the documentation in the reader's language and their order, from
`docs/partners/contents.toml`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language

FOLDER = Path(settings.BASE_DIR, "docs", "partners")
#: The page at /docs/ itself.
FIRST = "overview"
ENGLISH = settings.LANGUAGE_CODE
_MARKUP = re.compile(r"\[([^\]]+)\]\([^)]+\)|`")


@dataclass(frozen=True, slots=True)
class Page:
    """`title` and `summary` are the first heading and the first paragraph of its file, as words."""

    name: str
    title: str
    summary: str
    source: str
    is_guide: bool
    language: str = ENGLISH

    @property
    def path(self) -> str:
        name = "" if self.name == FIRST else f"{self.name}/"
        return f"{self._prefix}/docs/{name}"

    @property
    def markdown_path(self) -> str:
        return f"{self._prefix}/docs/{self.name}.md"

    @property
    def _prefix(self) -> str:
        return "" if self.language == ENGLISH else f"/{self.language}"


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    pages: tuple[Page, ...]


def read_contents(language: str = "") -> tuple[Section, ...]:
    """Return the sections in a language, by default that of the reader."""
    return _read_contents(language or get_language() or ENGLISH)


@cache
def _read_contents(language: str) -> tuple[Section, ...]:
    contents = tomllib.loads((FOLDER / "contents.toml").read_text())
    guides = set(contents["guides"])
    return tuple(
        Section(
            section["title"][language],
            tuple(_read_page(name, name in guides, language) for name in section["pages"]),
        )
        for section in contents["sections"]
    )


def all_pages(language: str = "") -> dict[str, Page]:
    """Return the pages by name, in their order."""
    return {page.name: page for section in read_contents(language) for page in section.pages}


def neighbours(page: Page) -> tuple[Page | None, Page | None]:
    """Return the pages before and after this one."""
    pages = list(all_pages(page.language).values())
    at = pages.index(page)
    return pages[at - 1] if at else None, pages[at + 1] if at + 1 < len(pages) else None


def _read_page(name: str, is_guide: bool, language: str) -> Page:
    source = (FOLDER / language / f"{name}.md").read_text()
    title, summary, *_ = source.split("\n\n", 2)
    words = _MARKUP.sub(r"\1", summary)
    return Page(name, title.removeprefix("# "), words, source, is_guide, language)
