"""Operations as the product starts and ends them, without the images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from accounts.services.authorization import Admission
from billing.models import Charge, LedgerEntry, OperationPrice, PackagePrice, PointBucket
from imaging.models import ImageOperation
from imaging.requests import ImageRequest
from imaging.services import Operation, Settlement, start_operation
from imaging.services.settlements import finish_operation, refund_operation
from tests.billing.fifo import Bucket
from tests.factories import Keys

Failure = ImageOperation.Failure


@dataclass(frozen=True)
class Booking:
    """One ledger line without its ids."""

    bucket_id: str
    kind: str
    points: int


def image_request_of(action: str = "create", mode: str = "fast") -> ImageRequest:
    urls = ("http://127.0.0.1/a.png",) if action == "enhance" else ()
    return ImageRequest(action, "a teal vase", mode, "1:1", "1k", urls)  # type: ignore[arg-type]


def admission_of(keys: Keys, environment: str = "live") -> Admission:
    """Return the admission of an authorized caller."""
    key = keys.key(environment)
    return Admission(
        None, keys.partner.id, keys.partner.name, key.id, environment, None, None, None
    )


def start(keys: Keys, action: str = "create", mode: str = "fast") -> Operation:
    return start_operation(
        admission=admission_of(keys), image_request=image_request_of(action, mode)
    )


def start_test(keys: Keys) -> Operation:
    return start_operation(admission=admission_of(keys, "test"), image_request=image_request_of())


def succeed(
    operation: Operation,
    mode: str = "fast",
    urls: Sequence[str] = ("http://127.0.0.1/media/x.png",),
    milliseconds: int = 7,
) -> Settlement:
    return finish_operation(
        operation=operation,
        mode=mode,
        urls=list(urls),
        milliseconds=milliseconds,
        has_thumbnail=False,
    )


def refund(operation: Operation, failure: ImageOperation.Failure = Failure.FAILED) -> bool:
    return refund_operation(
        partner_id=operation.partner_id, operation_id=operation.id, failure=failure
    )


def run_out(operation_ids: Sequence[str]) -> None:
    """Lets the leases of these operations end a second ago, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE billing_charge SET lease_until = clock_timestamp() - interval '1 second'"
            " WHERE id = ANY(%s)",
            [list(operation_ids)],
        )


def set_price(tier: str, action: str, mode: str, points: int) -> None:
    """Let a price start now, without the notice that staff give."""
    OperationPrice.objects.create(tier_id=tier, action=action, mode=mode, points=points)


def set_package_price(code: str, price_paise: int = 500_000, is_on_sale: bool = True) -> None:
    PackagePrice.objects.create(package_id=code, price_paise=price_paise, is_on_sale=is_on_sale)


def restore_prices() -> None:
    """Leave the rows that migrations made: prices are reference rows, which no fixture removes."""
    deletions = "; ".join(
        f"DELETE FROM {table} WHERE starts_at > '2000-01-01 00:00Z'"
        for table in ("billing_operationprice", "billing_packageprice")
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SET session_replication_role = replica; {deletions}; RESET ALL")


def prices_by_tier(action: str, mode: str) -> dict[str, int]:
    rows = OperationPrice.objects.in_force().filter(action=action, mode=mode)
    return {price.tier_id: price.points for price in rows}


def buckets_of(keys: Keys) -> list[Bucket]:
    """Return the buckets as the oracle uses them, oldest first."""
    rows = PointBucket.objects.filter(partner=keys.partner).in_burn_order()
    return [Bucket(bucket.id, bucket.tier_id, bucket.remaining) for bucket in rows]


def balance_of(keys: Keys) -> int:
    return sum(bucket.remaining for bucket in buckets_of(keys))


def bookings_of(operation_id: str) -> list[Booking]:
    """The ledger lines of one operation in the order in which they were written."""
    entries = LedgerEntry.objects.filter(operation=operation_id).in_order()
    return [Booking(entry.bucket_id, entry.kind, entry.points) for entry in entries]


def state_of(operation: Operation) -> str:
    return Charge.objects.get(pk=operation.id).state
