from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy

from billing.models import Charge
from config.db.owned import PLATFORM_ID
from imaging import events
from imaging.models import ImageOperation
from integrations.event_types import EventType, register_event_types

_ID = "665a1f2e3b4c5d6e7f8a9b0c"
_IMAGE = "https://example.com/generated/image.png"


def _sample(at: datetime, **fields: Any) -> events.Payload:
    is_failed = "failure" in fields
    charge = Charge(
        id=_ID,
        partner_id=PLATFORM_ID,
        tier_id="starter",
        cost=800,
        refunded=800 if is_failed else 0,
        settled_at=at,
    )
    return events.of_operation(
        ImageOperation(
            id=_ID,
            partner_id=PLATFORM_ID,
            charge=charge,
            action="create",
            mode="fast",
            requested_mode="fast",
            aspect_ratio="1:1",
            resolution="1k",
            **fields,
        )
    )


def _succeeded(at: datetime) -> events.Payload:
    return _sample(at, image_urls=[_IMAGE])


def _failed(at: datetime) -> events.Payload:
    failure = ImageOperation.Failure.BUSY
    return _sample(at, failure=failure, failure_detail="", failure_field="")


register_event_types(
    EventType(
        events.SUCCEEDED,
        _succeeded,
        gettext_lazy("An image call with `Prefer: respond-async` has ended with an image."),
        {"imageUrl": _IMAGE, "imageUrls": [_IMAGE], "requestedMode": "thinking"},
    ),
    EventType(
        events.FAILED,
        _failed,
        gettext_lazy(
            "An image call with `Prefer: respond-async` has failed; its points were refunded."
        ),
    ),
)
