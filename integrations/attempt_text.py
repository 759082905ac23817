"""Explanations of delivery attempts. Pure functions."""

from __future__ import annotations

_BY_STATUS = {
    400: "Your endpoint rejected the request as invalid.",
    401: "Your endpoint rejected the request. Usually the signature did not verify.",
    403: "Your endpoint rejected the request. Check its firewall, login and signature check.",
    404: "Nothing was found at this URL.",
    405: "Your endpoint does not accept POST requests.",
    408: "Your endpoint timed out while waiting for the request.",
    410: "Your endpoint accepts no more events. The delivery is not retried.",
    413: "Your endpoint does not accept a body of this size.",
    415: "Your endpoint does not accept JSON.",
    422: "Your endpoint rejected the request as invalid.",
    429: "Your endpoint is rate limiting requests.",
}
_BY_CLASS = {
    2: "Delivered.",
    3: "Your endpoint redirects, which webhooks do not follow. Deploy with the final URL.",
    4: "Your endpoint rejected the request.",
    5: "Your endpoint failed.",
}


def explain(status: int | None, error: str) -> str:
    """Describe an attempt by its status, or by why there was no response."""
    if status is not None:
        return _BY_STATUS.get(status) or _BY_CLASS.get(
            status // 100, "Your endpoint sent no final response."
        )
    return f"No response: {error}."
