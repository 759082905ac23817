"""The code blocks of the documentation, read from its pages as they are served."""

from __future__ import annotations

import re
from dataclasses import dataclass

from config.documentation.contents import all_pages
from config.documentation.markdown import read_markdown
from config.documentation.rendering import page_markdown


@dataclass(frozen=True, slots=True)
class Fence:
    """`sample` and `endpoint` are those of the tabs in which the same request has four forms."""

    page: str
    language: str
    text: str
    sample: str = ""
    endpoint: str = ""

    def __str__(self) -> str:
        return f"/docs/{self.page}/, {self.endpoint or self.language}"


def read_fences() -> list[Fence]:
    return [
        _read(page.name, token.info, token.content)
        for page in all_pages().values()
        for token in read_markdown(page_markdown(page))
        if token.type == "fence"
    ]


def fences_of(language: str, *, page: str = "") -> list[Fence]:
    """Return those outside of tabs, of one page or of all."""
    return [
        each
        for each in read_fences()
        if each.language == language and not each.sample and page in ("", each.page)
    ]


def _read(page: str, info: str, text: str) -> Fence:
    language, _, rest = info.partition(" ")
    options = dict(re.findall(r"(sample|endpoint)=(\S+)", rest))
    return Fence(page, language, text, **options)
