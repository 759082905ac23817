"""Packages for comparison that the product does not use, in a separate folder."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

_LOCK = Path(__file__).with_name("requirements.txt")


def folder() -> Path:
    """Return the folder of the packages, which may be missing."""
    return Path(os.environ["SHOPIQ_DATA"]) / "peers"


def install() -> bool:
    """Install the locked versions; print a warning and return False if that fails."""
    if not folder().exists() and _install().returncode != 0:
        print("SKIPPED: the peers could not be installed; their rows are missing.", file=sys.stderr)
        return False
    return make_importable()


def make_importable() -> bool:
    """Add the folder to the import path; return False if it is missing."""
    if folder().exists() and str(folder()) not in sys.path:
        sys.path.append(str(folder()))
        importlib.invalidate_caches()
    return folder().exists()


def _install() -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [
            *(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", sys.executable),
            *("--no-deps", "--require-hashes", "--target", str(folder()), "-r", str(_LOCK)),
        ],
        check=False,
    )
