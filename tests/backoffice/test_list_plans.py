"""What staff's pages read of large tables.

The daily size is 20,000 rows of each table and 200,000 of the request log. All sizes are judged by
the same share of rows, so that a plan that reads a table from end to end fails at any of them.
`LIST_ROWS=100000 bin/test tests/backoffice/test_list_plans.py` fills a million rows of the log.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client

from accounts.models import Partner, RequestLog
from config.admin.change_lists import FilteredLists
from config.admin.pages import registered_pages
from config.admin.paginator import MOST_ROWS
from tests.staff import superuser
from tests.staff_rows import fill, fillable

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ROWS = int(os.environ.get("LIST_ROWS", "20000"))
LOG_ROWS = 10 * ROWS
#: A year of rows, and the log of the days for which it is kept.
_SECONDS, _LOG_SECONDS = 365 * 86_400 / ROWS, 90 * 86_400 / LOG_ROWS
PARTNERS = 1_000
#: A list reads at most the rows of 90 days and those that it counts.
_MOST = 0.3 * ROWS + MOST_ROWS
#: Directories of thousands, which are read whole.
SMALL = {"accounts_partner", "integrations_integration", "django_q_task"}
#: Of these there are never many.
FEW = {"accounts_staffinvitation", "billing_ledgeralert", "imaging_providercost"}
#: A term of each form; few find a row.
TERMS = ("SQ-000001f4", "request-500", "someone@nova.test", "ab12", "+919876543210", "Partner 7")


def fill_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL session_replication_role = replica")
        # Its workers do not count what they read in this transaction.
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        for model in fillable():
            table = model._meta.db_table
            indexes = drop_indexes(cursor, table)
            last, seconds = (LOG_ROWS, _LOG_SECONDS) if model is RequestLog else (ROWS, _SECONDS)
            last = PARTNERS if table in FEW else last
            fill(model, 1, last, total=last, partners=PARTNERS, seconds=seconds)
            for index in indexes:
                cursor.execute(index)
        cursor.execute("ANALYZE")


def drop_indexes(cursor: Any, table: str) -> list[str]:
    """Drop the indexes that keep nothing unique; return the statements that make them again."""
    cursor.execute(
        "SELECT indexrelid::regclass, replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ')"
        " FROM pg_index WHERE indrelid = %s::regclass AND NOT indisunique",
        [table],
    )
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f"DROP INDEX {name}")
    return [statement for _, statement in found]


def rows_read() -> dict[str, int]:
    """Return how many rows of each table this transaction has read, those of partitions as one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(inhparent, relid)::regclass::text,"
            " sum(seq_tup_read + coalesce(idx_tup_fetch, 0))"
            " FROM pg_stat_xact_user_tables LEFT JOIN pg_inherits ON inhrelid = relid GROUP BY 1"
        )
        return {table: int(read) for table, read in cursor.fetchall()}


def addresses(page: Any, staff: Client) -> Iterator[str]:
    """Yield a list's address, with each filter, an owner, dates, its last page and its searches."""
    options = page.model._meta
    base = f"/admin/{options.app_label}/{options.model_name}/"
    yield base
    response: Any = staff.get(base)
    changelist = response.context["cl"]
    for spec in changelist.filter_specs:
        choices = list(spec.choices(changelist))
        yield from (base + choice["query_string"] for choice in choices if not choice["selected"])
    yield f"{base}?p={changelist.paginator.num_pages}"
    if page.period:
        yield f"{base}?since=2026-01-01&until=2026-12-31"
    row = changelist.result_list[0] if changelist.result_list else None
    if partner := getattr(row, "partner_id", None):
        yield f"{base}?partner={partner}"
    for term in (getattr(row, "pk", ""), *TERMS):
        if any(kind.form.match(str(term)) for kind in page.search_terms):
            yield f"{base}?q={quote_plus(str(term))}"


def all_addresses(staff: Client) -> Iterator[str]:
    for page in admin.site._registry.values():
        if isinstance(page, FilteredLists):
            yield from addresses(page, staff)
    yield "/admin/"
    yield f"/admin/accounts/partner/{Partner.objects.latest('pk').pk}/change/"
    for staff_page in registered_pages():
        if "<" not in staff_page.route:
            yield f"/admin/{staff_page.route}"


def test_no_page_reads_a_large_table_from_end_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    # Rendering fifty rows takes longer than reading them, and the count is the same.
    monkeypatch.setattr(FilteredLists, "list_per_page", 5)
    staff = superuser("root@shopiq.test")
    fill_tables()
    found: dict[str, dict[str, int]] = {}
    for address in all_addresses(staff):
        before = rows_read()
        response: Any = staff.get(address)
        assert response.status_code in (200, 302), address
        read = {table: rows - before.get(table, 0) for table, rows in rows_read().items()}
        if many := {t: rows for t, rows in read.items() if t not in SMALL and rows > _MOST}:
            found[address] = many
    assert found == {}, json.dumps(found, indent=1)
