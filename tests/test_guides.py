"""Commands of the guides to production; `python -m benchmarks.production.guides` runs them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.guides import read_blocks

ROOT = Path(__file__).resolve().parents[1]
GUIDES = ("production", "upgrade", "backup", "runbooks")
BLOCKS = read_blocks(*GUIDES)


def test_the_commands_that_need_a_machine_of_their_own_are_few_and_marked() -> None:
    marked = [block for block in BLOCKS if not block.runs_anywhere]
    assert {block.guide for block in marked} == {"production", "upgrade"}
    words = re.compile(r"\b(?:systemctl|apt-get|useradd|ln) ")
    assert [
        str(block) for block in BLOCKS if block.runs_anywhere and words.search(block.text)
    ] == []


def test_shellcheck_accepts_the_commands() -> None:
    # The settings are in files of the installation, and `cd` is followed by what shows its failure.
    shellcheck = Path(sys.executable).with_name("shellcheck")
    command: list[str | Path] = [shellcheck, "--exclude=SC1091,SC2034,SC2164"]
    with TemporaryDirectory() as name:
        for number, block in enumerate(BLOCKS):
            file = Path(name, f"{number:02} {block.guide}.sh")
            file.write_text(f"#!/bin/bash\n{block.text.replace('…', 'secret')}")
        done = subprocess.run(
            [*command, *sorted(Path(name).iterdir())], capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stdout


def test_the_settings_that_the_guide_writes_pass_all_checks(tmp_path: Path) -> None:
    [block] = [each for each in BLOCKS if "shopiq.env <<" in each.text]
    written = block.text.replace("/etc/shopiq", str(tmp_path)).replace("/var/lib/shopiq", "data")
    # The roles are made by PostgreSQL's superuser; tests/test_deploy.py does that.
    script = re.sub(r"^runuser .*?\.sql$", "", written, flags=re.MULTILINE | re.DOTALL)
    run(["bash", "-euc", script], env={"PATH": os.environ["PATH"]})
    (tmp_path / "staticfiles.json").touch()

    command = f"set -a; . {tmp_path}/shopiq.env; exec {sys.executable} manage.py check --deploy"
    run(
        ["bash", "-euc", f"{command} --fail-level WARNING"],
        env={"PATH": os.environ["PATH"], "STATIC_ROOT": str(tmp_path)},
    )

    assert {path.name for path in tmp_path.glob("*.env")} == {"shopiq.env", "owner.env"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.glob("*.env"))


def run(command: list[str], *, env: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_guides_start_units_that_are_shipped() -> None:
    text = "".join(block.text for block in BLOCKS)
    named = set(re.findall(r"shopiq-?\w*(?:@|\.target|\.timer)?", " ".join(_systemctl(text))))
    shipped = {path.name for path in (ROOT / "deploy/systemd").iterdir()}
    assert {f"{name}.service" if "." not in name else name for name in named} <= shipped


def _systemctl(text: str) -> list[str]:
    return [line for line in text.splitlines() if "systemctl" in line]
