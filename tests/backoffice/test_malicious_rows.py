"""Scripts in every text field, and `javascript:` in every URL, are inert on every staff page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.contrib.postgres.fields import ArrayField
from django.db import Error, connection, models, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Account, User
from billing.models import BillingProfile
from config.admin.pages import registered_pages
from config.db.fields import IdField
from tests.backoffice.presses import PRESSES, Scene
from tests.billing.purchases import bill_to
from tests.seed import Side
from tests.staff import in_group, superuser

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SCRIPT = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>"
ODD_URL = "javascript:alert(3)//"
_LABELS = ("accounts", "integrations", "billing", "deployments", "imaging", "email")
#: Columns that name an address somewhere.
_URL = re.compile("url|website")
#: Read by machines; no form takes anything else.
_CODES = {
    "content",
    "country_code",
    "currency",
    "entry_ids",
    "gateway",
    "groups",
    "kind",
    "password",
    "permissions",
    "place_of_supply",
    "rate_subject",
    "stream",
    "time_zone",
}
#: Marks of the script, unescaped, wherever it was cut off.
_LIVE = re.compile(
    r"<script>alert|<img src=x|(?:href|src|action|formaction|data)\s*=\s*[\"']?\s*javascript:", re.I
)


def columns() -> Iterator[tuple[type[models.Model], models.Field[Any, Any]]]:
    """Yield every column that holds text which people or machines of others wrote."""
    for label in _LABELS:
        for model in apps.get_app_config(label).get_models():
            for column in model._meta.local_concrete_fields:
                if column.primary_key or column.choices or isinstance(column, IdField):
                    continue
                if column.name in {*_CODES, *getattr(model, "encrypted_fields", ())}:
                    continue
                if isinstance(column, models.CharField | models.TextField | ArrayField):
                    yield model, column


def poison() -> set[str]:
    """Write scripts into all rows; return the columns that took them."""
    done = set()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for model, column in columns():
            if poison_column(cursor, model, column):
                done.add(f"{model._meta.label}.{column.name}")
        cursor.execute("UPDATE accounts_auditentry SET detail = %s", [f'{{"reason": "{JSON}"}}'])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    return done


JSON = SCRIPT.replace('"', r"\"")


def poison_column(cursor: Any, model: type[models.Model], column: Any) -> bool:
    text = ODD_URL if _URL.search(column.name) else SCRIPT
    value, name = "left(%s, %s)", column.column
    if isinstance(column, ArrayField):
        value = f"ARRAY[{value}]"
    if column.unique:
        value = f"left({model._meta.pk.column}::text || %s, %s)"
    length = getattr(getattr(column, "base_field", column), "max_length", None) or 200
    try:
        with transaction.atomic():
            table = model._meta.db_table
            cursor.execute(f'UPDATE {table} SET "{name}" = {value}', [text, length])
            return bool(cursor.rowcount)
    except Error:  # a constraint keeps such text out
        return False


def acts(scene: Scene) -> Iterator[str]:
    """Yield the page of each act; some rows are gone when it is opened."""
    for press in PRESSES:
        with transaction.atomic():
            yield reverse(f"admin:{press.page}", args=[press.prepare(scene)])
            transaction.set_rollback(True)


def addresses(side: Side) -> Iterator[str]:
    for model, page in admin.site._registry.items():
        options = model._meta
        base = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
        yield f"{base}?period=all" if getattr(page, "period", None) else base
        for row in model._default_manager.order_by("pk")[:2]:
            names = f"admin:{options.app_label}_{options.model_name}"
            yield reverse(f"{names}_change", args=[quote(row.pk)])
            yield reverse(f"{names}_history", args=[quote(row.pk)])
    yield "/admin/"
    for staff_page in registered_pages():
        if "<" not in staff_page.route and "archive" not in staff_page.route:
            yield f"/admin/{staff_page.route}"
            yield f"/admin/{staff_page.route}?partner={side.partner.pk}&by=partner"


def test_malicious_rows_are_inert(side: Side) -> None:
    in_group("finance", "colleague@shopiq.test")
    colleague = User.objects.get(email="colleague@shopiq.test")
    opened = list(acts(Scene(side, colleague, colleague)))
    assert {"accounts.Partner.name", "accounts.RequestLog.message"} <= poison()
    staff = superuser()
    pages = {address: page_text(staff, address) for address in (*addresses(side), *opened)}
    assert {
        address: found for address, text in pages.items() if (found := _LIVE.search(text))
    } == {}
    assert sum("alert(1)" in text for text in pages.values()) > 40


def page_text(staff: Client, address: str) -> str:
    response: Any = staff.get(address)
    assert response.status_code in (200, 302, 404, 405), address
    return str(response.content.decode("utf-8", "replace"))


def test_malicious_personal_data_is_inert_when_opened(side: Side) -> None:
    staff = superuser()
    account = Account.objects.get(pk=side.rows["account"])
    profile = {name: f"{name} {SCRIPT}" for name in account.read_profile()}
    account.set_profile(profile)
    account.save()
    bill_to(side.partner, legal_name=f"Nova {SCRIPT}", address=SCRIPT, state_code="27")
    details = BillingProfile.objects.of(side.partner.pk).get()
    for row in (account, details):
        options = row._meta
        address = f"/admin/{options.app_label}/{options.model_name}/{row.pk}/open/"
        text = staff.post(address, {"reason": SCRIPT}).text
        assert "alert(1)" in text
        assert not _LIVE.search(text), address
