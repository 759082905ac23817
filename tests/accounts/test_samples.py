"""The code that pages show beside a new key: it runs as it is."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string

from accounts.services.keys import create_key
from accounts.views.samples import LANGUAGES, sample_context
from tests.factories import PartnerFactory

pytestmark = pytest.mark.slow

COMMANDS = {
    "curl": ["sh", "sample.curl"],
    "python": [sys.executable, "sample.python"],
    "node": ["node", "--input-type=module", "--eval"],
    "php": ["php", "sample.php"],
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("environment", ["test", "live"])
def test_it_prints_the_response(
    web_server: Any, settings: Any, tmp_path: Path, language: str, environment: str
) -> None:
    program = COMMANDS[language][0]
    if shutil.which(program) is None:
        pytest.skip(f"NOT RUN: {program} is not installed, so no one has run the {language} code")
    settings.PUBLIC_URL = web_server().url
    partner = PartnerFactory.create()
    issued = create_key(partner=partner, environment=environment, actor="asha@shopiq.test")
    code = unescape(render_to_string(f"samples/{language}.html", sample_context(issued)))
    (tmp_path / f"sample.{language}").write_text(code)
    command = [*COMMANDS[language], *([code] if language == "node" else [])]

    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=True
    )

    printed = done.stdout
    if environment == "live":  # reads the usage, which costs no points
        assert "last30Days" in printed
        return
    assert "ShopIQ+Test" in printed
    if language in {"curl", "php"}:
        assert json.loads(printed)["data"]["testMode"] is True
