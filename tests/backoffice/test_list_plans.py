"""Every list, filter, search and report of staff finds its rows by an index.

The planner takes each table that has a row for one of a million rows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.admin.change_lists import FilteredLists
from config.admin.pages import registered_pages
from tests.plans import long_reads, plan_for_large_tables
from tests.seed import Side
from tests.staff import superuser
from tests.staff_rows import fill, fillable

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

#: A term of each form; few find a row.
TERMS = ("SQ-000001f4", "request-500", "someone@nova.test", "ab12", "+919876543210", "Partner 7")

#: What reports read from end to end: buckets, of which there is one for each purchase or grant and
#: whose hot column is in no index, and the few refunds and disputes.
WHOLE = frozenset({"billing_pointbucket", "billing_paymentreturn"})
_VALUE = re.compile(r"'[^']*'|\b\d+\b")
#: What a large share of the rows fulfil, so that a page of them is read at once.
COMMON = (
    '"accounts_apikey"."revoked_at" IS NULL',
    '"accounts_member"."role" = ',
    'NOT "accounts_user"."is_staff"',
    'WHERE "accounts_user"."is_active"',
    '"accounts_liveaccessrequest"."state" = ',
)


def list_addresses(page: Any, staff: Client) -> Iterator[str]:
    """Yield a list's first and last page, and each filter, owner, dates and kind of search."""
    options = page.model._meta
    base = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
    yield base
    response: Any = staff.get(base)
    changelist = response.context["cl"]
    for spec in changelist.filter_specs:
        for choice in spec.choices(changelist):
            if not choice["selected"]:
                yield base + choice["query_string"]
    yield f"{base}?p={changelist.paginator.num_pages}"
    yield f"{base}?p={changelist.paginator.num_pages + 1}"
    if page.period:
        yield f"{base}?since=2026-01-01&until=2026-12-31"
        yield f"{base}?since=2000-01-01&p=3"
    row = changelist.result_list[0] if changelist.result_list else None
    if partner := getattr(row, "partner_id", None):
        yield f"{base}?partner={partner}"
        yield f"{base}?partner={partner}&p=2"
    for term in (getattr(row, "pk", ""), *TERMS):
        if any(kind.form.match(str(term)) for kind in page.search_terms):
            yield f"{base}?q={quote_plus(str(term))}"


def report_addresses(side: Side) -> Iterator[str]:
    for page in registered_pages():
        if "<" not in page.route and page.name.startswith("report-"):
            is_statement = page.name == "report-statement"
            yield f"/admin/{page.route}" + (f"?partner={side.partner.pk}" if is_statement else "")
    for group in ("tier", "gateway", "partner"):
        yield f"/admin/reports/revenue/?by={group}"


def found_by(
    addresses: Iterator[str], staff: Client, whole: frozenset[str] = frozenset()
) -> dict[str, list[str]]:
    """Return the statements of pages that read a table from end to end."""
    found: dict[str, list[str]] = {}
    seen: set[str] = set()
    for address in addresses:
        with CaptureQueriesContext(connection) as captured:
            response: Any = staff.get(address)
        assert response.status_code in (200, 302), address
        for close in response._resource_closers:
            close()
        statements = [query["sql"].lstrip() for query in captured]
        reads = [each for each in statements if each.startswith(("SELECT", "WITH"))]
        reads = [each for each in reads if not any(common in each for common in COMMON)]
        shapes = {_VALUE.sub("?", each): each for each in reads}
        if long := long_reads([shapes[each] for each in shapes.keys() - seen], whole):
            found[address] = long
        seen |= shapes.keys()
    return found


def test_lists_read_no_large_table_from_end_to_end(
    side: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff = superuser()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for model in fillable():
            fill(model, 1_000, 1_002, total=1_002, partners=1_100)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        plan_for_large_tables(cursor)
    pages = [page for page in admin.site._registry.values() if isinstance(page, FilteredLists)]
    for page in pages:  # so that a few rows make a last page
        monkeypatch.setattr(page, "list_per_page", 1)
    found = found_by((each for page in pages for each in list_addresses(page, staff)), staff)
    assert found == {}, json.dumps(found, indent=1)


def test_reports_read_the_rows_of_their_period(side: Side) -> None:
    staff = superuser()
    with connection.cursor() as cursor:
        plan_for_large_tables(cursor)
    found = found_by(report_addresses(side), staff, WHOLE)
    assert found == {}, json.dumps(found, indent=1)
