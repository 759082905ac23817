"""Accounts and auto-login links in the admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, AuditEntry, AutoLoginLink
from tests.merchants import PartnerServer
from tests.staff import staff_with, superuser

ACCOUNTS, LINKS = "/admin/accounts/account/", "/admin/accounts/autologinlink/"


@pytest.fixture
def nova(server: PartnerServer) -> Account:
    """An account with two sign-in links."""
    account_id = server.create(
        email="sarah@novaretail.com",
        mobileNumber={"value": "9876543210", "countryCode": 91},
        legalName="Sarah Legal Mitchell",
    )
    for _ in range(2):
        server.post("generateAutoLoginUrl", {"accountId": account_id})
    return Account.objects.get(pk=account_id)


def act(staff: Client, page: str, action: str, row: Any, **more: str) -> str:
    response = staff.post(page, {"action": action, "_selected_action": [row.pk], **more})
    return response.content.decode()


def test_personal_data_is_masked(nova: Account) -> None:
    staff = superuser()
    for path in (ACCOUNTS, f"{ACCOUNTS}{nova.pk}/change/"):
        page = staff.get(path).content.decode()
        assert "s…@novaretail.com" in page
        assert "+91 …10" in page
        for hidden in ("sarah@", "9876543", "Sarah Legal", nova.email, nova.phone, nova.profile):
            assert hidden not in page


@pytest.mark.parametrize("term", ["Sarah@NovaRetail.com", "+91 98765 43210", "{id}"])
def test_an_account_is_found_by_a_complete_identifier(
    nova: Account, server: PartnerServer, term: str
) -> None:
    server.create(5)
    found = superuser().get(ACCOUNTS, {"q": term.replace("{id}", nova.pk)}).context["cl"].queryset
    assert list(found) == [nova]


@pytest.mark.parametrize("term", ["sarah", "@novaretail.com", "+9876543210", "9876"])
def test_a_partial_identifier_finds_nothing(nova: Account, term: str) -> None:
    assert not superuser().get(ACCOUNTS, {"q": term}).context["cl"].queryset


def test_staff_revoke_all_links_of_an_account_after_confirmation(nova: Account) -> None:
    staff = superuser("asha@shopiq.test")
    assert "Revoke all auto-login links of these accounts?" in act(
        staff, ACCOUNTS, "revoke_links", nova
    )
    assert AutoLoginLink.objects.not_revoked().count() == 2

    act(staff, ACCOUNTS, "revoke_links", nova, confirmed="yes")
    assert not AutoLoginLink.objects.not_revoked().exists()
    entry = AuditEntry.objects.get(action="auto_login.all_revoked")
    assert (entry.actor, entry.target, entry.detail) == ("asha@shopiq.test", nova.pk, {"links": 2})


def test_staff_revoke_one_link(nova: Account) -> None:
    staff, link = superuser("asha@shopiq.test"), AutoLoginLink.objects.first()
    assert link
    assert "Revoke these links?" in act(staff, LINKS, "revoke", link)
    act(staff, LINKS, "revoke", link, confirmed="yes")

    assert AutoLoginLink.objects.not_revoked().get() != link
    assert AuditEntry.objects.get(action="auto_login.revoked").actor == "asha@shopiq.test"
    assert "Revoked" in staff.get(LINKS).content.decode()


def test_staff_with_view_permission_cannot_revoke_links(nova: Account) -> None:
    staff = staff_with("accounts.view_account", "accounts.view_autologinlink")
    assert staff.get(LINKS).status_code == staff.get(ACCOUNTS).status_code == 200
    act(staff, ACCOUNTS, "revoke_links", nova, confirmed="yes")
    for link in AutoLoginLink.objects.all():
        act(staff, LINKS, "revoke", link, confirmed="yes")

    assert AutoLoginLink.objects.not_revoked().count() == 2


@pytest.mark.parametrize("model", [Account, AutoLoginLink])
def test_even_a_superuser_cannot_edit(nova: Account, model: Any) -> None:
    staff, row = superuser(), model.objects.first()
    page = ACCOUNTS if model is Account else LINKS
    before = model.objects.values().get(pk=row.pk)

    assert staff.get(f"{page}{row.pk}/change/").status_code == 200
    assert staff.get(f"{page}add/").status_code == 403
    assert staff.post(f"{page}{row.pk}/change/", {"identifier": "x"}).status_code == 403
    assert staff.post(f"{page}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert model.objects.values().get(pk=row.pk) == before


@pytest.mark.parametrize("page", [ACCOUNTS, LINKS])
def test_a_list_costs_as_many_queries_for_ten_rows_as_for_one(
    server: PartnerServer, page: str
) -> None:
    staff = superuser()

    def grow(*numbers: int) -> None:
        for number in numbers:
            server.post("generateAutoLoginUrl", {"accountId": server.create(number)})

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert staff.get(page).status_code == 200
        return len(captured)

    grow(0)
    queries()
    for_one = queries()
    grow(*range(1, 10))
    assert queries() == for_one
