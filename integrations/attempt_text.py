"""What came of an attempt, in plain words. Pure functions."""

from __future__ import annotations

_BY_STATUS = {
    400: "The receiver took the request for a wrong one.",
    401: "The receiver refused it: mostly because the signature did not verify.",
    403: "The receiver refused it: a firewall, a login or a signature that did not verify.",
    404: "There is nothing at this path of the receiver.",
    405: "The receiver takes no POST at this path.",
    408: "The receiver waited too long for the request.",
    410: "The receiver wants no more events. It is not tried again.",
    413: "The receiver found the body too large.",
    415: "The receiver does not take JSON.",
    422: "The receiver took the request for a wrong one.",
    429: "The receiver is called too often.",
}
_BY_CLASS = {
    2: "Delivered.",
    3: "The receiver redirects. Webhooks are not redirected: order with the final address.",
    4: "The receiver refused it.",
    5: "The receiver failed.",
}


def explain(status: int | None, error: str) -> str:
    """One or two sentences about an attempt: its status, or why there was no answer."""
    if status is not None:
        return _BY_STATUS.get(status) or _BY_CLASS.get(status // 100, "Not a final answer.")
    return f"No answer: {error}."
