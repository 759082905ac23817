"""The folder in which processes of one web server count, see `PROMETHEUS_MULTIPROC_DIR`."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

_PREFIX = "shopiq-counts-"
#: Held open, and with it the lock, by this process and its children.
_held: list[int] = []


def memory_folder() -> str | None:
    """Return where files are in memory, if there is such a place."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - memory


def make_metrics_folder(parent: str | None = None) -> str:
    """Create a folder that is locked as long as this web server runs.

    Removes those of servers that were killed: they had no time to do it.
    """
    parent = parent or memory_folder() or tempfile.gettempdir()
    for left in Path(parent).glob(f"{_PREFIX}*"):
        _remove_if_left(left)
    # It gets its name when it is locked: no one takes it for one that was left.
    new = Path(tempfile.mkdtemp(prefix=".shopiq-", dir=parent))
    handle = os.open(new, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    _held.append(handle)
    named = new.with_name(f"{_PREFIX}{new.name.removeprefix('.shopiq-')}")
    return str(new.rename(named))


def _remove_if_left(folder: Path) -> None:
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:  # another user's
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:  # in use
        pass
    finally:
        os.close(handle)
