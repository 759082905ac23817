"""Files of the data folder that no other user may read or lock."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO


def open_private(path: Path) -> IO[bytes]:
    """Open for reading and appending, as a file that its owner alone may open.

    A user who may read a file may also hold its lock, so that the platform would not start.
    """
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    file = os.fdopen(os.open(path, flags, 0o600), "ab+")
    if os.fstat(file.fileno()).st_uid == os.geteuid():
        os.fchmod(file.fileno(), 0o600)  # an earlier version's may be open to all
    return file
