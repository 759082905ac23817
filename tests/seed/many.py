"""Fifty more of each kind of row, to show that a page's cost does not depend on them."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import Manager, Model, QuerySet

from accounts.models import (
    AllowedNetwork,
    ApiKey,
    AuditEntry,
    AutoLoginLink,
    DailyCalls,
    Invitation,
    Member,
    RequestLog,
    User,
)
from billing.models import DailyUsage, LedgerEntry, PointBucket, Purchase
from config.db.ids import id_beside, new_id
from deployments.models import Deployment, Website
from imaging.models import ImageOperation
from integrations.models import WebhookAttempt, WebhookDelivery
from tests.seed.history import ago
from tests.seed.shops import add_merchant
from tests.seed.side import Side

COUNT = 55


def add_many(side: Side) -> None:
    """Copy the partner's rows in every table that a page lists, with dependent rows."""
    of_side = {"partner": side.partner}
    _copy_people(side)
    _copy_keys(side)
    _copy(RequestLog.objects.filter(**of_side))
    _copy(AuditEntry.objects.filter(**of_side))
    _copy(ImageOperation.objects.filter(**of_side, charge=None))
    _copy(
        Purchase.objects.filter(**of_side, bucket=None),
        reference=lambda: secrets.token_hex(8),
        gateway_order_id=lambda: None,
    )
    _copy_buckets(side)
    _copy_shops(side)


def _copy_people(side: Side) -> None:
    users = User.objects.bulk_create(
        User(email=f"{new_id()}@meridian.example", password="!") for _ in range(COUNT)
    )
    Member.objects.bulk_create(
        Member(partner=side.partner, user=user, role=Member.Role.VIEWER) for user in users
    )
    _copy(
        Invitation.objects.filter(partner=side.partner),
        email=lambda: f"{new_id()}@meridian.example",
        token_hash=lambda: secrets.token_bytes(32),
    )


def _copy_keys(side: Side) -> None:
    """Expired ones, since no partner may have so many that work; and a whitelist of many lines."""
    keys = _copy(
        ApiKey.objects.filter(partner=side.partner).exclude(environment="management"),
        secret_hash=lambda: secrets.token_bytes(32),
        replaces_id=lambda: None,
        expires_at=lambda: ago(days=3),
    )
    for model in (DailyCalls, DailyUsage):
        line = model._default_manager.filter(partner=side.partner).latest("day")
        manager: Manager[Any] = model._default_manager
        manager.bulk_create(_fresh(line, {"key_id": partial(getattr, key, "pk")}) for key in keys)
    AllowedNetwork.objects.bulk_create(
        AllowedNetwork(partner=side.partner, key_id=side.rows["key"], network=f"10.0.{number}.0/24")
        for number in range(COUNT)
    )


def _copy_buckets(side: Side) -> None:
    buckets = _copy(PointBucket.objects.filter(partner=side.partner, remaining__gt=0))
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            partner=side.partner,
            bucket=bucket,
            kind=LedgerEntry.Kind.CREDIT,
            points=bucket.original,
            created_at=bucket.purchased_at,
        )
        for bucket in buckets
    )


def _copy_shops(side: Side) -> None:
    accounts = [add_merchant(side, 1_000 + number) for number in range(COUNT)]
    websites = iter(
        Website.objects.bulk_create(
            Website(partner=side.partner, account=account, identifier=f"shop-{account.pk}")
            for account in accounts
        )
    )
    _copy(Deployment.objects.filter(partner=side.partner), website_id=lambda: next(websites).pk)
    _copy(AutoLoginLink.objects.filter(account=side.rows["account"]))
    deliveries = WebhookDelivery.objects.filter(partner=side.partner)
    _copy(deliveries.exclude(state="pending"), stream=new_id)
    event = side.rows["webhook"]
    _copy(WebhookAttempt.objects.filter(delivery=event), id=lambda: id_beside(event))


def _copy(rows: QuerySet[Any], count: int = COUNT, **changes: Callable[[], Any]) -> list[Any]:
    """`count` new rows after the given ones; `changes` make the values that must differ."""
    originals = list(rows)
    copies = [_fresh(originals[number % len(originals)], changes) for number in range(count)]
    manager: Manager[Any] = type(originals[0])._default_manager
    return manager.bulk_create(copies)


def _fresh(original: Model, changes: dict[str, Callable[[], Any]]) -> Model:
    fields = {
        field.attname: getattr(original, field.attname) for field in original._meta.concrete_fields
    }
    key = original._meta.pk
    assert key
    fields.pop(key.attname)
    if key.get_internal_type() == "CharField":
        fields[key.attname] = new_id()
    made = type(original)(**fields)
    for name, change in changes.items():
        setattr(made, name, change())
    return made
