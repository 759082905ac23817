"""Programs that the files in deploy/ are for."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

_ROOT = Path(__file__).resolve().parents[1]
DEPLOY = _ROOT / "deploy"
#: Made there; Python reads no bytecode whose source is missing.
_LEFT_OUT = "*.mo"
#: Where a user's PATH does not look.
SBIN = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"


def program(name: str) -> str:
    found = shutil.which(name, path=SBIN)
    if not found:
        pytest.skip(f"{name} is not installed")
    return found


def run(*command: str | Path, **options: Any) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, done.stdout + done.stderr


def copy_image(folder: Path) -> None:
    """Copy what the Dockerfile puts into the image's /app to `folder`."""
    copied = re.findall(r"^COPY (\S+) \./(\S*)$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    for source, target in copied:
        if (_ROOT / source).is_dir():
            left_out = shutil.ignore_patterns(_LEFT_OUT)
            shutil.copytree(_ROOT / source, folder / target, ignore=left_out)
        else:
            shutil.copy(_ROOT / source, folder / (target or source))
