"""What an error code of the API means and how its caller mends it. Pure."""

from __future__ import annotations

from typing import NamedTuple


class ErrorHelp(NamedTuple):
    """Two sentences, and where to go: the name of a page and what the link says, or ""."""

    meaning: str
    fix: str
    page: str = ""
    link: str = ""


_REQUEST = "Correct the request; sending the same one again gets the same answer."
_RETRY = "Send the same request again in a few seconds, with the same Idempotency-Key."

_HELP = {
    "api_key_required": ErrorHelp(
        "The request carried no API key.",
        "Send the key in the X-API-Key header, or as Authorization: Bearer.",
        "keys",
        "API keys",
    ),
    "invalid_api_key": ErrorHelp(
        "The key is unknown, was revoked, or opens another part of the API.",
        "Use a working key: management for accounts and shops, live or test for images.",
        "keys",
        "API keys",
    ),
    "key_expired": ErrorHelp(
        "The key was right but its time is over.",
        "Make a new key and put it into your server; an expired key does not come back.",
        "keys",
        "API keys",
    ),
    "partner_inactive": ErrorHelp(
        "The partner account is inactive, so every call is refused.",
        "Write to your contact at ShopIQ.",
    ),
    "ip_not_allowed": ErrorHelp(
        "The key has a whitelist and the request came from an address that is not on it.",
        "Add the address of this request to the key's whitelist, if it is one of yours.",
        "keys",
        "Whitelists of your keys",
    ),
    "permission_denied": ErrorHelp(
        "The key may call some endpoints, and this is not one of them.",
        "Give the key the permission, or use another key.",
        "keys",
        "Permissions of your keys",
    ),
    "unauthorized": ErrorHelp("The call did not say whose it is.", "Send an API key."),
    "forbidden": ErrorHelp("The call is not allowed.", "Check the key and the endpoint."),
    "rate_limited": ErrorHelp(
        "The key had used up its calls of the last minute or of the last day.",
        "Wait as long as retryAfter says, spread calls out, or ask ShopIQ for higher limits.",
        "keys",
        "Limits of your keys",
    ),
    "insufficient_points": ErrorHelp(
        "The balance did not reach for the operation. Nothing was charged.",
        "Buy points; calls work again as soon as they are credited.",
        "points",
        "Buy points",
    ),
    "blocked_by_safety_filters": ErrorHelp(
        "The model refused the prompt or the image. The points were given back.",
        "Change the prompt; the message says what the model objected to.",
    ),
    "download_failed": ErrorHelp(
        "An image to enhance could not be fetched from its address. Nothing was charged.",
        "The address must be public and answer with a JPEG, PNG, GIF or WebP image in good time.",
    ),
    "generation_failed": ErrorHelp("No image could be made. The points were given back.", _RETRY),
    "service_unavailable": ErrorHelp("The model was too busy. The points were given back.", _RETRY),
    "duplicate_account": ErrorHelp(
        "Another account has this email address or mobile number.",
        "Look the account up before you create it; both must be unique.",
        "merchants",
        "Accounts",
    ),
    "account_too_large": ErrorHelp(
        "All fields together exceed 64 KB.", "Shorten the longest ones."
    ),
    "website_exists": ErrorHelp(
        "The account has a shop already, or one is being built.",
        "Nothing is to be done: follow the deployment that there is.",
        "deployments",
        "Deployments",
    ),
    "not_found": ErrorHelp(
        "There is no such row of yours, or no such path.",
        "Compare the id and the path. What belongs to another partner does not exist for you.",
    ),
    "not_connected": ErrorHelp(
        "The account has no connection with this integration.",
        "Nothing is to be done, or connect it first.",
        "merchants",
        "Accounts",
    ),
    "unsupported_integration": ErrorHelp(
        "No integration has this name.", "Take one of the names that the answer lists."
    ),
    "missing_credentials": ErrorHelp(
        "A credential that the integration needs was not given.",
        "Send every credential that the answer names.",
    ),
    "missing_fields": ErrorHelp("A required field was not given.", _REQUEST),
    "invalid_request": ErrorHelp("A field has a value that is not accepted.", _REQUEST),
    "invalid_body": ErrorHelp("The body was not a JSON object.", _REQUEST),
    "invalid_json": ErrorHelp("The body was not valid JSON in UTF-8.", _REQUEST),
    "body_too_large": ErrorHelp("The body was larger than 256 KB.", "Send less."),
    "unsupported_media_type": ErrorHelp(
        "The body did not say that it is JSON.", "Send Content-Type: application/json."
    ),
    "method_not_allowed": ErrorHelp(
        "The path exists, but not for this method.", "The Allow header names the right one."
    ),
    "invalid_idempotency_key": ErrorHelp(
        "The Idempotency-Key was not 1 to 255 printable ASCII characters.", _REQUEST
    ),
    "idempotency_key_in_use": ErrorHelp(
        "The first call with this Idempotency-Key had not ended.",
        "Wait as long as retryAfter says and send it again: you get the first call's answer.",
    ),
    "idempotency_key_reused": ErrorHelp(
        "The Idempotency-Key came with another body before.",
        "Use a new key for each new operation and the same one only to repeat it.",
    ),
    "internal_error": ErrorHelp(
        "Something went wrong on our side.",
        "Send the request again; if it goes on, tell ShopIQ the request id.",
    ),
    "unavailable": ErrorHelp("The service was not available for a moment.", _RETRY),
}
#: Every code that can stand in the log, for the filter.
CODES = tuple(sorted(_HELP))


def help_for(code: str) -> ErrorHelp | None:
    """What to say about a code; None where nothing is known of it."""
    return _HELP.get(code)
