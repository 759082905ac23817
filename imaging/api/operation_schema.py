"""The OpenAPI description of receipts, usage and `me`."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from accounts.api.key_schema import KEY, KEYS
from accounts.api.params import invalid_timestamp
from accounts.api.responses import ImageKey
from billing.models import Charge
from config.api.descriptions import (
    AT,
    BY_EXTERNAL_ID,
    PAGING,
    PAGING_ERRORS,
    Operation,
    Query,
    Response,
    describe,
    raised,
)
from imaging.api import responses
from imaging.api.key_views import ImageKeyView
from imaging.api.operation_views import (
    CancelOperationView,
    ListOperationsView,
    OperationView,
    check_request_id,
    operation_ended,
    operation_not_found,
    read_state,
)
from imaging.api.views import UsageView

_GROUP = "Images"
_ENDED_AT = "2025-07-15T10:30:11.000Z"
_BUCKET = {"bucketId": "665a1f2e3b4c5d6e7f8a9b12", "packageId": "pack_5000", "tier": "starter"}
_DATE = {"type": "string", "format": "date-time"}
RECEIPT: dict[str, Any] = {
    "operationId": "665a1f2e3b4c5d6e7f8a9b0c",
    "operation": "create",
    "state": "succeeded",
    "failure": None,
    "mode": "fast",
    "requestedMode": "thinking",
    "aspectRatio": "1:1",
    "resolution": "1k",
    "imageUrls": [
        "https://your-bucket.s3.ap-south-1.amazonaws.com/partners/abc123/generated/uuid.png"
    ],
    "key": {"id": "665a1f2e3b4c5d6e7f8a9b0d", "lastFour": "b7Qk"},
    "tier": "starter",
    "price": 15,
    "pointsRefunded": 7,
    "pointsUsed": 8,
    "buckets": [
        {**_BUCKET, "kind": "charge", "points": -15, "at": AT},
        {**_BUCKET, "kind": "reversal", "points": 7, "at": _ENDED_AT},
    ],
    "processingTimeMs": 11234,
    "createdAt": AT,
    "settledAt": _ENDED_AT,
}
_CANCELLED: dict[str, Any] = {
    **RECEIPT,
    "state": "refunded",
    "failure": "cancelled",
    "imageUrls": [],
    "pointsRefunded": 15,
    "pointsUsed": 0,
    "buckets": [
        {**_BUCKET, "kind": "charge", "points": -15, "at": AT},
        {**_BUCKET, "kind": "reversal", "points": 15, "at": _ENDED_AT},
    ],
    "processingTimeMs": None,
    "error": {"code": "operation_cancelled", "message": "The call was cancelled."},
}
_IMAGE_KEY = {
    **KEY,
    "key": {**KEY["key"], "name": "Web shop", "environment": "live"},
    "permissions": ["image.create", "image.usage"],
    "limits": {
        **KEY["limits"],
        "spending": {
            "day": {
                "limit": 500,
                "spent": 120,
                "remaining": 380,
                "resetsAt": "2025-07-15T18:30:00.000Z",
            },
            "month": None,
        },
    },
}


def _prices(fast: float, thinking: float, names: str) -> dict[str, float]:
    return {
        names.format(action, mode): price
        for action in ("Create", "Enhance")
        for mode, price in (("Fast", fast), ("Thinking", thinking))
    }


def _tier(tier: str, fast: float, thinking: float) -> dict[str, Any]:
    prices = _prices(fast, thinking, "{}{}")
    return {"tier": tier, **{f"{name[0].lower()}{name[1:]}": each for name, each in prices.items()}}


_USAGE = {
    "last30Days": {"imageCreations": 142, "imageEnhancements": 87, "totalCalls": 229},
    "points": {
        "balance": 18750,
        "totalUsed": 6250,
        "monthlyUsage": {"month": "2025-07", "used": 3200},
    },
    "currentPricing": {"tier": "growth", **_prices(7.25, 14, "image{}{}")},
    "activeBuckets": [
        {
            "packageId": "pack_25000",
            "tier": "growth",
            "remainingPoints": 18750,
            "originalPoints": 25000,
            "purchasedAt": "2025-07-01T00:00:00.000Z",
        }
    ],
    "allTierPricing": {
        "starter": _tier("starter", 8, 15),
        "growth": _tier("growth", 7.25, 14),
        "scale": _tier("scale", 6, 11),
    },
    "supportedResolutions": ["1k", "2k", "4k"],
    "defaultResolution": "1k",
}


def _success(data: Any, **more: Any) -> dict[str, Any]:
    return {"success": True, "message": "Success", "data": data, **more, "timestamp": AT}


describe(
    UsageView,
    Operation(
        _GROUP,
        "Returns calls, balance, prices and buckets. It uses no points. A test key gets the live"
        " figures.",
        responses=[Response(responses.UsageFound, {gettext_noop("Usage"): _success(_USAGE)})],
    ),
)
describe(
    OperationView,
    Operation(
        _GROUP,
        "Returns the receipt of an image call: the request, its result and each change of points.",
        path_text="The ID of the operation.",
        responses=[
            Response(
                responses.ReceiptFound,
                {"A receipt": _success(RECEIPT)},
                headers=("X-Operation-Id",),
            )
        ],
        errors=[operation_not_found()],
    ),
)
describe(
    CancelOperationView,
    Operation(
        _GROUP,
        "Ends an operation that is still `reserved` and refunds all its points. The event is"
        " `image.failed`. A second cancel returns the receipt again.",
        path_text="The ID of the operation.",
        responses=[
            Response(
                responses.ReceiptFound,
                {"Cancelled": _success(_CANCELLED)},
                text="The receipt.",
                headers=("X-Operation-Id",),
            )
        ],
        errors=[operation_not_found(), operation_ended()],
    ),
)
describe(
    ListOperationsView,
    Operation(
        _GROUP,
        "Lists the receipts of image calls, newest first. If a response was lost, find the call by"
        " the `X-Request-Id` that you sent with it.",
        query=[
            Query(
                "requestId",
                "Your `X-Request-Id` of the call, or the one of our response.",
                {"type": "string", "pattern": r"^[A-Za-z0-9_.-]{8,64}$"},
            ),
            BY_EXTERNAL_ID,
            Query("state", "The state.", {"type": "string", "enum": Charge.State.values}),
            Query("from", "Calls from this time on.", _DATE),
            Query("to", "Calls before this time.", _DATE),
            *PAGING,
        ],
        responses=[
            Response(
                responses.ReceiptList,
                {"The only page": _success([RECEIPT], nextCursor=None)},
            )
        ],
        errors=[
            raised(check_request_id, "short"),
            raised(read_state, "open"),
            invalid_timestamp("from"),
            invalid_timestamp("to"),
            *PAGING_ERRORS,
        ],
    ),
)
describe(
    ImageKeyView,
    Operation(
        KEYS,
        "Returns what the key of the request may do and spend, for a check at start-up. Every key"
        " can call it.",
        name="getImageKey",
        responses=[Response(ImageKey, {"A key": _success(_IMAGE_KEY)})],
    ),
)
