"""The usual combination: a package for keys and the framework's throttles."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.cache import caches
from rest_framework.throttling import SimpleRateThrottle
from rest_framework_api_key.permissions import HasAPIKey  # type: ignore[import-not-found]

from benchmarks.authorization.views import FloorView


class _KeyThrottle(SimpleRateThrottle):
    def get_cache_key(self, request: Any, view: Any) -> str:
        secret = request.META["HTTP_AUTHORIZATION"].rpartition(" ")[2]
        return f"{self.scope}:{secret}"  # a space would warn in every call


class MinuteThrottle(_KeyThrottle):
    """Count per second in fact, so that its history stays as short as with a real limit."""

    scope, rate = "minute", "100000/second"


class DayThrottle(_KeyThrottle):
    scope, rate = "day", "100000/second"


class SixtyThrottle(_KeyThrottle):
    scope, rate = "sixty", "60/minute"


class PeerView(FloorView):
    """Check a key of djangorestframework-api-key and limits per minute and day in local memory."""

    permission_classes = (HasAPIKey,)
    throttle_classes: Any = (MinuteThrottle, DayThrottle)


class SixtyView(PeerView):
    throttle_classes = (SixtyThrottle, DayThrottle)


class RedisMinuteThrottle(MinuteThrottle):
    cache = caches["redis" if "redis" in settings.CACHES else "default"]


class RedisDayThrottle(DayThrottle):
    cache = RedisMinuteThrottle.cache


class RedisView(PeerView):
    """Count in Redis, so that all processes share one count, though not exactly: each throttle
    reads its history, decides and writes it back."""

    throttle_classes = (RedisMinuteThrottle, RedisDayThrottle)


class SharedMinuteThrottle(MinuteThrottle):
    cache = caches["shared"]


class SharedDayThrottle(DayThrottle):
    cache = caches["shared"]


class SharedView(PeerView):
    """Count in PostgreSQL, so that all processes and restarts share one count, as ours do."""

    throttle_classes = (SharedMinuteThrottle, SharedDayThrottle)
