"""No list of staff, no filter and no search reads or sorts a large table, whatever its size."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import RequestLog
from config.admin.change_lists import MOST_ROWS, FilteredLists
from tests.staff import superuser
from tests.staff_rows import fill, fillable

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(3600)]

ROWS = int(os.environ.get("LIST_ROWS", "100000"))
LOG_ROWS = 10 * ROWS
#: A year of rows, and the log of the days for which it is kept.
_SECONDS, _LOG_SECONDS = 365 * 86_400 / ROWS, 90 * 86_400 / LOG_ROWS
PARTNERS = 1_000
#: Directories of thousands, which are read whole.
SMALL = {
    "accounts_partner",
    "accounts_user",
    "imaging_providercost",
    "integrations_integration",
    "django_q_task",
}


def addresses(page: Any, staff: Client) -> Iterator[str]:
    options = page.model._meta
    base = f"/admin/{options.app_label}/{options.model_name}/"
    yield base
    changelist = staff.get(base).context["cl"]
    for spec in changelist.filter_specs:
        for choice in list(spec.choices(changelist))[:4]:
            yield f"{base}{choice['query_string']}"
    row = changelist.result_list[0] if changelist.result_list else None
    if partner := getattr(row, "partner_id", None):
        yield f"{base}?partner={partner}"
        yield f"{base}?q={partner}"
    if page.search_terms and row:
        for term in (row.pk, "SQ-000001f4", "request-500"):
            yield f"{base}?q={term}"


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


def complaints(sql: str) -> list[str]:
    """Run a query; return what it read or sorted too much of."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}")
        found: Any = cursor.fetchone()[0]
    plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return [
        f"{node['Node Type']} of {node.get('Relation Name', '')}"
        for node in nodes(plan)
        if node.get("Relation Name") not in SMALL and _read(node) > _most(node)
    ]


def _most(node: dict[str, Any]) -> float:
    """One page may read a quarter of the year, and its count 10,000 rows."""
    is_log = node.get("Relation Name", "").startswith(RequestLog._meta.db_table)
    return 0.3 * (LOG_ROWS if is_log else ROWS) + MOST_ROWS


def _read(node: dict[str, Any]) -> float:
    removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return float((node["Actual Rows"] + removed) * node["Actual Loops"])


def test_no_list_reads_or_sorts_a_large_table() -> None:
    staff = superuser("root@shopiq.test")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
    for model in fillable():
        last, seconds = (LOG_ROWS, _LOG_SECONDS) if model is RequestLog else (ROWS, _SECONDS)
        fill(model, 1, last, total=last, partners=PARTNERS, seconds=seconds)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    found: dict[str, list[str]] = {}
    for page in admin.site._registry.values():
        if not isinstance(page, FilteredLists):
            continue
        for address in addresses(page, staff):
            with CaptureQueriesContext(connection) as queries:
                staff.get(address)
            for query in queries:
                if query["sql"].startswith("SELECT") and (bad := complaints(query["sql"])):
                    found.setdefault(address, []).extend(bad)
    assert found == {}, json.dumps(found, indent=1)
