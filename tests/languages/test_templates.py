"""No template of a page or email has words of its own: they would stay English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.template.base import Lexer, TokenType

from tests.languages.pseudo import untranslated

FOLDER = Path(settings.BASE_DIR) / "templates"
#: English: pages and emails of staff, code, the API reference, files for programs.
_ENGLISH = ("admin", "staff", "samples", "openapi")
_FILES = ("front/robots.txt", "front/sitemap.xml")
_NAMES = {"ShopIQ", "· ShopIQ", "OpenAPI", "/dashboard/", "llms.txt"}
_LITERAL = re.compile(r"""(?<!_\()"([^"]*)\"""")
#: Filters whose argument is no text: an id of JSON, a format.
_NO_TEXT = re.compile(r"\|(?:json_script|date|time|urlencode):")


def _templates() -> Iterator[Path]:
    for path in sorted(FOLDER.rglob("*.*")):
        name = path.relative_to(FOLDER)
        if name.parts[0] not in _ENGLISH and str(name) not in _FILES:
            yield path


@pytest.mark.parametrize("suffix", [".html", ".txt"])
def test_words_are_marked_for_translation(suffix: str) -> None:
    """Also those that are arguments of filters, such as of `default`."""
    found = {
        path.name: words
        for path in _templates()
        if path.suffix == suffix and (words := set(_words_of(path.read_text())) - _NAMES)
    }
    assert not found


def _words_of(source: str) -> Iterator[str]:
    texts, is_translated = [], False
    for token in Lexer(source).tokenize():
        if token.token_type is TokenType.BLOCK and "blocktranslate" in token.contents:
            is_translated = token.contents.startswith("blocktranslate")
        elif token.token_type is TokenType.TEXT and not is_translated:
            texts.append(token.contents)
        elif token.token_type is TokenType.VAR and not _NO_TEXT.search(token.contents):
            yield from filter(re.compile("[A-Za-z]{2}").search, _LITERAL.findall(token.contents))
    yield from untranslated("".join(texts))
