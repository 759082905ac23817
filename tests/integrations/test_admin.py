"""The integration registry and connections in the admin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import AuditEntry
from integrations.models import Connection, Integration
from tests.envelope import assert_error
from tests.merchants import PartnerServer
from tests.staff import staff_with, superuser

REGISTRY, CONNECTIONS = "/admin/integrations/integration/", "/admin/integrations/connection/"
Register = Callable[..., Integration]


def form(name: str = "", *credentials: str, **fields: str) -> dict[str, str]:
    """Return the form data of a new integration with these credentials."""
    data = {"name": name, "display_name": f"The {name}", "is_active": "on", **fields}
    data |= {
        "credential_fields-TOTAL_FORMS": str(len(credentials)),
        "credential_fields-INITIAL_FORMS": "0",
    }
    for number, credential in enumerate(credentials):
        data |= {
            f"credential_fields-{number}-name": credential,
            f"credential_fields-{number}-label": credential.title(),
            f"credential_fields-{number}-is_secret": "on",
            f"credential_fields-{number}-position": str(number),
        }
    return data


def connect(server: PartnerServer, account_id: str, name: str, **credentials: str) -> Any:
    body = {
        "shopIQAccountId": account_id,
        "integrationName": name,
        "credentials": credentials,
    }
    return server.post("connectIntegration", body)


def test_a_registered_integration_is_available_immediately(
    server: PartnerServer, register: Register
) -> None:
    account_id = server.create()
    assert connect(server, account_id, "acme", token="t").status_code == 400
    staff = superuser("asha@shopiq.test")

    assert staff.post(f"{REGISTRY}add/", form("acme", "token", "shopId")).status_code == 302

    refusal = connect(server, account_id, "acme", token="t")
    assert assert_error(refusal, 400, "Missing required credentials for The acme: shopId")[
        "requiredCredentials"
    ] == ["token", "shopId"]
    response = connect(server, account_id, "acme", token="t", shopId="s")
    assert response.json()["message"] == "ShopIQ account successfully linked with The acme."
    supported = server.get("integrationStatus", shopIQAccountId=account_id).json()
    assert supported["supportedIntegrations"] == ["yourIntegration", "acme"]
    entry = AuditEntry.objects.get(action="integration.registered")
    assert (entry.actor, entry.target) == ("asha@shopiq.test", "acme")
    assert entry.detail == {"active": True, "credentials": ["token", "shopId"]}


def test_a_deactivated_integration_is_unsupported_immediately(
    server: PartnerServer, register: Register
) -> None:
    account_id, made = server.create(), register("acme")
    assert connect(server, account_id, "acme").status_code == 200
    page = f"{REGISTRY}{made.pk}/change/"

    changed = {**form(display_name="Acme Two"), "name": "renamed"}
    del changed["is_active"]
    assert superuser().post(page, changed).status_code == 302

    made.refresh_from_db()
    # Its name stays: partners' programs use it.
    assert (made.name, made.display_name, made.is_active) == ("acme", "Acme Two", False)
    message = "Unsupported integration: 'acme'. Supported integrations: yourIntegration"
    assert_error(connect(server, account_id, "acme"), 400, message)
    assert Connection.objects.get().has_access


@pytest.mark.parametrize("name", ["", "has space", "1st", "yourIntegration", "x" * 61, "a'b"])
def test_an_invalid_name_is_a_form_error(register: Register, name: str) -> None:
    response = superuser().post(f"{REGISTRY}add/", form(name, "token"))

    assert response.status_code == 200
    assert response.context["adminform"].form.errors["name"]
    assert Integration.objects.count() == 1


def test_duplicate_credential_names_are_a_form_error(register: Register) -> None:
    response = superuser().post(f"{REGISTRY}add/", form("acme", "token", "token"))

    assert response.status_code == 200
    assert not Integration.objects.filter(name="acme").exists()


def test_an_integration_cannot_be_deleted(register: Register) -> None:
    made = register("acme")

    assert superuser().post(f"{REGISTRY}{made.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Integration.objects.filter(pk=made.pk).exists()


def test_connections_show_their_history_and_no_credentials(server: PartnerServer) -> None:
    account_id = server.create()
    for secret in ("first-secret-key", "second-secret-key"):
        connect(server, account_id, "yourIntegration", apiKey=secret, userId="usr_public")
    row = Connection.objects.get()
    staff = superuser()

    page = staff.get(f"{CONNECTIONS}{row.pk}/change/").content.decode()
    assert "Credentials updated" in page
    assert account_id in page
    for path in (CONNECTIONS, f"{CONNECTIONS}{row.pk}/change/"):
        page = staff.get(path).content.decode()
        for hidden in ("secret-key", "usr_public", row.credentials, 'redentials"'):
            assert hidden not in page


def test_connections_are_read_only(server: PartnerServer) -> None:
    connect(server, server.create(), "yourIntegration", apiKey="k", userId="u")
    row, staff = Connection.objects.get(), superuser()

    assert staff.get(f"{CONNECTIONS}add/").status_code == 403
    change = staff.post(f"{CONNECTIONS}{row.pk}/change/", {"has_access": ""})
    assert change.status_code == 403
    assert staff.post(f"{CONNECTIONS}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Connection.objects.get().has_access


def test_staff_without_permission_cannot_register_integrations(register: Register) -> None:
    staff = staff_with("integrations.view_integration")

    assert staff.get(REGISTRY).status_code == 200
    assert staff.post(f"{REGISTRY}add/", form("acme", "token")).status_code == 403
