"""Settle or refund started operations, each once."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, Sum

from billing.models import Charge, PointBucket
from config.db.statements import fetch_row, placeholders
from config.metrics import timed_statement
from imaging.models import ImageOperation
from imaging.services.operations import Operation

_FINISH = f"SELECT settled, cost, balance FROM imaging_finish({placeholders(9)})"  # noqa: S608 - constants


class Interrupted(Exception):
    """The operation was refunded while in progress, for example because its lease expired."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """The final cost of an operation and the balance left, in hundredths of a point."""

    cost: int
    balance: int


def finish_operation(
    *,
    operation: Operation,
    mode: str,
    urls: list[str],
    milliseconds: int,
    has_thumbnail: bool,
) -> Settlement:
    """Keep the charge; raise `Interrupted` if it has been refunded meanwhile."""
    result = [mode, urls, milliseconds, "", "", has_thumbnail]
    with timed_statement("settle"):
        row = fetch_row(_FINISH, [operation.partner_id, operation.id, "", *result])
    if not row or not row["settled"]:
        raise Interrupted
    return Settlement(row["cost"], row["balance"])


def read_settlement(operation: Operation) -> Settlement | None:
    """Return the settlement of a succeeded operation, or None."""
    charges = Charge.objects.of(operation.partner_id).filter(state=Charge.State.SUCCEEDED)
    charge = charges.filter(pk=operation.id).first()
    if charge is None:
        return None
    buckets = PointBucket.objects.of(operation.partner_id).with_points()
    balance = buckets.aggregate(n=Sum(F("remaining") - F("held"), default=0))["n"]
    return Settlement(charge.net_cost, balance)


def refund_operation(
    *,
    partner_id: str,
    operation_id: str,
    failure: ImageOperation.Failure,
    detail: str = "",
    field: str = "",
) -> bool:
    """Refund the points; return False if the operation had already ended.

    `detail` and `field` tell the caller more, as `describe_failure` does.
    """
    result = [failure.value, None, None, None, detail, field, False]
    row = fetch_row(_FINISH, [partner_id, operation_id, *result])
    return bool(row and row["settled"])
