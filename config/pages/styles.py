"""`css/pages.css`, the one stylesheet of all pages, put together from the files in `static/css`.

It exists nowhere else: a finder of static files makes it, for the development server when it is
requested, for production when `collectstatic` runs.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

NAME = "css/pages.css"
#: Come first, in this order; later files can override them.
_FIRST = ("tokens", "app", "shell")
#: The administration and the pages of shops' visitors have stylesheets of their own.
_OTHERS = ("admin", "reports", "chat")


class StylesFinder(BaseFinder):
    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        found = [str(write_styles())] if path == NAME else []
        return found if find_all else (found[0] if found else [])

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        write_styles()
        yield NAME, FileSystemStorage(location=_folder())


def write_styles() -> Path:
    """Put the parts together, and return where the result is."""
    file = _folder() / NAME
    text = "\n".join(part.read_text() for part in _parts())
    if not file.exists() or file.read_text() != text:
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    return file


def _parts() -> list[Path]:
    folder = Path(settings.BASE_DIR, "static", "css")
    others = sorted(file for file in folder.glob("*.css") if not file.stem.startswith(_OTHERS))
    first = [folder / f"{name}.css" for name in _FIRST]
    return [*first, *(file for file in others if file not in first)]


@cache
def _folder() -> Path:
    """A folder of this process, which needs no rights anywhere else."""
    kept = tempfile.TemporaryDirectory(prefix="shopiq-styles-")
    _kept.append(kept)
    return Path(kept.name)


#: Deletes the folder at the end of the process.
_kept: list[tempfile.TemporaryDirectory[str]] = []
