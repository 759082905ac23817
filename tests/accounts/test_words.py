"""Whatever the API answers, pages have words for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from accounts import error_help
from config.api import exceptions

_APPS = ("accounts", "billing", "config", "deployments", "imaging", "integrations")


def sources() -> Iterator[ast.AST]:
    """The whole product, parsed."""
    for app in _APPS:
        for file in (Path(settings.BASE_DIR) / app).rglob("*.py"):
            yield ast.parse(file.read_text())


def test_there_is_advice_on_every_code_that_the_api_answers_with() -> None:
    codes = set(exceptions._NAMES.values())
    for source in sources():
        codes |= {code for call in _refusals(source) for code in _code_of(call)}
    assert codes - set(error_help.CODES) == set()
    assert len(codes) > 25


def _refusals(source: ast.AST) -> list[ast.Call]:
    calls = [node for node in ast.walk(source) if isinstance(node, ast.Call)]
    return [call for call in calls if getattr(call.func, "id", "") in ("ApiError", "bad_request")]


def _code_of(call: ast.Call) -> list[str]:
    codes = [keyword.value for keyword in call.keywords if keyword.arg == "code"]
    return [code.value for code in codes if isinstance(code, ast.Constant)]
