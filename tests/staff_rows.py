"""Rows for staff's lists in any number, written by the database itself.

Row `i` of every table has the id `row_id(i)`, so that a foreign key to row `i` is known in advance.
"""

from __future__ import annotations

import time
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from config.db.fields import IdField

#: One row every 26 seconds, the newest now: a hundred thousand rows are a month.
SECONDS = 26
_NOW = int(time.time())
_ID = "lpad(to_hex({now}::bigint - ({seconds} * ({last} - {i}))::bigint), 8, '0')"
_ID += " || lpad(to_hex({i}), 16, '0')"


def _id_of(row: str) -> str:
    return _ID.replace("{i}", row)


#: How a column of row `i` is computed, where its type does not say enough.
_COLUMNS: dict[str, dict[str, str]] = {
    "accounts.User": {"email": "'m' || i || '@nova.test'", "is_active": "true"},
    "accounts.Partner": {
        "name": "'Partner ' || i",
        "time_zone": "'Asia/Kolkata'",
        "is_active": "true",
        "sandbox_of_id": "NULL",
    },
    "accounts.ApiKey": {
        "rate_subject": "{id}",
        "permissions": "NULL",
        "replaces_id": "NULL",
        "points_per_day": "NULL",
        "points_per_month": "NULL",
    },
    "accounts.RequestLog": {
        "status": "(ARRAY[200,200,200,200,200,200,200,200,200,402,429,500])[1 + i % 12]",
        "path": "'/partner/v1/image/create'",
        "method": "'POST'",
        "request_id": "'request-' || i",
        "address": "'192.0.2.1'",
        "target": "{id}",
    },
    "accounts.AuditEntry": {"actor": "'m' || i || '@nova.test'", "action": "'key.created'"},
    "accounts.Invitation": {"email": "'i' || i || '@nova.test'"},
    "accounts.StaffInvitation": {
        "email": "'s' || i || '@nova.test'",
        "completed_at": "NULL",
        "withdrawn_at": "NULL",
        "confirmed_by_id": "NULL",
    },
    "accounts.AllowedNetwork": {"network": "'192.0.2.1/32'"},
    "accounts.IdempotencyRecord": {"key": "'k' || i"},
    "accounts.SecurityEvent": {"address": "'192.0.2.1'"},
    "accounts.Account": {"identifier": "'shop-' || i"},
    "deployments.Website": {"identifier": "'shop-' || i"},
    "deployments.SiteDomain": {"name": "'shop-' || i || '.test'"},
    "deployments.Takedown": {"identifier": "'shop-' || i"},
    "deployments.Deployment": {
        "state": "CASE WHEN i % 100 = 0 OR {last} < 2000 THEN 'failed' ELSE 'live' END"
    },
    "integrations.Integration": {"name": "'int' || i"},
    "integrations.CredentialField": {"name": "'f' || i"},
    "integrations.WebhookDelivery": {"position": "0", "stream": "{id}"},
    "integrations.WebhookEndpoint": {"url": "'https://' || i || '.example/hook'", "kind": "'own'"},
    "integrations.WebhookReceiver": {"url": "'https://' || i || '.example/hook'"},
    "billing.PointBucket": {
        "original": "1000",
        "remaining": "1000",
        "held": "0",
        "taken": "0",
        "owed": "CASE WHEN i % 1000 = 0 THEN 5 ELSE 0 END",
    },
    "billing.BankTransfer": {"reference": "'UTR' || i"},
    "billing.Charge": {
        "cost": "800",
        "refunded": "0",
        "state": "CASE WHEN i % 1000 = 0 THEN 'reserved' ELSE 'succeeded' END",
    },
    "billing.LedgerEntry": {
        "kind": "'charge'",
        "points": "-800",
        "reverses_id": "NULL",
    },
    "billing.Purchase": {
        "reference": "'SQ-' || upper(lpad(to_hex(i), 8, '0'))",
        "gateway": "'sandbox'",
        "gateway_order_id": "'order_' || i",
        "payment_id": "NULL",
        "paid_at": "NULL",
        "bucket_id": "NULL",
        "state": "'expired'",
        "points": "500000",
        "amount_paise": "100",
        "cgst_paise": "9",
        "sgst_paise": "9",
        "igst_paise": "0",
        "tax_paise": "18",
        "total_paise": "118",
        "excess_paise": "0",
        "returned_paise": "0",
        "returned_points": "0",
        "refund_to_paise": "0",
        "attention": "CASE WHEN i % 1000 = 0 THEN 'flagged' ELSE '' END",
        "created_by": "'m' || i || '@nova.test'",
        "next_check_at": "NULL",
    },
    "billing.PaymentReturn": {
        "kind": "'dispute'",
        "state": "CASE WHEN i % 1000 = 0 THEN 'open' ELSE 'kept' END",
        "closed_at": "CASE WHEN i % 1000 = 0 THEN NULL ELSE now() END",
        "gateway_id": "'disp_' || i",
        "payment_id": "'pay_' || i",
    },
    "billing.Approval": {
        "kind": "'write_off'",
        "points": "100",
        "state": "'pending'",
        "decided_by_id": "NULL",
        "decided_at": "NULL",
        "carried_out_at": "NULL",
    },
    "billing.PayoutLine": {"gateway_id": "'line_' || i", "net_paise": "0", "fee_tax_paise": "0"},
    "billing.Invoice": {
        "series": "'SQ'",
        "number": "i",
        "corrects_id": "NULL",
        "place_of_supply": "'29'",
    },
    "billing.AlertThreshold": {"points": "i"},
    "billing.Statement": {"month": "DATE '2000-01-01' + i"},
    "billing.LedgerCheckpoint": {"number": "i"},
    "billing.LedgerDigest": {"number": "i"},
    "accounts.AuditDigest": {"number": "i"},
    "billing.InvoiceCounter": {"series": "'s' || i"},
    "billing.DailyUsage": {"points": "800"},
    "accounts.RateWindow": {"minute_total": "0", "day_total": "0"},
    "email.OutgoingMail": {"state": "'sent'"},
    "django_q.Task": {"success": "false", "id": "lpad(i::text, 32, '0')", "result": "NULL"},
}
#: Rows that migrations made; foreign keys point at these.
_FIXED = {"billing.Tier": "'starter'", "billing.Package": "'pack_5000'"}
#: These belong to one partner after another, the rest to a thousandth each.
_ONE_EACH = {"billing.BillingProfile"}


def fillable() -> list[type[models.Model]]:
    """Return the models of our apps and the queue's tasks, those that others refer to first."""
    labels = ("accounts", "integrations", "billing", "deployments", "imaging", "email", "django_q")
    found = [model for label in labels for model in apps.get_app_config(label).get_models()]
    wanted = [
        model
        for model in found
        if model._meta.app_label != "django_q" or model.__name__ == "Task"
        if not model._meta.auto_created and model._meta.label not in _FIXED
    ]
    ordered: list[type[models.Model]] = []
    while wanted:
        ready = [model for model in wanted if _parents(model).isdisjoint({*wanted} - {model})]
        ordered += ready
        wanted = [model for model in wanted if model not in ready]
    return ordered


def _parents(model: type[models.Model]) -> set[Any]:
    return {
        field.related_model
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
    }


def fill(
    model: type[models.Model],
    first: int,
    last: int,
    *,
    total: int,
    partners: int,
    seconds: float = SECONDS,
) -> None:
    """Insert rows `first` to `last` of `total`; the newest is of now."""
    options = model._meta
    if options.label in _SKIPPED:
        return
    given = _COLUMNS.get(options.label, {})
    columns, values = [], []
    for field in options.concrete_fields:
        columns.append(field.column)
        is_counted = isinstance(field, models.AutoField) and field.primary_key
        known = "i" if is_counted else given.get(str(field.column))
        values.append(known or _value(model, field, partners))
    names = ", ".join(f'"{name}"' for name in columns)
    found = ", ".join(values).replace("{id}", _id_of("i"))
    sql = (
        f"INSERT INTO {options.db_table} ({names}) SELECT {found}"
        f" FROM generate_series({first}, {last}) i ON CONFLICT DO NOTHING"
    )
    with connection.cursor() as cursor:
        for name, figure in (("last", total), ("now", _NOW), ("seconds", seconds)):
            sql = sql.replace(f"{{{name}}}", str(figure))
        cursor.execute(sql)


#: Written by hand: their rows are few, and staff's own.
_SKIPPED = {"billing.OperationPrice", "billing.PackagePrice"}


def _value(model: type[models.Model], field: Any, partners: int) -> str:  # noqa: C901, PLR0911, PLR0912 - one return a type
    if isinstance(field, models.ForeignKey):
        target = field.related_model._meta
        if target.label in _FIXED:
            return _FIXED[target.label]
        if target.label == "accounts.Partner" and model._meta.label not in _ONE_EACH:
            return _id_of(f"(1 + (i - 1) % {partners})")
        if target.label == "accounts.User":
            return f"(1 + (i - 1) % {partners})"
        return "i" if isinstance(target.pk, models.AutoField) else _id_of("i")
    if isinstance(field, IdField) or (field.primary_key and field.max_length == 24):
        return _id_of("i")
    if isinstance(field, models.DateTimeField):
        if field.null and field.name not in ("at",):
            return "NULL"
        return "to_timestamp({now}) - make_interval(secs => {seconds} * ({last} - i))"
    if isinstance(field, models.DateField):
        return "(to_timestamp({now}) - make_interval(secs => {seconds} * ({last} - i)))::date"
    if isinstance(field, ArrayField):
        return "'{}'"
    if isinstance(field, models.BooleanField):
        return "false"
    if isinstance(field, models.JSONField):
        return "'{}'"
    if isinstance(field, models.BinaryField):
        return "sha256(i::text::bytea)"
    if isinstance(field, models.UUIDField):
        return "gen_random_uuid()"
    if isinstance(field, models.IntegerField | models.FloatField):
        return "NULL" if field.null else "1"
    if field.choices:
        return f"'{field.choices[0][0]}'"
    return "NULL" if field.null else "''"
