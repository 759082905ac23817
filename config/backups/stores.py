"""Where files of partners are: each app registers its folder or bucket."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from config.backups.errors import BackupError


class StoredFile(NamedTuple):
    name: str
    size: int


ListFiles = Callable[[], Iterable[StoredFile]]
_stores: dict[str, ListFiles] = {}


def file_store(name: str) -> Callable[[ListFiles], ListFiles]:
    """Register a function that lists all files that are kept for partners."""

    def register(function: ListFiles) -> ListFiles:
        _stores[name] = function
        return function

    return register


def list_stores() -> Iterator[tuple[str, Iterable[StoredFile]]]:
    """Yield each store's name and its files, whose iterator raises `BackupError`."""
    for name, function in sorted(_stores.items()):
        yield name, _list(name, function)


def _list(name: str, function: ListFiles) -> Iterator[StoredFile]:
    try:
        yield from function()
    except Exception as error:  # each store has its own
        raise BackupError(f"The files of {name} cannot be listed: {error}") from error


def files_below(folder: str) -> Iterator[StoredFile]:
    """List the files of a folder of this machine."""
    root = Path(folder)
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield StoredFile(str(path.relative_to(root)), path.stat().st_size)
