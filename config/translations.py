"""The files with translations that processes read, compiled from `locale/*/LC_MESSAGES/django.po`.

They are not in the repository: compiled beside their sources, they can't differ from them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings


def stale_translations() -> Iterator[Path]:
    """Yield each .po file that was edited after it was last compiled."""
    for source, targets in _sources():
        edited = source.stat().st_mtime_ns
        if not all(target.exists() and target.stat().st_mtime_ns >= edited for target in targets):
            yield source


def compile_translations() -> None:
    """Compile the stale ones. Processes may do so at the same time: each replaces a whole file."""
    targets = dict(_sources())
    for source in stale_translations():
        with source.open("rb") as file:
            catalog = read_po(file, abort_invalid=True)
        own, *english = targets[source]
        _write(catalog, own)
        for target in english:
            _write(_in_english(catalog), target)


def _sources() -> Iterator[tuple[Path, list[Path]]]:
    """Yield each .po file with the files that are compiled from it: English from the first.

    Without a catalogue of its own, each text in English is looked up in the nine empty ones of the
    installed apps, which takes twice as long; a list has hundreds of texts.
    """
    for folder in map(Path, settings.LOCALE_PATHS):
        english = folder / settings.LANGUAGE_CODE / "LC_MESSAGES" / "django.mo"
        sources = (
            path for path in folder.glob("*/LC_MESSAGES/*.po") if path.parent != english.parent
        )
        for place, source in enumerate(sorted(sources)):
            yield source, [source.with_suffix(".mo"), *([] if place else [english])]


def _in_english(catalog: Catalog) -> Catalog:
    """Return a catalogue in which each text is its own translation."""
    english = Catalog(locale=settings.LANGUAGE_CODE)
    for message in catalog:
        if message.id:
            english.add(message.id, message.id, context=message.context)
    return english


def _write(catalog: Catalog, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=target.parent, delete=False) as compiled:
        write_mo(compiled, catalog)
    os.chmod(compiled.name, 0o644)  # the serving user differs from the one that installs
    os.replace(compiled.name, target)
