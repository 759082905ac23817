"""The response bodies of the Image API, member by member as documented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings

from billing.points import to_number
from billing.spending import SpendLimit
from config.api.renderers import ApiResponse
from config.api.timestamps import timestamp
from config.db.references import describe
from imaging.error_codes import INSUFFICIENT_POINTS, SPEND_LIMIT_REACHED
from imaging.failures import describe_failure
from imaging.models import ImageOperation
from imaging.requests import ImageRequest, placeholder_urls
from imaging.services.generated_images import GeneratedImages
from imaging.services.operations import Operation
from imaging.services.quotes import CallQuote
from imaging.services.settlements import Settlement

TEST_MESSAGE = (
    "This is a test response. No AI model was triggered and no points were deducted. "
    "Use a live API key (sq_live_*) for actual image generation."
)


def success(data: dict[str, Any]) -> dict[str, Any]:
    """Wrap the data of an image response (API documentation, "Response Format")."""
    return {"success": True, "message": "Success", "data": data, "timestamp": timestamp()}


def live_image(
    image_request: ImageRequest,
    operation: Operation,
    images: GeneratedImages,
    settlement: Settlement,
    total_ms: int,
) -> dict[str, Any]:
    """Build the data of a live call; `requestedMode` shows a fallback to fast mode."""
    cost = to_number(settlement.cost)
    data = {
        **_urls(image_request, images.urls),
        "mode": images.mode,
        "resolution": image_request.resolution,
        "pointsUsed": cost,
        "tier": operation.tier,
        "costPerOperation": cost,
        "remainingBalance": to_number(settlement.balance),
        "processingTimeMs": images.milliseconds,
        "totalTimeMs": total_ms,
        **describe(image_request.references),
    }
    if images.mode != image_request.mode:
        data["requestedMode"] = image_request.mode
    return success(data)


def accepted(operation: ImageOperation) -> ApiResponse:
    """Build the 202 of a call that goes on: its receipt so far, and where to read it later."""
    url = f"{settings.PUBLIC_URL}/partner/v1/image/operations/{operation.id}"
    data = {**_receipt(operation), "operationUrl": url}
    return ApiResponse(
        {**success(data), "message": "Accepted"},
        status=202,
        headers={
            "X-Operation-Id": operation.id,
            "Location": url,
            "Preference-Applied": "respond-async",
            "Retry-After": "5",
        },
        target=operation.id,
    )


def test_image(image_request: ImageRequest, total_ms: int) -> dict[str, Any]:
    return success(
        {
            **_urls(image_request, placeholder_urls(image_request, settings.TEST_IMAGE_HOST)),
            "mode": image_request.mode,
            "resolution": image_request.resolution,
            "pointsUsed": 0,
            "tier": "test",
            "costPerOperation": 0,
            "remainingBalance": None,
            "processingTimeMs": total_ms,
            "totalTimeMs": total_ms,
            "testMode": True,
            "message": TEST_MESSAGE,
            **describe(image_request.references),
        }
    )


def _urls(image_request: ImageRequest, urls: list[str]) -> dict[str, Any]:
    return {"imageUrl": urls[0]} if image_request.action == "create" else {"imageUrls": urls}


def quote(values: Mapping[str, Any], quote: CallQuote, *, is_test: bool) -> dict[str, Any]:
    """Build the quote of the call that `values` describe; `balanceAfter` is null if refused."""
    after = quote.balance_after
    data: dict[str, Any] = {
        **{name: values[name] for name in ("operation", "mode", "aspectRatio", "resolution")},
        "tier": quote.tier,
        "price": to_number(quote.price),
        "balance": to_number(quote.balance),
        "balanceAfter": None if after is None else to_number(after),
        "buckets": [
            {
                "bucketId": draw.bucket_id,
                "packageId": draw.package_code,
                "tier": draw.tier,
                "points": to_number(draw.points),
            }
            for draw in quote.draws
        ],
        "callsLeft": quote.calls_left,
        "refusal": _refusal(quote),
        "spendLimits": spend_limits(quote.spend_limits),
    }
    if is_test:
        data["testMode"] = True
    return success(data)


def _refusal(quote: CallQuote) -> str | None:
    """Return the code of the 402 that the call would get now."""
    if not quote.draws:
        return INSUFFICIENT_POINTS.name
    return SPEND_LIMIT_REACHED.name if quote.reached else None


def spend_limits(limits: Sequence[SpendLimit]) -> dict[str, Any]:
    """Return the limits of a key by period; null for a period without one."""
    by_period = {
        limit.period: {
            "limit": to_number(limit.limit),
            "spent": to_number(limit.spent),
            "remaining": to_number(limit.remaining),
            "resetsAt": timestamp(limit.resets_at),
        }
        for limit in limits
    }
    return {period: by_period.get(period) for period in ("day", "month")}


def receipt(operation: ImageOperation) -> dict[str, Any]:
    return success(_receipt(operation))


def receipts(operations: list[ImageOperation], next_cursor: str | None) -> dict[str, Any]:
    data = [_receipt(operation) for operation in operations]
    return {
        "success": True,
        "message": "Success",
        "data": data,
        "nextCursor": next_cursor,
        "timestamp": timestamp(),
    }


def _receipt(operation: ImageOperation) -> dict[str, Any]:
    """Return request, result and all movements of points of one call."""
    charge = operation.charge
    data: dict[str, Any] = {
        "operationId": operation.id,
        "operation": operation.action,
        "state": operation.state,
        "failure": operation.shown_failure,
        "mode": operation.mode,
        "requestedMode": operation.requested_mode,
        "aspectRatio": operation.aspect_ratio,
        "resolution": operation.resolution,
        "imageUrls": [] if operation.is_reserved else operation.image_urls,
        "key": {"id": operation.key_id, "lastFour": operation.key.last_four},
        "tier": charge.tier_id if charge else "test",
        "price": to_number(charge.cost) if charge else 0,
        "pointsRefunded": to_number(charge.refunded) if charge else 0,
        "pointsUsed": to_number(charge.net_cost) if charge else 0,
        "buckets": [_line(entry) for entry in charge.entries.all()] if charge else [],
        "processingTimeMs": _processing_ms(operation),
        "createdAt": timestamp(operation.created_at),
        "settledAt": timestamp(operation.ended_at) if operation.ended_at else None,
        **describe(operation.references),
    }
    if operation.shown_failure:
        data["error"] = describe_failure(
            operation.action,
            operation.shown_failure,
            operation.failure_detail,
            operation.failure_field,
        ).as_members()
    if operation.client_request_id:
        data["clientRequestId"] = operation.client_request_id
    if operation.is_test:
        data["testMode"] = True
    return data


def _processing_ms(operation: ImageOperation) -> int | None:
    if not operation.is_test:
        return operation.processing_ms
    return None if operation.is_reserved else 0


def _line(entry: Any) -> dict[str, Any]:
    return {
        "bucketId": entry.bucket_id,
        "packageId": entry.bucket.package_code,
        "tier": entry.bucket.tier_id,
        "kind": entry.kind,
        "points": to_number(entry.points),
        "at": timestamp(entry.created_at),
    }
