"""Clients that are generated from the OpenAPI description compile, and call a real server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from config.openapi.generator import read_schema
from tests.factories import Keys
from tests.web import WebServer

HERE = Path(__file__).parent
NODE = HERE / "node"

pytestmark = pytest.mark.slow


@pytest.fixture
def schema_file(tmp_path: Path) -> Path:
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(read_schema()))
    return file


def run(*command: str | Path, folder: Path, **variables: str) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_python_client(
    keys: Keys, web_server: Callable[..., WebServer], schema_file: Path
) -> None:
    folder = schema_file.parent
    (folder / "config.yml").write_text("post_hooks: []\n")
    options = ("--path", schema_file.name, "--config", "config.yml", "--meta", "none")
    command = ("-m", "openapi_python_client", "generate", *options, "--fail-on-warning")
    run(sys.executable, *command, "--output-path", "shopiq_client", folder=folder)

    calls = shutil.copy(HERE / "calls.py", folder)
    # The generator's own client is not written for strict checks; its models are what counts.
    checks = ("--follow-imports", "silent", "--cache-dir", "types", "--config-file", "")
    run(sys.executable, "-m", "mypy", *checks, calls, folder=folder)
    run(sys.executable, calls, web_server().url, folder=folder, **as_variables(keys))


def test_the_typescript_client(
    keys: Keys, web_server: Callable[..., WebServer], schema_file: Path
) -> None:
    _need_packages()
    folder = schema_file.parent
    (folder / "node_modules").symlink_to(NODE / "node_modules")
    for name in ("calls.mts", "tsconfig.json"):
        shutil.copy(NODE / name, folder)
    tools = folder / "node_modules" / ".bin"

    run(str(tools / "openapi-typescript"), schema_file.name, "-o", "schema.d.mts", folder=folder)
    run(str(tools / "tsc"), "-p", ".", folder=folder)
    run("node", "calls.mjs", web_server().url, folder=folder, **as_variables(keys))


def as_variables(keys: Keys) -> dict[str, str]:
    return {"IMAGE_KEY": keys.test, "MANAGEMENT_KEY": keys.management}


def _need_packages() -> None:
    """Without Node or its packages, say so, and fail in CI."""
    if shutil.which("node") and (NODE / "node_modules").is_dir():
        return
    reason = (
        f"The TypeScript client is NOT COMPILED: run `npm ci` in {NODE.relative_to(Path.cwd())}"
    )
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
