"""Translations are compiled without the tools of gettext, when their sources were edited."""

from __future__ import annotations

import gettext
import os
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import PoFileError
from django.core.management import call_command

from config.translations import stale_translations

PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "Key"
msgstr "%s"

#, fuzzy
msgid "Point"
msgstr "guessed"
"""


@pytest.fixture
def source(settings: Any, tmp_path: Path) -> Path:
    settings.LOCALE_PATHS = [tmp_path]
    path = tmp_path / "hi" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(PO % "कुंजी")
    return path


def translate(source: Path, text: str) -> str:
    with source.with_suffix(".mo").open("rb") as compiled:
        return gettext.GNUTranslations(compiled).gettext(text)


def test_the_compiled_file_has_the_translations_but_no_guesses(source: Path) -> None:
    call_command("compilemessages")
    assert translate(source, "Key") == "कुंजी"
    assert translate(source, "Point") == "Point"
    assert set(source.parent.iterdir()) == {source.with_suffix(".mo"), source}


def test_an_edited_file_is_compiled_again_and_no_other(source: Path) -> None:
    call_command("compilemessages")
    assert list(stale_translations()) == []
    compiled = source.with_suffix(".mo").stat()
    call_command("compilemessages")
    assert source.with_suffix(".mo").stat() == compiled

    source.write_text(PO % "चाबी")
    os.utime(source, ns=(0, compiled.st_mtime_ns + 1))
    assert list(stale_translations()) == [source]
    call_command("compilemessages")
    assert translate(source, "Key") == "चाबी"


class _Missing(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return f"no {message}"


def test_english_has_a_catalogue_in_which_texts_are_their_own_translations(source: Path) -> None:
    english = source.parents[2] / "en" / "LC_MESSAGES" / "django.po"
    english.parent.mkdir(parents=True)
    english.write_text(PO % "")  # of `makemessages --all`
    call_command("compilemessages")
    with english.with_suffix(".mo").open("rb") as compiled:
        catalogue = gettext.GNUTranslations(compiled)
    catalogue.add_fallback(_Missing())
    assert [catalogue.gettext(text) for text in ("Key", "Gate")] == ["Key", "no Gate"]

    english.with_suffix(".mo").unlink()
    assert list(stale_translations()) == [source]


def test_a_broken_file_changes_nothing(source: Path) -> None:
    call_command("compilemessages")
    source.write_text(PO % "कुंजी" + "<<<<<<< of a merge\n")
    os.utime(source, ns=(0, source.with_suffix(".mo").stat().st_mtime_ns + 1))
    with pytest.raises(PoFileError):
        call_command("compilemessages")
    assert translate(source, "Key") == "कुंजी"
    assert len(list(source.parent.iterdir())) == 2


def test_those_of_the_platform_are_compiled_for_every_test() -> None:
    assert list(stale_translations()) == []
