"""The payloads of `image.succeeded` and `image.failed`."""

from __future__ import annotations

from typing import Any

from billing.points import to_number
from config.api.timestamps import timestamp
from config.db.references import describe
from imaging.failures import describe_failure
from imaging.models import ImageOperation

Payload = dict[str, Any]
SUCCEEDED, FAILED = "image.succeeded", "image.failed"


def of_operation(operation: ImageOperation) -> Payload:
    """Announce how an operation ended; it is loaded with its charge."""
    charge, shown = operation.charge, operation.shown_failure
    payload: Payload = {
        "event": FAILED if shown else SUCCEEDED,
        "operationId": operation.id,
        "operation": operation.action,
        "mode": operation.mode,
        "resolution": operation.resolution,
        "aspectRatio": operation.aspect_ratio,
    }
    if shown:
        payload["error"] = describe_failure(
            operation.action, shown, operation.failure_detail, operation.failure_field
        ).as_members()
    elif operation.action == "create":
        payload["imageUrl"] = operation.image_urls[0]
    else:
        payload["imageUrls"] = operation.image_urls
    if operation.mode != operation.requested_mode:
        payload["requestedMode"] = operation.requested_mode
    payload["pointsUsed"] = to_number(charge.net_cost) if charge else 0
    payload["tier"] = charge.tier_id if charge else "test"
    if operation.is_test:
        payload["testMode"] = True
    assert operation.ended_at
    ended_at = timestamp(operation.ended_at)
    return {**payload, **describe(operation.references), "timestamp": ended_at}
