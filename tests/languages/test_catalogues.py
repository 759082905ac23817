"""Every text of the source has a translation that says the same with the same values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest
from babel.messages.catalog import Catalog, Message

from tests.languages.catalogues import LANGUAGES, Key, collect_texts, forms_of, read_catalogue

pytestmark = pytest.mark.parametrize("language", LANGUAGES)

_SCRIPTS = {
    "hi": re.compile("[\u0900-\u0963\u0966-\u097f]"),  # the danda belongs to both
    "as": re.compile("[\u0980-\u09ff]"),
}
#: Letters that are not of the language: Assamese has a ra of its own, and digits are European.
_FOREIGN = {
    "hi": re.compile("[\u0980-\u09ff\u0966-\u096f]"),
    "as": re.compile("[\u0900-\u0963\u0966-\u097f\u09b0\u09e6-\u09ef]"),
}
#: What is written in Latin letters in each language, where a text is nothing else.
NAMES = {
    "CGST", "Express", "Flask", "GST", "GSTIN", "ID", "IGST", "JSON", "Node", "PDF", "PHP",
    "Python", "ShopIQ", "URL", "llms", "txt",
}  # fmt: skip
_ENGLISH = re.compile(
    r"\b(?:the|and|or|of|to|in|is|are|was|be|your|you|our|with|for|not|this|that|from|on|at|by)\b",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|%[sd]|\{[^{}]*\}")
_TAG = re.compile(r"</?\w[^>]*>")
_CODE = re.compile(r"<code>.*?</code>|https?://\S+", re.DOTALL)


@cache
def _texts() -> dict[Key, str]:
    return {key: path.name for key, path in collect_texts().items()}


@cache
def _catalogue(language: str) -> Catalog:
    return read_catalogue(language)


def _key(message: Message) -> Key:
    one, *many = forms_of(message.id)
    return message.context or "", one, "".join(many)


def _pairs(language: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield each translation with its source, which may have a singular and a plural."""
    for message in _messages(language):
        yield from ((forms_of(message.id), text) for text in forms_of(message.string))


def _messages(language: str) -> list[Message]:
    return [message for message in _catalogue(language) if message.id]


def test_each_text_is_in_the_catalogue(language: str) -> None:
    """If it is not: see `locale/README.md`."""
    known = set(map(_key, _messages(language)))

    assert not {key: file for key, file in _texts().items() if key not in known}
    assert not known - set(_texts())


def test_each_text_is_translated_for_certain(language: str) -> None:
    catalogue = _catalogue(language)

    assert not [message.id for message in _messages(language) if message.fuzzy]
    assert not [sources for sources, text in _pairs(language) if not text.strip()]
    assert not list(catalogue.obsolete)
    plurals = [message for message in _messages(language) if len(forms_of(message.id)) > 1]
    assert {len(forms_of(message.string)) for message in plurals} == {catalogue.num_plurals}


def test_values_tags_and_blanks_are_those_of_the_source(language: str) -> None:
    """As a set: a translation may name a value twice, in another place."""

    def values(text: str) -> object:
        positional = [found for found in _PLACEHOLDER.findall(text) if "(" not in found]
        return set(_PLACEHOLDER.findall(text)), sorted(positional), Counter(_TAG.findall(text))

    def edges(text: str) -> tuple[str, str]:
        return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]

    for sources, text in _pairs(language):
        assert values(text) in list(map(values, sources)), text
        assert edges(text) in list(map(edges, sources)), text


def test_translations_are_in_the_script_of_the_language(language: str) -> None:
    for sources, text in _pairs(language):
        words = set(re.findall("[A-Za-z]{2,}", _TAG.sub("", _PLACEHOLDER.sub("", text))))
        if not _SCRIPTS[language].search(text):
            assert words <= NAMES, text
        assert not _FOREIGN[language].search(text), text
        assert not _ENGLISH.search(_TAG.sub("", _CODE.sub("", _PLACEHOLDER.sub("", text)))), text
        assert not (sources[-1].endswith(".") and text.endswith(".")), text
