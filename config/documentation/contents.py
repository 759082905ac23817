"""The pages of the documentation and their order, from `docs/partners/contents.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

FOLDER = Path(settings.BASE_DIR, "docs", "partners")
#: The page at /docs/ itself.
FIRST = "overview"


@dataclass(frozen=True, slots=True)
class Page:
    """`title` and `summary` are the first heading and the first paragraph of its file."""

    name: str
    title: str
    summary: str
    source: str
    is_guide: bool

    @property
    def path(self) -> str:
        return "/docs/" if self.name == FIRST else f"/docs/{self.name}/"

    @property
    def markdown_path(self) -> str:
        return f"/docs/{self.name}.md"


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    pages: tuple[Page, ...]


@cache
def read_contents() -> tuple[Section, ...]:
    contents = tomllib.loads((FOLDER / "contents.toml").read_text())
    guides = set(contents["guides"])
    return tuple(
        Section(
            section["title"], tuple(_read_page(name, name in guides) for name in section["pages"])
        )
        for section in contents["sections"]
    )


@cache
def all_pages() -> dict[str, Page]:
    """Return the pages by name, in their order."""
    return {page.name: page for section in read_contents() for page in section.pages}


def neighbours(page: Page) -> tuple[Page | None, Page | None]:
    """Return the pages before and after this one."""
    pages = list(all_pages().values())
    at = pages.index(page)
    return pages[at - 1] if at else None, pages[at + 1] if at + 1 < len(pages) else None


def _read_page(name: str, is_guide: bool) -> Page:
    source = (FOLDER / "en" / f"{name}.md").read_text()
    title, summary, *_ = source.split("\n\n", 2)
    return Page(name, title.removeprefix("# "), summary, source, is_guide)
