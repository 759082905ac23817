"""What a backup says of itself."""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from config.backups.errors import BackupError
from config.backups.stores import StoredFile

MANIFEST, DUMP = "manifest.json", "database.dump"
_CHUNK = 2**20


@dataclass(frozen=True, slots=True)
class Manifest:
    created_at: str
    server_major: int
    dump_sha256: str
    #: Rows of each table, read in the snapshot that was dumped.
    rows: dict[str, int]
    #: The last migration of each app.
    migrations: dict[str, str]
    keys: dict[str, str]
    #: Number of files and bytes by store.
    stores: dict[str, dict[str, int]] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        text = json.dumps(asdict(self), indent=2, sort_keys=True)
        (folder / MANIFEST).write_text(f"{text}\n")


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a complete backup; raise `BackupError`."""
    try:
        found: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        manifest = Manifest(**found)
    except (OSError, ValueError, TypeError) as error:
        raise BackupError(f"{folder} is not a backup: {error}") from error
    try:
        is_intact = hash_file(folder / DUMP) == manifest.dump_sha256
    except OSError as error:
        raise BackupError(f"{folder} has no dump: {error.strerror}") from error
    if not is_intact:
        raise BackupError(f"The dump in {folder} is damaged: its hash is not that of the manifest.")
    return manifest


def hash_file(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def write_list(folder: Path, store: str, files: Iterable[StoredFile]) -> dict[str, int]:
    """Write the names and sizes of a store's files; return how many there are, and their bytes."""
    number = size = 0
    with gzip.open(folder / f"{store}.jsonl.gz", "wt") as target:
        for file in files:
            target.write(f"{json.dumps([file.name, file.size])}\n")
            number, size = number + 1, size + file.size
    return {"files": number, "bytes": size}


def read_list(folder: Path, store: str) -> set[StoredFile]:
    """Return what the store had; raise `BackupError`."""
    path = folder / f"{store}.jsonl.gz"
    try:
        with gzip.open(path, "rt") as source:
            return {StoredFile(*json.loads(line)) for line in source}
    except (OSError, EOFError, ValueError, TypeError, zlib.error) as error:
        raise BackupError(f"The list {path} is damaged: {error}") from error
