"""Pages of the documentation by their titles, for the search."""

from __future__ import annotations

from django.utils.translation import gettext

from config.documentation.contents import ENGLISH, all_pages
from config.pages.finders import MOST, Found, Hit


def find_guides(term: str) -> list[Found]:
    """Match the beginnings of words of titles, in the reader's language and in English."""
    english = all_pages(ENGLISH)
    hits = [
        Hit(page.title, page.path)
        for page in all_pages().values()
        if has_beginnings(f"{page.title} {english[page.name].title}", term)
    ]
    return [Found(gettext("Documentation"), tuple(hits[:MOST]), "docs")] if hits else []


def has_beginnings(text: str, term: str) -> bool:
    """Return whether words of the text begin as those of the term do, in any order."""
    words = text.lower().split()
    return all(any(word.startswith(each) for word in words) for each in term.lower().split())
