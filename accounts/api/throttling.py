"""429, and the headers that tell every caller how much is left."""

from __future__ import annotations

from typing import Any

from rest_framework.throttling import BaseThrottle

from accounts.services.authorization import Admission


class PartnerRateThrottle(BaseThrottle):
    """The gate has counted; this raises its refusal."""

    def allow_request(self, request: Any, view: Any) -> bool:
        admission: Admission = request.auth
        if admission.stage is not None and (refusal := admission.refusal()):
            raise refusal
        return True


def rate_headers(admission: Admission) -> dict[str, str]:
    """`RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10)."""
    if admission.minute is None or admission.day is None:
        return {}
    minute, day = admission.minute, admission.day
    return {
        "RateLimit-Policy": f'"minute";q={minute.limit};w=60, "day";q={day.limit};w=86400',
        "RateLimit": (
            f'"minute";r={minute.left};t={minute.reset}, "day";r={day.left};t={day.reset}'
        ),
    }
