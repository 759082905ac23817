"""Packages that the product does not use, in a folder of the benchmark's own."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

_LOCK = Path(__file__).with_name("requirements.txt")


def folder() -> Path:
    """Where they are; the folder may be missing."""
    return Path(os.environ["SHOPIQ_DATA"]) / "peers"


def install() -> bool:
    """Installs the locked versions beside the product's; says so loudly where that fails."""
    if not folder().exists() and _install().returncode != 0:
        print("SKIPPED: the peers could not be installed; their rows are missing.", file=sys.stderr)
        return False
    return make_importable()


def make_importable() -> bool:
    """Whether they are there; afterwards they can be imported like the product's own packages."""
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
