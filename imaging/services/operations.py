"""Start operations in the database."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models.functions import Now

from accounts.services.authorization import COLUMNS, Admission, Caller, word_array
from billing.spending import SpendLimit, find_reached, limits_of
from config.db.ids import new_id
from config.db.statements import fetch_first_row, fetch_row, placeholders
from config.metrics import timed_statement
from imaging.models import ImageOperation
from imaging.requests import ImageRequest, placeholder_urls
from imaging.services.receivers import find_or_add_endpoint

#: The web instance that holds a reservation; those of a dead one can be refunded at once.
INSTANCE = os.environ.get("SHOPIQ_INSTANCE", "")


@dataclass(frozen=True, slots=True)
class Quote:
    """The price of an operation, its tier and the balance, in hundredths of a point.

    `reached` is the spend limit of the key that the price would exceed, if any.
    """

    tier: str
    cost: int
    balance: int
    reached: SpendLimit | None = None

    @property
    def is_covered(self) -> bool:
        return self.balance >= self.cost


class NotCharged(Exception):
    """The operation did not start, and no points moved."""

    def __init__(self, quote: Quote) -> None:
        self.quote = quote


class InsufficientPoints(NotCharged):
    """The buckets hold less than the operation costs."""


class SpendLimitReached(NotCharged):
    """The operation costs more than is left of a spend limit of the key."""


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
    """The caller, and the operation if it could start in the same round trip.

    A live operation that has not started has a quote.
    """

    admission: Admission
    operation: Operation | None = None
    quote: Quote | None = None


_CHARGE = "charged, tier, cost, balance, spending"
_AUTHORIZE_AND_START = (
    f"SELECT {COLUMNS}, started, {_CHARGE}"  # noqa: S608 - constants
    f" FROM imaging_authorize_and_start({placeholders(17)})"
)
_START = f"SELECT {_CHARGE} FROM imaging_start({placeholders(16)})"  # noqa: S608 - constants


def authorize_and_start(
    *, caller: Caller, image_request: ImageRequest, start_in: Sequence[str]
) -> StartResult:
    """Authorize the caller and, in the environments of `start_in`, start the operation in one
    round trip. Otherwise, or if it cannot be charged, a live operation only gets a quote."""
    operation_id, token = new_id(), uuid.uuid4()
    # Safe to send twice: the operation's id is the same.
    parameters = [
        *caller.as_parameters(),
        word_array(start_in),
        *_parameters(operation_id, image_request, token),
    ]
    with timed_statement("authorize_and_charge"):
        row = fetch_first_row(_AUTHORIZE_AND_START, parameters)
    assert row
    admission = Admission.from_row(row)
    if row["started"] and row["charged"] is not False:
        return StartResult(admission, operation=_operation(operation_id, admission, token, row))
    return StartResult(admission, quote=_quote(row) if row["cost"] is not None else None)


def start_operation(*, admission: Admission, image_request: ImageRequest) -> Operation:
    """Start an operation for an authorized caller; if it is not waited for, in a transaction.

    Raises `InsufficientPoints`, `SpendLimitReached`.
    """
    operation_id, token = new_id(), uuid.uuid4()
    endpoint = None
    if image_request.is_async:
        receiver = image_request.receiver
        endpoint = find_or_add_endpoint(partner_id=admission.partner_id, receiver=receiver)
    row = fetch_row(
        _START,
        [
            admission.partner_id,
            admission.key_id,
            admission.is_test,
            *_parameters(operation_id, image_request, token),
            endpoint and endpoint.id,
        ],
    )
    assert row
    if row["charged"] is False:
        quote = _quote(row)
        raise SpendLimitReached(quote) if quote.reached else InsufficientPoints(quote)
    return _operation(operation_id, admission, token, row)


def fail_test_operation(
    *, operation: Operation, failure: ImageOperation.Failure, detail: str
) -> None:
    """Let a test operation end as a live one that failed, in the transaction that starts it."""
    mine = ImageOperation.objects.of(operation.partner_id).filter(charge=None)
    mine.filter(pk=operation.id).update(failure=failure, failure_detail=detail, image_urls=[])


def delay_test_operation(*, operation: Operation) -> None:
    """Let a test operation end later, as a slow live one, in the transaction that starts it."""
    mine = ImageOperation.objects.of(operation.partner_id).filter(charge=None)
    wait = timedelta(seconds=settings.SIMULATED_SLOW_SECONDS)
    mine.filter(pk=operation.id).update(test_ends_at=Now() + wait)


def _parameters(operation_id: str, image_request: ImageRequest, token: uuid.UUID) -> list[Any]:
    """Return the last arguments of both SQL functions that start an operation."""
    references = image_request.references
    return [
        operation_id,
        image_request.action,
        image_request.mode,
        image_request.aspect_ratio,
        image_request.resolution,
        token,
        placeholder_urls(image_request, settings.TEST_IMAGE_HOST),
        settings.IMAGE_LEASE_SECONDS,
        INSTANCE,
        image_request.client_request_id,
        references.external_id,
        json.dumps(references.metadata) if references.metadata else "{}",
    ]


def _operation(
    operation_id: str, admission: Admission, token: uuid.UUID, row: dict[str, Any]
) -> Operation:
    if admission.is_test:
        return Operation(operation_id, admission.partner_id, token, is_test=True)
    return Operation(
        operation_id, admission.partner_id, token, False, tier=row["tier"], cost=row["cost"]
    )


def _quote(row: dict[str, Any]) -> Quote:
    reached = find_reached(limits_of(row["spending"]), row["cost"])
    return Quote(row["tier"], row["cost"], row["balance"], reached)
