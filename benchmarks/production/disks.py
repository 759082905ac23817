"""A disk that is soon full: a file with a file system of its own, mounted by a loop device."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_MIB = 1024 * 1024


class SmallDisk:
    """`size` MiB at `folder`, without space that is kept for root."""

    def __init__(self, folder: Path, *, size: int) -> None:
        self.folder, self._size = folder, size
        self._image, self._ballast = folder.with_suffix(".img"), folder / "ballast"
        self._is_mounted = False

    def mount(self) -> bool:
        """Return whether this machine lets us: containers often may not."""
        self.folder.mkdir()
        with self._image.open("wb") as image:
            image.truncate(self._size * _MIB)
        make = ["mkfs.ext4", "-q", "-m", "0", str(self._image)]
        mount = ["mount", "-o", "loop", str(self._image), str(self.folder)]
        self._is_mounted = all(
            subprocess.run(command, capture_output=True, check=False).returncode == 0
            for command in (make, mount)
        )
        self.folder.chmod(0o777)
        return self._is_mounted

    def fill(self) -> None:
        """Write until not a byte is left."""
        with self._ballast.open("wb", buffering=0) as ballast:
            for size in (_MIB, 4096, 1):
                try:
                    while True:
                        ballast.write(b"\0" * size)
                        os.fsync(ballast.fileno())
                except OSError:
                    continue

    def free_bytes(self) -> int:
        found = os.statvfs(self.folder)
        return found.f_bavail * found.f_frsize

    def free(self) -> None:
        self._ballast.unlink()

    def unmount(self) -> None:
        if self._is_mounted:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=False)
