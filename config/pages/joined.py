"""Static files that are put together from parts, so that a page needs one request for them.

They exist nowhere else: a finder of static files makes each, for the development server when it is
requested, for production when `collectstatic` runs.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage


class JoinedFinder(BaseFinder):
    """Finds one file, `name`, which consists of its `parts`, with `between` between them.

    What `left_out` matches is for those who read the parts: comments are a sixth of what a browser
    would load.
    """

    name: ClassVar[str]
    between: ClassVar[str] = "\n"
    left_out: ClassVar[re.Pattern[str]]

    def parts(self) -> Sequence[Path]:
        raise NotImplementedError

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        found = [str(self.write())] if path == self.name else []
        return found if find_all else (found[0] if found else [])

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        self.write()
        yield self.name, FileSystemStorage(location=_folder())

    def write(self) -> Path:
        """Put the parts together, and return where the result is."""
        file = _folder() / self.name
        text = self.left_out.sub("", self.between.join(part.read_text() for part in self.parts()))
        if not file.exists() or file.read_text() != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return file


@cache
def _folder() -> Path:
    """A folder of this process, which needs no rights anywhere else."""
    kept = tempfile.TemporaryDirectory(prefix="shopiq-joined-")
    _kept.append(kept)
    return Path(kept.name)


#: Deletes the folder at the end of the process.
_kept: list[tempfile.TemporaryDirectory[str]] = []
