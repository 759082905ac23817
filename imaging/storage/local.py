"""Images in a folder of this machine, served by the application itself."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from imaging.storage.base import StorageError, check_name


class LocalStorage:
    """Stores files below `root`; `base_url` is the public URL prefix of their names."""

    def __init__(self, root: Path, base_url: str) -> None:
        self._root = root
        self._base_url = base_url.rstrip("/")

    def save(self, name: str, data: bytes) -> str:
        target = self._path(name)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            _write_atomically(target, data)
        except OSError as error:
            raise StorageError(f"the image could not be written: {error.strerror}") from error
        return self.url(name)

    def delete(self, names: Iterable[str]) -> None:
        for path in [self._path(name) for name in names]:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise StorageError(f"an image was not deleted: {error.strerror}") from error

    def move(self, source: str, target: str, *, is_public: bool) -> None:
        here, there = self._path(source), self._path(target)
        try:
            there.parent.mkdir(parents=True, exist_ok=True)
            here.replace(there)
        except FileNotFoundError:
            return
        except OSError as error:
            raise StorageError(f"an image was not moved: {error.strerror}") from error
        for folder in (here.parent, there.parent):
            _sync_folder(folder)

    def url(self, name: str) -> str:
        return f"{self._base_url}/{check_name(name)}"

    def _path(self, name: str) -> Path:
        return self._root / check_name(name)


def _write_atomically(target: Path, data: bytes) -> None:
    """Write so that readers see no file or the whole one, even after a power cut."""
    descriptor, draft = tempfile.mkstemp(prefix=".", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            # mkstemp's 0600 would hide the image from a web server of another user.
            os.fchmod(file.fileno(), 0o644)
            os.fsync(file.fileno())
        os.replace(draft, target)
    except BaseException:
        os.unlink(draft)
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Sync the folder: a power cut could otherwise lose the new name after the charge."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
