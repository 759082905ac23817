"""The domains that the application itself serves, as links beside the shops' folders."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path


class DomainLinks:
    """`root/.domains/{host}` points at the folder of a shop, `root/.origins/{identifier}` at the
    shop's own origin; the web process needs no database."""

    def __init__(self, root: Path) -> None:
        self._folder = root / ".domains"
        self._origins = root / ".origins"

    def find(self, host: str) -> str:
        """Return the identifier of the host's shop, or ""."""
        return _read(self._folder / host).rpartition("/")[2]

    def find_origin(self, identifier: str) -> str:
        """Return such as `https://nova.in` for a shop with a domain of its own, or ""."""
        return _read(self._origins / identifier)

    def replace(self, hosts: Mapping[str, str], origins: Mapping[str, str]) -> None:
        """Serve these hosts and no others, with these origins of their shops."""
        _replace(self._folder, {host: f"../{identifier}" for host, identifier in hosts.items()})
        _replace(self._origins, origins)


def _read(link: Path) -> str:
    try:
        return os.readlink(link)
    except (OSError, ValueError):
        return ""


def _replace(folder: Path, wanted: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for link in folder.iterdir():
        if link.name not in wanted:
            link.unlink(missing_ok=True)
    for name, target in wanted.items():
        if _read(folder / name) != target:
            _point(folder, name, target)


def _point(folder: Path, name: str, target: str) -> None:
    draft = folder / f".{secrets.token_hex(6)}"
    # Another worker may take a draft for a name that is wanted no more.
    with suppress(FileNotFoundError):
        os.symlink(target, draft)
        draft.replace(folder / name)
