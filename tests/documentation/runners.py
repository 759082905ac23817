"""Runs samples as their readers would, all of one language in one process."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

#: Stands before what each sample prints.
_MARK = "\x1e"
_PYTHON = f"""
import json, sys

def show(value):
    print(json.dumps(value))

for code in json.load(open(sys.argv[1])):
    print("{_MARK}", end="")
    exec(compile(code, "sample", "exec"), {{"print": show}})
"""
_NODE = 'console.log = (value) => process.stdout.write(JSON.stringify(value) + "\\n");\n'
#: The program of each language.
PROGRAMS = {"curl": "curl", "Python": "python3", "Node": "node", "PHP": "php"}


def need(language: str) -> None:
    """Without its program, say so, and fail in CI."""
    if shutil.which(PROGRAMS[language]):
        return
    reason = f"{PROGRAMS[language]} is missing: the {language} samples are NOT RUN"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def run_samples(language: str, codes: Iterable[str], folder: Path) -> list[str]:
    """Return what each sample prints."""
    file = folder / "samples"
    if language == "Python":
        file.write_text(json.dumps(list(codes)))
        return run(sys.executable, "-c", _PYTHON, str(file))
    if language == "Node":
        marked = (f'process.stdout.write("{_MARK}");\n{{\n{code}\n}}\n' for code in codes)
        file = file.with_suffix(".mjs")
        file.write_text(_NODE + "".join(marked))
        return run("node", str(file))
    if language == "PHP":
        file.write_text("".join(f'<?php echo "{_MARK}"; ?>{code}\n?>\n' for code in codes))
        return run("php", str(file))
    return run_shell(codes, folder)


def run_shell(codes: Iterable[str], folder: Path, **variables: str) -> list[str]:
    """Run commands one after the other in one shell, as a reader pastes them."""
    script = "".join(f"printf '\\036'\n{code}\n" for code in codes)
    return run("sh", "-c", script, folder=folder, **variables)


def run(*command: str, folder: Path | None = None, **variables: str) -> list[str]:
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, **variables},
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout.split(_MARK)[1:]
