"""The life of an operation in the database: begun, started, finished once."""

from __future__ import annotations

import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Sum

from accounts.services import authorization
from accounts.services.authorization import Admission, Caller
from billing.models import Charge, PointBucket
from config.db.functions import fetch_first_row, fetch_row
from config.db.ids import new_id
from imaging.models import ImageOperation
from imaging.requests import ImageRequest, placeholder_urls

#: Which web instance holds a reservation; what a dead one held can be given back at once.
INSTANCE = os.environ.get("SHOPIQ_INSTANCE", "")


class Interrupted(Exception):
    """The operation was ended by somebody else, with a refund, while its images were made."""


class InsufficientPoints(Exception):
    """The buckets hold less than the operation costs; amounts in hundredths of a point."""

    def __init__(self, tier: str, cost: int, balance: int) -> None:
        super().__init__(f"{balance} of {cost}")
        self.tier, self.cost, self.balance = tier, cost, balance


@dataclass(frozen=True, slots=True)
class Operation:
    """A started operation; `tier` and `cost` are empty in test mode."""

    id: str
    partner_id: str
    file_token: uuid.UUID
    is_test: bool
    tier: str = "test"
    cost: int = 0


@dataclass(frozen=True, slots=True)
class StartResult:
    """The gate's answer, and the operation where it was started in the same round trip.

    `shortfall` says that the partner's points do not reach for it.
    """

    admission: Admission
    operation: Operation | None = None
    shortfall: InsufficientPoints | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a settled operation cost in the end and what is left, in hundredths of a point."""

    cost: int
    balance: int


_FACTS = "%s, %s, %s, %s, %s, %s, %s, %s, %s"
_CHARGE = "charged, tier, cost, balance"
_BEGIN = (
    f"SELECT {authorization.COLUMNS}, started, {_CHARGE}"  # noqa: S608
    f" FROM imaging_begin(%s, %s, %s, %s, %s, {_FACTS})"
)
_START = f"SELECT {_CHARGE} FROM imaging_start(%s, %s, %s, {_FACTS})"  # noqa: S608
_FINISH = "SELECT settled, cost, balance FROM imaging_finish(%s, %s, %s, %s, %s)"


def begin_operation(*, caller: Caller, order: ImageRequest, start_in: Sequence[str]) -> StartResult:
    """Admits the caller and, in the environments of `start_in`, starts the operation: one
    round trip. Elsewhere the operation is only priced."""
    operation_id, token = new_id(), uuid.uuid4()
    # Sent twice it starts nothing twice: the operation's id is the same.
    row = fetch_first_row(
        _BEGIN,
        [*caller.as_parameters(), list(start_in), *_facts(operation_id, order, token)],
    )
    assert row
    admission = Admission.from_row(row)
    if admission.stage is not None:
        return StartResult(admission)
    if row["started"]:
        if row["charged"] is False:
            return StartResult(admission, shortfall=_shortfall(row))
        return StartResult(admission, operation=_operation(operation_id, admission, token, row))
    if row["cost"] is None:
        return StartResult(admission)
    missing = _shortfall(row) if row["balance"] < row["cost"] else None
    return StartResult(admission, shortfall=missing)


def start_operation(*, admission: Admission, order: ImageRequest) -> Operation:
    """Starts an operation for a caller already admitted. Raises `InsufficientPoints`."""
    operation_id, token = new_id(), uuid.uuid4()
    row = fetch_row(
        _START,
        [
            admission.partner_id,
            admission.key_id,
            admission.is_test,
            *_facts(operation_id, order, token),
        ],
    )
    assert row
    if row["charged"] is False:
        raise _shortfall(row)
    return _operation(operation_id, admission, token, row)


def finish_operation(
    *, operation: Operation, mode: str, urls: list[str], milliseconds: int
) -> Settlement:
    """Keeps the charge. Raises `Interrupted` where it has been refunded meanwhile."""
    row = fetch_row(_FINISH, [operation.id, "", mode, urls, milliseconds])
    if not row or not row["settled"]:
        raise Interrupted
    return Settlement(row["cost"], row["balance"])


def read_finished(operation: Operation) -> Settlement | None:
    """What an operation that has succeeded cost; None for one that has not."""
    charge = Charge.objects.filter(pk=operation.id, state=Charge.State.SUCCEEDED).first()
    if charge is None:
        return None
    buckets = PointBucket.objects.filter(partner_id=operation.partner_id)
    return Settlement(charge.net_cost, buckets.aggregate(n=Sum("remaining"))["n"])


def refund_operation(*, operation_id: str, failure: ImageOperation.Failure) -> bool:
    """Gives the points back; False where the operation had ended before."""
    row = fetch_row(_FINISH, [operation_id, failure.value, None, None, None])
    return bool(row and row["settled"])


def _facts(operation_id: str, order: ImageRequest, token: uuid.UUID) -> list[Any]:
    """The tail of arguments that `imaging_begin` and `imaging_start` share."""
    return [
        operation_id,
        order.action,
        order.mode,
        order.aspect_ratio,
        order.resolution,
        token,
        placeholder_urls(order, settings.TEST_IMAGE_HOST),
        settings.IMAGE_LEASE_SECONDS,
        INSTANCE,
    ]


def _operation(
    operation_id: str, admission: Admission, token: uuid.UUID, row: dict[str, Any]
) -> Operation:
    if admission.is_test:
        return Operation(operation_id, admission.partner_id, token, is_test=True)
    return Operation(
        operation_id, admission.partner_id, token, False, tier=row["tier"], cost=row["cost"]
    )


def _shortfall(row: dict[str, Any]) -> InsufficientPoints:
    return InsufficientPoints(row["tier"], row["cost"], row["balance"])
