"""Schemathesis explores the API by its OpenAPI description, on a real server with test keys."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from config.openapi.generator import read_schema
from tests.factories import partner_with_keys
from tests.web import WebServer

OPTIONS = (
    *("--checks", "all"),
    # A schema cannot say all that a body must fulfil, such as a public URL; and the API ignores
    # members and headers that it does not know.
    *("--exclude-checks", "positive_data_acceptance,negative_data_rejection"),
    *("--phases", "examples,coverage,stateful"),
    *("--request-timeout", "120"),
    *("--suppress-health-check", "all"),
    "--generation-deterministic",
    "--continue-on-failure",
    "--no-color",
)

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("base", "kind"), [("/partner/", "test"), ("/api/v2/", "management_test")])
def test_every_answer_is_as_described_and_none_is_a_server_error(
    live_db: None, web_server: Callable[..., WebServer], tmp_path: Path, base: str, kind: str
) -> None:
    keys = partner_with_keys(requests_per_minute=1_000_000, requests_per_day=1_000_000)
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(without_rehearsals(read_schema())))

    command = ("run", str(file), "--url", web_server().url, "--include-path-regex", f"^{base}")
    key = ("-H", f"X-API-Key: {getattr(keys, kind)}")
    done = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", *command, *key, *OPTIONS],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr


def without_rehearsals(schema: dict[str, Any]) -> dict[str, Any]:
    """Leave out the header that makes a call fail on purpose."""
    paths = {
        path: {
            method: {
                **operation,
                "parameters": [
                    each
                    for each in operation["parameters"]
                    if each.get("name") != "X-ShopIQ-Simulate"
                ],
            }
            for method, operation in methods.items()
        }
        for path, methods in schema["paths"].items()
    }
    return {**schema, "paths": paths}
