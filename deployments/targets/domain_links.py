"""The domains that the application itself serves, as links beside the shops' folders."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path


class DomainLinks:
    """`root/.domains/{host}` points at the folder of a shop; the web process needs no database."""

    def __init__(self, root: Path) -> None:
        self._folder = root / ".domains"

    def find(self, host: str) -> str:
        """Return the identifier of the host's shop, or ""."""
        try:
            return Path(os.readlink(self._folder / host)).name
        except (OSError, ValueError):
            return ""

    def replace(self, wanted: Mapping[str, str]) -> None:
        """Serve these hosts and no others."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for link in self._folder.iterdir():
            if link.name not in wanted:
                link.unlink(missing_ok=True)
        for host, identifier in wanted.items():
            if self.find(host) != identifier:
                self._point(host, identifier)

    def _point(self, host: str, identifier: str) -> None:
        draft = self._folder / f".{secrets.token_hex(6)}"
        # Another worker may take a draft for a host that is served no more.
        with suppress(FileNotFoundError):
            draft.symlink_to(Path("..") / identifier)
            draft.replace(self._folder / host)
