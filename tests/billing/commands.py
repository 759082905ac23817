"""Runs commands as a shell does."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

from django.core.management import call_command


def run(*words: str) -> str:
    """Return the output of the command."""
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def run_json(*words: str) -> dict[str, Any]:
    """The one JSON object that the command prints, on a line of its own."""
    printed = run(*words, "--json")
    assert printed.count("\n") == 1
    found = json.loads(printed)
    assert isinstance(found, dict)
    return found
