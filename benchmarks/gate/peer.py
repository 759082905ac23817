"""What most projects would put together: a package for keys and the framework's throttles."""

from __future__ import annotations

from typing import Any

from rest_framework.throttling import SimpleRateThrottle
from rest_framework_api_key.permissions import HasAPIKey  # type: ignore[import-not-found]

from benchmarks.gate.views import FloorView


class _KeyThrottle(SimpleRateThrottle):
    def get_cache_key(self, request: Any, view: Any) -> str:
        return f"{self.scope}:{request.META['HTTP_AUTHORIZATION']}"


class MinuteThrottle(_KeyThrottle):
    """Of a second in fact: so its history stays as short as a real limit would keep it."""

    scope, rate = "minute", "100000/second"


class DayThrottle(_KeyThrottle):
    scope, rate = "day", "100000/second"


class SixtyThrottle(_KeyThrottle):
    scope, rate = "sixty", "60/minute"


class PeerView(FloorView):
    """A key of djangorestframework-api-key, a limit by minute and one by day in local memory."""

    permission_classes = (HasAPIKey,)
    throttle_classes: Any = (MinuteThrottle, DayThrottle)


class SixtyView(PeerView):
    throttle_classes = (SixtyThrottle, DayThrottle)
