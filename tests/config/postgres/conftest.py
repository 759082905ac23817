"""A PostgreSQL of its own for each test."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from config.local.postgres import Server


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Not in pytest's folders: they are private, and root's server runs as another user."""
    monkeypatch.setenv("SHOPIQ_POSTGRES_OPTIONS", "-c fsync=off")
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        made = Server(Path(folder, "data of a shop"))
        yield made
        made.stop()
