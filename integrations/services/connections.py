"""Connecting accounts to integrations. No other module writes connections."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import Account
from accounts.services.audit import record_api_audit
from accounts.services.authorization import Admission
from integrations.models import Connection, ConnectionEvent, Integration


class NotConnected(Exception):
    """The account has no active connection to this integration."""


def connect_integration(
    *,
    admission: Admission,
    account_id: str,
    integration: Integration,
    credentials: dict[str, str],
) -> Connection:
    """Connect an account, or replace the credentials of its connection.

    Raises `Account.DoesNotExist`.
    """
    with transaction.atomic():
        account = _lock_account(admission, account_id)
        connections = account.connections.select_related("integration")
        connection = connections.filter(integration=integration).first()
        kind = ConnectionEvent.Kind.UPDATED
        if connection is None:
            connection = Connection(account=account, integration=integration)
            connection.partner_id = account.partner_id
            connection.has_access = False
        if not connection.has_access:
            kind = ConnectionEvent.Kind.CONNECTED
            connection.connected_at = timezone.now()
        connection.has_access = True
        connection.disconnected_at = None
        connection.set_credentials(credentials)
        connection.save()
        _record(connection, kind, admission)
    return connection


def disconnect_integration(
    *, admission: Admission, account_id: str, integration: Integration
) -> None:
    """Withdraw the access; the row is kept.

    Raises `Account.DoesNotExist`, `NotConnected`.
    """
    with transaction.atomic():
        account = _lock_account(admission, account_id)
        connections = account.connections.connected().select_related("integration")
        connection = connections.filter(integration=integration).first()
        if connection is None:
            raise NotConnected
        connection.has_access = False
        connection.disconnected_at = timezone.now()
        connection.save(update_fields=["has_access", "disconnected_at"])
        _record(connection, ConnectionEvent.Kind.DISCONNECTED, admission)


def _lock_account(admission: Admission, account_id: str) -> Account:
    """Lock the account's row, which serializes changes of its connections."""
    accounts = Account.objects.of(admission.partner_id).select_for_update(no_key=True)
    return accounts.get(pk=account_id)


def _record(connection: Connection, kind: str, admission: Admission) -> None:
    ConnectionEvent.objects.create(
        partner_id=connection.partner_id,
        connection=connection,
        kind=kind,
        key_id=admission.key_id,
    )
    record_api_audit(
        admission=admission,
        action=f"connection.{kind}",
        target=connection.account_id,
        integration=connection.integration.name,
    )
