"""The admin as a whole: its lists, their costs, and that they are read-only."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import quote
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
    PackagePrice,
    PointBucket,
    Purchase,
    Tier,
)
from config.admin.change_lists import FilteredLists
from config.admin.paginator import BoundedPaginator
from imaging.models import ImageOperation
from tests.staff import business, superuser
from tests.staff_rows import fill, fillable

pytestmark = pytest.mark.django_db

READ_ONLY: list[Any] = [
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
    Tier,
]
LABELS = ("accounts", "integrations", "billing", "deployments", "imaging", "email", "encryption")
#: Models without a list of their own.
UNLISTED = {
    "accounts.AlertLimit": "a setting of the company",
    "accounts.AlertPreference": "a setting of the member",
    "accounts.AllowedNetwork": "on the page of its key",
    "accounts.ApiKeyUse": "a column of the keys",
    "accounts.KeyActivity": "on the page of its key, in the dashboard",
    "accounts.StaffInvitation": "on the page of staff",
    "integrations.CredentialField": "on the page of its integration",
    "encryption.KeyCanary": "recognizes keys and tells nothing",
}


def url(model: Any, page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def our_models() -> list[type[Any]]:
    labels = (
        "accounts",
        "integrations",
        "billing",
        "deployments",
        "imaging",
        "email",
        "encryption",
    )
    return [model for label in labels for model in apps.get_app_config(label).get_models()]


def text(response: Any) -> str:
    return str(response.content.decode())


def lists() -> list[Any]:
    return [page for page in admin.site._registry.values() if isinstance(page, FilteredLists)]


def test_every_model_has_a_list() -> None:
    unlisted = {model._meta.label for model in our_models() if not admin.site.is_registered(model)}
    assert unlisted == set(UNLISTED)


def test_every_list_costs_as_many_queries_for_fifty_rows_as_for_one() -> None:
    staff = superuser("root@shopiq.test")
    for model in fillable():
        fill(model, 1_000, 1_000, total=1_049, partners=1_100)
    staff.get("/admin/")
    costs: dict[str, dict[int, int]] = {}
    for expected in (1, 50):
        for page in lists():
            address = url(page.model, "changelist") + ("?period=all" if page.period else "")
            with CaptureQueriesContext(connection) as queries:
                response: Any = staff.get(address)
            assert response.status_code == 200, address
            rows = response.context["cl"].result_list
            costs.setdefault(page.model._meta.label, {})[len(rows)] = len(queries)
            if rows and page.list_display_links is not None:
                opened = url(page.model, "change", quote(rows[0].pk))
                assert re.search(rf'phone-[1-4][^>]*><a href="{opened}', text(response)), address
            if page.model._meta.label not in FEW:
                assert len(rows) >= expected, page.model._meta.label
        for model in fillable():
            fill(model, 1_001, 1_049, total=1_049, partners=1_100)
    assert {label: c for label, c in costs.items() if len(set(c.values())) > 1} == {}


#: Lists whose rows are not fifty: made by migrations.
FEW = {
    "billing.Tier",
    "billing.Package",
    "billing.OperationPrice",
    "billing.PackagePrice",
    "auth.Group",
}


def test_read_only_pages_are_read_only_for_superusers_too() -> None:
    staff = superuser()
    business()
    for model in READ_ONLY:
        row = model.objects.first()
        before = model.objects.values().get(pk=row.pk)
        change, delete = url(model, "change", row.pk), url(model, "delete", row.pk)
        assert staff.get(change).status_code == 200, model
        assert staff.get(url(model, "add")).status_code == 403, model
        assert staff.post(change, {"name": "x"}).status_code == 403, model
        assert staff.post(delete, {"post": "yes"}).status_code == 403, model
        staff.post(
            url(model, "changelist"),
            {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"},
        )
        assert model.objects.values().get(pk=row.pk) == before, model


@pytest.mark.parametrize("model", [OperationPrice, Package, PackagePrice])
def test_no_form_changes_or_deletes_a_price(model: type[Any]) -> None:
    staff = superuser()
    row = model.objects.first()
    before = model.objects.values().get(pk=row.pk)
    assert staff.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    staff.post(url(model, "change", row.pk), {"points": "1", "price_paise": "1", "name": row})
    assert model.objects.values().get(pk=row.pk) == before | (
        {"name": str(row)} if model is Package else {}
    )


def test_a_search_by_id_works() -> None:
    staff = superuser()
    row = business()
    for model in READ_ONLY:
        assert staff.get(url(model, "changelist"), {"q": row.pk}).status_code == 200, model


def test_lists_are_bounded_and_sorted_by_an_index() -> None:
    for page in lists():
        assert page.paginator is BoundedPaginator
        assert page.show_full_result_count is False
        assert page.list_max_show_all == 0
        assert not page.sortable_by


def test_counting_stops_at_ten_thousand_rows() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert BoundedPaginator(RequestLog.objects.order_by("-at"), 50).count == 0
    assert "LIMIT 10001" in queries[0]["sql"]


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
        created_at=datetime(2025, 1, 5, 20, 15, tzinfo=UTC)
    )
    page = staff.get(url(Partner, "change", partner.pk)).content.decode()
    assert '<span title="2025-01-05 20:15:00 UTC">5 Jan 2025, 20:15</span>' in page
    assert "All times are UTC" in page
