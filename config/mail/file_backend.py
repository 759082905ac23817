"""The mail backend of the development installation."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail.backends import filebased


class FolderBackend(filebased.EmailBackend):
    """Write one file per message, into a folder that other users of the machine cannot read.

    Links in emails open accounts.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        Path(settings.EMAIL_FILE_PATH).mkdir(mode=0o700, parents=True, exist_ok=True)
        super().__init__(*args, **kwargs)
        # Django names the file by the object's address, which a later message may have, too: both
        # would be in one file. The microseconds also keep them in order.
        name = f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}{secrets.randbelow(10**6):06d}.log"
        self._fname = str(Path(settings.EMAIL_FILE_PATH) / name)

    def close(self) -> None:
        """Leave no file behind if the folder was only tried."""
        super().close()
        file = Path(str(self._fname))
        if file.exists() and not file.stat().st_size:
            file.unlink()
