"""Rows of partners are looked up through `of`, unless all partners are meant."""

from __future__ import annotations

import re
from pathlib import Path

from django.apps import apps

from config.db.owned import OwnedQuerySet

ROOT = Path(__file__).resolve().parents[2]
#: What may follow the manager of an owned model; `raw` calls a function, whose SQL names the
#: partner (see `test_catalogue`).
ALLOWED = {"of", "of_both", "of_live", "of_sandboxes", "of_all", "create", "bulk_create", "raw"}


def owned_models() -> list[str]:
    models = apps.get_models()
    return [
        each.__name__ for each in models if isinstance(each._default_manager.all(), OwnedQuerySet)
    ]


def test_every_lookup_of_owned_rows_starts_with_of() -> None:
    manager = re.compile(rf"\b({'|'.join(owned_models())})\.objects\b(?:\s*\.(\w+))?")
    found = []
    for app in apps.get_app_configs():
        folder = Path(app.path)
        if folder.parent != ROOT:
            continue
        for path in folder.rglob("*.py"):
            text = path.read_text()
            for match in manager.finditer(text):
                if match[2] not in ALLOWED:
                    line = text.count("\n", 0, match.start()) + 1
                    found.append(f"{path.relative_to(ROOT)}:{line} {match[0]}")
    assert found == []


def test_one_function_locks_a_partner() -> None:
    lock = re.compile(r"\bPartner\.(?:objects|with_sandboxes)\b[^\n]*\bselect_for_update\b")
    places = [
        str(path.relative_to(ROOT))
        for app in apps.get_app_configs()
        if Path(app.path).parent == ROOT
        for path in Path(app.path).rglob("*.py")
        if lock.search(path.read_text())
    ]
    assert places == ["accounts/services/locks.py"]


def test_figures_and_searches_of_staff_have_no_test_rows() -> None:
    """Those of sandboxes are found by lists alone, which say so."""
    folders = [path for name in ("backoffice", "reports") for path in ROOT.glob(f"*/{name}")]
    modules = [path for folder in folders for path in folder.rglob("*.py")]

    assert len(modules) > 20
    assert [str(path) for path in modules if ".of_all()" in path.read_text()] == []
