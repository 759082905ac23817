"""What a request looked like when it arrived, told only to who has our secret.

`manage.py doctor` sends such a request to `PUBLIC_URL` to see what the proxy makes of it.
"""

from __future__ import annotations

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest

HEADER = "X-ShopIQ-Doctor"
_MAX_AGE = 60
_SALT = "doctor"


def sign_header() -> dict[str, str]:
    return {HEADER: TimestampSigner(salt=_SALT).sign("doctor")}


def is_signed(request: HttpRequest) -> bool:
    signature = request.headers.get(HEADER, "")
    try:
        TimestampSigner(salt=_SALT).unsign(signature, max_age=_MAX_AGE)
    except BadSignature:
        return False
    return True


def describe_request(request: HttpRequest) -> dict[str, str | bool]:
    return {
        "scheme": request.scheme or "",
        "host": request.get_host(),
        "peer": request.META.get("REMOTE_ADDR", ""),
        "forwardedFor": request.META.get("HTTP_X_FORWARDED_FOR", ""),
        "isProduction": settings.IS_PRODUCTION,
    }
