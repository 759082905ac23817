"""The admin as a whole: its lists, their costs, and that they are read-only."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import ApiKey, AuditEntry, Partner, RequestLog
from billing.models import (
    AlertThreshold,
    Charge,
    DailyUsage,
    Invoice,
    LedgerCheck,
    LedgerEntry,
    OperationPrice,
    Package,
    PointBucket,
    Purchase,
    Tier,
)
from config.admin.options import BoundedPaginator, ReadOnlyAdmin
from imaging.models import ImageOperation
from tests.staff import business, superuser

pytestmark = pytest.mark.django_db

GROWING = [
    AlertThreshold,
    ApiKey,
    AuditEntry,
    Charge,
    DailyUsage,
    ImageOperation,
    Invoice,
    LedgerCheck,
    LedgerEntry,
    Partner,
    PointBucket,
    Purchase,
    RequestLog,
]
READ_ONLY = [*GROWING, Tier]


def url(model: Any, page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", GROWING)
def test_a_list_costs_as_many_queries_for_three_rows_as_for_one(model: type[Any]) -> None:
    staff = superuser()
    business()
    staff.get(url(model, "changelist"))
    with CaptureQueriesContext(
        connection,
    ) as one:
        assert staff.get(url(model, "changelist")).status_code == 200
    business()
    business()
    with CaptureQueriesContext(connection) as three:
        staff.get(url(model, "changelist"))
    assert len(three) == len(one)


@pytest.mark.parametrize("model", READ_ONLY)
def test_read_only_pages_are_read_only_for_superusers_too(model: type[Any]) -> None:
    staff = superuser()
    business()
    row = model.objects.first()
    before = model.objects.values().get(pk=row.pk)
    assert staff.get(url(model, "change", row.pk)).status_code == 200
    assert staff.get(url(model, "add")).status_code == 403
    assert staff.post(url(model, "change", row.pk), {"name": "x"}).status_code == 403
    assert staff.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    staff.post(
        url(model, "changelist"),
        {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"},
    )
    assert model.objects.values().get(pk=row.pk) == before


@pytest.mark.parametrize("model", [OperationPrice, Package])
def test_the_price_list_neither_grows_nor_shrinks(model: type[Any]) -> None:
    staff = superuser()
    assert staff.get(url(model, "add")).status_code == 403
    row = model.objects.first()
    assert staff.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert model.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", READ_ONLY)
def test_a_search_by_id_works(model: type[Any]) -> None:
    staff = superuser()
    row = business()
    assert staff.get(url(model, "changelist"), {"q": row.pk}).status_code == 200


def test_read_only_pages_do_not_scan_large_tables() -> None:
    pages = [page for page in admin.site._registry.values() if isinstance(page, ReadOnlyAdmin)]
    assert {page.model for page in pages} >= set(READ_ONLY)
    for page in pages:
        assert page.paginator is BoundedPaginator
        assert page.show_full_result_count is False
        assert not page.sortable_by


def test_counting_stops_at_ten_thousand_rows() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert BoundedPaginator(RequestLog.objects.order_by("-at"), 50).count == 0
    assert "LIMIT 10000" in queries[0]["sql"]


def test_stored_images_are_shown_and_foreign_ones_only_linked(settings: Any) -> None:
    staff = superuser()
    business()
    operation = ImageOperation.objects.get()
    stored = f"partners/{operation.partner_id}/generated/a.png"
    operation.image_urls = [f"{settings.PUBLIC_URL}/media/{stored}", "https://cdn.example/b.png"]
    operation.save()
    page = staff.get(url(ImageOperation, "change", operation.pk)).content.decode()
    assert f'<img class="thumbnail" src="/media/{stored}"' in page
    assert '<a href="https://cdn.example/b.png"' in page
    assert page.count('class="thumbnail"') == 1


def test_all_times_are_in_utc() -> None:
    staff = superuser()
    staff.cookies["timezone"] = "Asia/Kolkata"
    partner = business()
    Partner.objects.filter(pk=partner.pk).update(
        created_at=datetime(2026, 1, 5, 20, 15, tzinfo=UTC)
    )
    page = staff.get(url(Partner, "change", partner.pk)).content.decode()
    assert "Jan. 5, 2026, 8:15 p.m." in page
    assert "All times are UTC" in page
