"""The OpenAPI description of the calls that generate images, and of quotes."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from billing.spending import SpendLimit
from config.api.descriptions import AT, Operation, Response, describe, raised
from config.api.errors import ApiError
from imaging.api import errors, responses
from imaging.api import serializers as bodies
from imaging.api.accepted_calls import ReceiverSerializer
from imaging.api.body_schemas import EnhancementSerializer, NewImageSerializer, QuoteSerializer
from imaging.api.examples import CREATED, ENHANCED, HANDBAG, QUOTE, TEST
from imaging.api.operation_schema import RECEIPT
from imaging.api.rehearsals import SIMULATIONS
from imaging.api.views import CreateView, EnhanceView, QuoteView
from imaging.providers.base import Action
from imaging.services.inputs import DownloadFailed, TooManyFailures
from imaging.services.operations import Quote
from integrations.api.webhook_schema import INVALID_URL

GROUP = "Images"


def _success(data: dict[str, Any], message: str = "Success") -> dict[str, Any]:
    return {"success": True, "message": message, "data": data, "timestamp": AT}


def _spend_limit_reached() -> ApiError:
    reached = SpendLimit("day", 50_000, 49_600, "Asia/Kolkata")
    error = errors.not_charged(Quote("starter", 800, 500_000, reached), "fast")
    error.extra["resetsAt"] = "2025-07-15T18:30:00.000Z"  # instead of one that depends on today
    return error


def _accepted() -> Response:
    waiting = {
        **RECEIPT,
        "state": "reserved",
        "mode": "fast",
        "requestedMode": "fast",
        "imageUrls": [],
        "price": 8,
        "pointsRefunded": 0,
        "buckets": RECEIPT["buckets"][:1],
        "processingTimeMs": 0,
        "settledAt": None,
        "operationUrl": f"https://api.shopiq.app/partner/v1/image/operations/{RECEIPT['operationId']}",
    }
    return Response(
        responses.CallAccepted,
        {gettext_noop("Accepted"): _success(waiting, "Accepted")},
        status=202,
        text="With `Prefer: respond-async`: the points are reserved, and the call goes on. `data`"
        " is the receipt so far.",
        headers=("X-Operation-Id", "Location", "Preference-Applied", "Retry-After"),
    )


def _call_errors(action: Action, price: int, balance: int, mode: str) -> list[ApiError]:
    return [
        raised(ReceiverSerializer().read, {"webhookUrl": 1}),
        INVALID_URL,
        errors.not_charged(Quote("starter", price, balance), mode),
        _spend_limit_reached(),
        errors.blocked("[reason]", action),
        errors.busy(action),
        errors.failed(action),
        errors.cancelled(action),
    ]


def _shared_errors(reading: bodies.DocumentedSerializer, body: dict[str, Any]) -> list[ApiError]:
    return [
        raised(reading.read, {**body, name: "other"})
        for name in ("aspectRatio", "mode", "resolution")
    ]


_create, _enhance = CreateView.serializer.read, EnhanceView.serializer.read
_IMAGE = {"images": ["https://example.com/a.jpg"]}
CREATE_ERRORS = [
    raised(_create, {}),
    raised(_create, {"prompt": "x" * 4001}),
    *_shared_errors(CreateView.serializer, {"prompt": "A shoe"}),
    raised(_create, {"prompt": "A shoe", "seed": -1}),
]
ENHANCE_ERRORS = [
    raised(_enhance, {}),
    raised(_enhance, {"images": _IMAGE["images"] * 5}),
    raised(_enhance, {"images": ["ftp://example.com"]}),
    raised(_enhance, {**_IMAGE, "userRequest": 1}),
    raised(_enhance, {**_IMAGE, "userRequest": "x" * 2001}),
    *_shared_errors(EnhanceView.serializer, _IMAGE),
]

describe(
    CreateView,
    Operation(
        GROUP,
        "Generates an image from a prompt. In `thinking` mode, AI first writes a detailed prompt;"
        " if that fails, the call falls back to `fast` mode and its price. The points of a call"
        " that fails are refunded. A call takes up to two minutes.",
        body=NewImageSerializer,
        body_examples={
            "Fast mode": HANDBAG,
            gettext_noop("Thinking mode"): {
                "prompt": "minimalist sneaker product shot for an e-commerce store",
                "aspectRatio": "4:3",
                "mode": "thinking",
                "resolution": "2k",
            },
        },
        is_idempotent=True,
        is_async=True,
        simulations=SIMULATIONS,
        responses=[
            Response(
                responses.ImageCreated,
                {
                    gettext_noop("Live key"): _success(CREATED),
                    gettext_noop("Test key"): _success(TEST),
                },
                text="The image.",
                headers=("X-Operation-Id",),
            ),
            _accepted(),
        ],
        errors=[*CREATE_ERRORS, *_call_errors("create", 800, 300, "fast")],
    ),
)
describe(
    EnhanceView,
    Operation(
        GROUP,
        "Enhances one to four images. They are downloaded from their URLs: JPEG, PNG, GIF or WebP"
        " of at most 50 MB each. The number of images may differ from that of the input. The"
        " points of a call that fails are refunded.",
        body=EnhancementSerializer,
        body_examples={
            "Fast mode": {
                "images": ["https://example.com/product-photo-raw.jpg"],
                "userRequest": "Remove the background and place on a clean white surface with soft"
                " shadows. Make colors more vibrant.",
                "aspectRatio": "1:1",
                "mode": "fast",
                "resolution": "2k",
            },
            gettext_noop("Thinking mode with several images"): {
                "images": [
                    "https://example.com/product-front.jpg",
                    "https://example.com/product-side.jpg",
                ],
                "userRequest": "Create a professional e-commerce product listing image",
                "aspectRatio": "4:3",
                "mode": "thinking",
                "resolution": "1k",
            },
            gettext_noop("No request"): {
                "images": ["https://example.com/low-quality-photo.jpg"],
                "mode": "thinking",
            },
        },
        is_idempotent=True,
        is_async=True,
        simulations=SIMULATIONS,
        responses=[
            Response(
                responses.ImagesEnhanced,
                {gettext_noop("Live key"): _success(ENHANCED)},
                text="The images.",
                headers=("X-Operation-Id",),
            ),
            _accepted(),
        ],
        errors=[
            *ENHANCE_ERRORS,
            errors.download_failed(DownloadFailed("the server took too long", 0)),
            *_call_errors("enhance", 1500, 1000, "thinking"),
            errors.too_many_failures(TooManyFailures(1800)),
        ],
    ),
)
describe(
    QuoteView,
    Operation(
        GROUP,
        "Returns the price of a call and what would pay for it. The body is validated like that of"
        " the call, but no image is made and no points move.",
        body=QuoteSerializer,
        body_examples={"A create": {"prompt": "A red shoe", "mode": "thinking"}},
        responses=[Response(responses.QuoteGiven, {"A quote": _success(QUOTE)}, text="The quote.")],
        errors=[
            raised(QuoteView.read_operation, {"operation": "draw"}),
            *{each.message: each for each in [*CREATE_ERRORS, *ENHANCE_ERRORS]}.values(),
        ],
    ),
)
