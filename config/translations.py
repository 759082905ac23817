"""The files with translations that processes read, compiled from `locale/*/LC_MESSAGES/django.po`.

They are not in the repository: compiled beside their sources, they can't differ from them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings


def stale_translations() -> Iterator[Path]:
    """Yield each .po file that was edited after it was last compiled."""
    for folder in settings.LOCALE_PATHS:
        for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
            compiled = source.with_suffix(".mo")
            if not compiled.exists() or compiled.stat().st_mtime_ns < source.stat().st_mtime_ns:
                yield source


def compile_translations() -> None:
    """Compile the stale ones. Processes may do so at the same time: each replaces a whole file."""
    for source in stale_translations():
        with source.open("rb") as file:
            catalog = read_po(file, abort_invalid=True)
        with NamedTemporaryFile(dir=source.parent, delete=False) as compiled:
            write_mo(compiled, catalog)
        os.chmod(compiled.name, 0o644)  # the serving user differs from the one that installs
        os.replace(compiled.name, source.with_suffix(".mo"))
