"""Whatever the API answers and the audit trail records, pages have words for it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from accounts import audit_actions, error_help
from config.api import exceptions
from integrations.models import ConnectionEvent

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


def test_every_action_that_the_code_records_for_a_partner_has_words() -> None:
    found = {f"connection.{kind}" for kind in ConnectionEvent.Kind.values}
    for source in sources():
        found |= _actions(source)
    assert found == audit_actions.ACTIONS


_ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
#: Done to the platform, not to a partner.
_OF_NO_PARTNER = {"integration.changed", "integration.registered"}


def _actions(tree: ast.AST) -> set[str]:
    """Words with a dot that are, or may become, the action of an entry: literal arguments of
    `record_*` and of helpers that hand them on, and what is assigned to `action`."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and "record" in _name(node.func):
            found |= {text for each in [*node.args, *node.keywords] for text in _texts(each)}
        if isinstance(node, ast.Assign) and _name(node.targets[0]) == "action":
            found |= _texts(node.value)
    return found - _OF_NO_PARTNER


def _name(node: ast.AST) -> str:
    return str(getattr(node, "id", getattr(node, "attr", "")))


def _texts(node: ast.AST) -> set[str]:
    if isinstance(node, ast.keyword) and node.arg != "action":
        return set()
    texts = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant)]
    return {text for text in texts if isinstance(text, str) and _ACTION.fullmatch(text)}
