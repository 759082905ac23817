"""Explanations of delivery attempts, in the reader's language. Pure functions."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_lazy

_BY_STATUS = {
    400: gettext_lazy("Your endpoint rejected the request as invalid."),
    401: gettext_lazy("Your endpoint rejected the request. Usually the signature did not verify."),
    403: gettext_lazy(
        "Your endpoint rejected the request. Check its firewall, login and signature check."
    ),
    404: gettext_lazy("Nothing was found at this URL."),
    405: gettext_lazy("Your endpoint does not accept POST requests."),
    408: gettext_lazy("Your endpoint timed out while waiting for the request."),
    410: gettext_lazy("Your endpoint accepts no more events. The delivery is not retried."),
    413: gettext_lazy("Your endpoint does not accept a body of this size."),
    415: gettext_lazy("Your endpoint does not accept JSON."),
    422: gettext_lazy("Your endpoint rejected the request as invalid."),
    429: gettext_lazy("Your endpoint is rate limiting requests."),
}
_BY_CLASS = {
    2: gettext_lazy("Delivered."),
    3: gettext_lazy(
        "Your endpoint redirects, which webhooks do not follow. Deploy with the final URL."
    ),
    4: gettext_lazy("Your endpoint rejected the request."),
    5: gettext_lazy("Your endpoint failed."),
}


def explain(status: int | None, error: str) -> str:
    """Describe an attempt by its status, or by why there was no response."""
    if status is not None:
        text = _BY_STATUS.get(status) or _BY_CLASS.get(status // 100)
        return str(text) if text else gettext("Your endpoint sent no final response.")
    return gettext("No response: %(reason)s.") % {"reason": translate_reason(error)}


def translate_reason(error: str) -> str:
    """Translate why there was no response; rows keep it in English."""
    return gettext(error) if error else ""
