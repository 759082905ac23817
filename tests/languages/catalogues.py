"""The texts of the source, collected without gettext's tools, and their translations."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(settings.BASE_DIR)
LANGUAGES = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
_PACKAGES = ("accounts", "billing", "config", "deployments", "imaging", "integrations")
#: Which arguments of Django's functions are texts, as `makemessages` tells xgettext.
_KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
#: Context, text and plural ("" if there is none).
Key = tuple[str, str, str]


def collect_texts() -> dict[Key, Path]:
    """Return each text of the source that is marked for translation, with a file that has it."""
    return {key: path for path, source in _sources() for key in _texts_in(source)}


def read_catalogue(language: str) -> Catalog:
    path = ROOT / f"locale/{language}/LC_MESSAGES/django.po"
    with path.open("rb") as file:
        return read_po(file, locale=language)


def forms_of(text: object) -> tuple[str, ...]:
    """Return singular and plural, or the one text of a message without."""
    return tuple(map(str, text)) if isinstance(text, tuple | list) else (str(text),)


def _sources() -> Iterator[tuple[Path, str]]:
    for package in _PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            if "gettext" in (source := path.read_text()):
                yield path, source
    for path in (ROOT / "templates").rglob("*.*"):
        if "translate" in (source := path.read_text()):
            # In brackets, because the indentation is that of HTML.
            yield path, f"({templatize(source)})"


def _texts_in(source: str) -> Iterator[Key]:
    found = extract("python", BytesIO(source.encode()), _KEYWORDS)
    for _, text, _, context in found:
        one, *many = forms_of(text)
        if one:
            yield context or "", one, "".join(many)
