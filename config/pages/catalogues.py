"""Texts of pages found in one look-up.

Django keeps the catalogue of each app apart and searches nine of them for every English text, of
which a page has hundreds, only to find that none translates it.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import trans_real


class JoinedCatalogue(trans_real.TranslationCatalog):
    """The same texts; plural forms, which each catalogue counts in its own way, as before."""

    def __init__(self, parts: Any) -> None:
        self._catalogs, self._plurals = parts._catalogs, parts._plurals  # noqa: SLF001
        # The first catalogue that has a text decides.
        self._texts = {key: text for each in reversed(self._catalogs) for key, text in each.items()}

    def get(self, key: Any, default: Any = None) -> Any:
        return self._texts.get(key, default)


def join_catalogues() -> None:
    """Do so for all languages; when a catalogue changes, Django reads its own again."""
    for language, _ in settings.LANGUAGES:
        found: Any = trans_real.translation(language)
        found._catalog = JoinedCatalogue(found._catalog)  # noqa: SLF001 - no public name
