"""docs/retention.md names every table once, and every rule that deletes."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from django.apps import apps

from config.jobs import retention

PAGE = (Path(__file__).resolve().parents[2] / "docs/retention.md").read_text()


def test_every_table_has_its_retention() -> None:
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    prefixes = "|".join(sorted({table.partition("_")[0] for table in tables}))
    named = Counter(re.findall(rf"`((?:{prefixes})_\w+)`", PAGE))
    assert set(named) == tables
    assert [name for name, times in named.items() if times > 1] == []


def test_every_rule_is_named() -> None:
    rules = {rule.__name__ for rule in retention._rules}
    assert set(re.findall(r"`(purge_\w+)`", PAGE)) == rules
