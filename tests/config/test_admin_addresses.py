"""No address of the admin is a 500, whatever it names or filters by."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from tests.daily import Some
from tests.staff import business, superuser

#: Ids that no row has, of which the database rejects some.
IDS = ("%00", "9" * 25, "_00")
LOOKUPS = ("year=99999", "year=-1", f"gte={'9' * 40}", "regex=(", "exact=%00", "isnull=x", "in=x")
QUERIES = ("q=%00", "o=%00", "p=%00")


@pytest.fixture
def staff(live_db: None) -> Client:
    business()
    client = superuser()
    client.raise_request_exception = False
    return client


def addresses() -> list[str]:
    found, kinds = [], set[type[Any]]()
    for model in admin.site._registry:
        options = model._meta
        base = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
        found += [f"{base}{each}/change/" for each in IDS]
        found += [f"{base}%00/{page}/" for page in ("history", "delete")]
        found += [f"{base}?{query}" for query in (*QUERIES, f"{options.pk.name}__regex=(")]
        for field in options.concrete_fields:
            # The look-ups of a kind of field are the same in every list.
            if type(field) not in kinds:
                kinds.add(type(field))
                found += [f"{base}?{field.name}__{each}" for each in LOOKUPS]
    return found


def test_no_address_is_a_500(staff: Client, some: Some) -> None:
    statuses = {address: staff.get(address).status_code for address in some(addresses(), 4)}

    assert {a: s for a, s in statuses.items() if s not in (200, 302, 400, 403, 404)} == {}


def test_an_unknown_row_is_a_404(staff: Client) -> None:
    assert staff.get("/admin/accounts/partner/%00/change/").status_code == 404


@pytest.mark.parametrize("query", ["created_at__year=99999", "name=%00"])
def test_an_invalid_filter_shows_the_list_and_says_so(staff: Client, query: str) -> None:
    response: Any = staff.get(f"/admin/accounts/partner/?{query}", follow=True)

    assert response.status_code == 200
    assert "This filter is not valid. The list shows everything." in response.text
    assert "Acme" in response.text or "result_list" in response.text
