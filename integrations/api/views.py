"""Integration endpoints: `/api/v2/third-party/*Integration*`."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from accounts.api.errors import account_not_found
from accounts.api.params import not_a_string
from accounts.api.views import ManagementView
from accounts.models import Account
from config.api.error_codes import MISSING_FIELDS
from config.api.errors import ApiError, bad_request
from config.api.renderers import ApiResponse
from config.api.timestamps import timestamp
from config.db.ids import is_id
from integrations.api.registry import Registry, read_credentials
from integrations.error_codes import INVALID_CREDENTIALS, NOT_CONNECTED, UNSUPPORTED_INTEGRATION
from integrations.models import Connection, Integration
from integrations.services import connections as services

ACCOUNT_NOT_FOUND = "ShopIQ Account not found."


class ConnectIntegrationView(ManagementView):
    """POST connectIntegration; the order of the checks is part of the contract."""

    endpoint = "integrations.connect"
    label = gettext_noop("Connect an integration")

    def post(self, request: Any) -> ApiResponse:
        registry = Registry.load()
        credentials = request.data.get("credentials")
        if not _has_all(request, "shopIQAccountId", "integrationName", "credentials"):
            raise registry.missing_fields()
        if not isinstance(credentials, dict):
            raise not_an_object()
        integration = _get_integration(
            registry,
            _text(request, "integrationName"),
            lists_names=True,
        )
        given = read_credentials(integration, credentials)
        try:
            connection = services.connect_integration(
                admission=self.admission,
                account_id=_parse_id(_text(request, "shopIQAccountId")),
                integration=integration,
                credentials=given,
            )
        except Account.DoesNotExist:
            raise account_not_found(ACCOUNT_NOT_FOUND) from None
        return ApiResponse(
            {
                "success": True,
                "message": (f"ShopIQ account successfully linked with {integration.display_name}."),
                "integration": _data(connection, integration),
            }
        )


class DisconnectIntegrationView(ManagementView):
    """POST disconnectIntegration."""

    endpoint = "integrations.disconnect"
    label = gettext_noop("Disconnect an integration")

    def post(self, request: Any) -> ApiResponse:
        if not _has_all(request, "shopIQAccountId", "integrationName"):
            raise missing_names()
        name = _text(request, "integrationName")
        integration = _get_integration(Registry.load(), name, lists_names=False)
        try:
            services.disconnect_integration(
                admission=self.admission,
                account_id=_parse_id(_text(request, "shopIQAccountId")),
                integration=integration,
            )
        except Account.DoesNotExist:
            raise account_not_found(ACCOUNT_NOT_FOUND) from None
        except services.NotConnected:
            raise not_connected(name) from None
        return ApiResponse(
            {"success": True, "message": f"Integration '{name}' has been disconnected."}
        )


class IntegrationStatusView(ManagementView):
    """GET integrationStatus."""

    endpoint = "integrations.status"
    label = gettext_noop("Get integration status")

    def get(self, request: Any) -> ApiResponse:
        account_id = request.query_params.get("shopIQAccountId", "").strip()
        if not account_id:
            raise no_account_id()
        account = _account(self.admission.partner_id, _parse_id(account_id))
        connections = account.connections.connected().select_related("integration")
        name = request.query_params.get("integrationName", "").strip()
        return _show_one(connections, name) if name else _show_all(connections)


def _show_one(connections: Any, name: str) -> ApiResponse:
    # Compared in Python: the name may contain characters that PostgreSQL rejects.
    connection = next((each for each in connections if each.integration.name == name), None)
    if connection is None:
        message = f"Integration '{name}' is not connected."
        body = {"success": True, "connected": False, "message": message}
        registry = Registry.load()
        if registry.find(name) is None:  # perhaps a typing error
            body["supportedIntegrations"] = registry.names
        return ApiResponse(body)
    return ApiResponse(
        {
            "success": True,
            "connected": True,
            "integration": _data(connection, connection.integration),
        }
    )


def _show_all(connections: Any) -> ApiResponse:
    return ApiResponse(
        {
            "success": True,
            "integrations": [
                _data(connection, connection.integration)
                for connection in connections.order_by("connected_at", "id")
            ],
            "supportedIntegrations": Registry.load().names,
        }
    )


def _data(connection: Connection, integration: Integration) -> dict[str, Any]:
    return {
        "name": integration.name,
        "displayName": integration.display_name,
        "connectedAt": timestamp(connection.connected_at),
        "access": connection.has_access,
    }


def _has_all(request: Any, *names: str) -> bool:
    values = [request.data.get(name) for name in names]
    return all(value is not None and str(value).strip() for value in values)


def _text(request: Any, name: str) -> str:
    value = request.data[name]
    if not isinstance(value, str):
        raise not_a_string(name)
    return value.strip()


def _get_integration(registry: Registry, name: str, *, lists_names: bool) -> Integration:
    integration = registry.find(name)
    if integration is None:
        raise unsupported_integration(name, registry.names, lists_names=lists_names)
    return integration


def unsupported_integration(name: str, names: list[str], *, lists_names: bool) -> ApiError:
    """Return the 400, whose documented message differs between the endpoints."""
    message = f"Unsupported integration: '{name}'."
    if lists_names:
        message = f"{message} Supported integrations: {', '.join(names)}"
    return bad_request(message, code=UNSUPPORTED_INTEGRATION, supportedIntegrations=names)


def not_an_object() -> ApiError:
    message = "credentials must be a JSON object."
    return bad_request(message, code=INVALID_CREDENTIALS, field="credentials")


def missing_names() -> ApiError:
    message = "Missing required fields: shopIQAccountId and integrationName are mandatory."
    return bad_request(message, code=MISSING_FIELDS)


def no_account_id() -> ApiError:
    return bad_request("shopIQAccountId query parameter is required.", code=MISSING_FIELDS)


def not_connected(name: str) -> ApiError:
    message = f"Integration '{name}' is not connected to this account."
    return ApiError(404, message, code=NOT_CONNECTED)


def _account(partner_id: str, account_id: str) -> Account:
    account = Account.objects.of(partner_id).filter(pk=account_id).first()
    if account is None:
        raise account_not_found(ACCOUNT_NOT_FOUND)
    return account


def _parse_id(text: str) -> str:
    if not is_id(text):
        raise account_not_found(ACCOUNT_NOT_FOUND)
    return text
