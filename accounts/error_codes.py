from django.utils.translation import gettext_lazy

from config.api.error_codes import FIX_REQUEST, ErrorCode

API_KEY_REQUIRED = ErrorCode(
    "api_key_required",
    gettext_lazy("The request carried no API key."),
    gettext_lazy("Send the key in the X-API-Key header, or as Authorization: Bearer."),
    "keys",
    gettext_lazy("View API keys"),
)
INVALID_API_KEY = ErrorCode(
    "invalid_api_key",
    gettext_lazy("The key is unknown, was revoked, or is for another part of the API."),
    gettext_lazy("Use a working key: management for accounts and shops, live or test for images."),
    "keys",
    gettext_lazy("View API keys"),
)
KEY_EXPIRED = ErrorCode(
    "key_expired",
    gettext_lazy("The key has expired."),
    gettext_lazy("Create a new key and use it on your server. An expired key cannot be restored."),
    "keys",
    gettext_lazy("View API keys"),
)
PARTNER_INACTIVE = ErrorCode(
    "partner_inactive",
    gettext_lazy("The partner account is inactive, so every request is rejected."),
    gettext_lazy("Contact ShopIQ support."),
)
IP_NOT_ALLOWED = ErrorCode(
    "ip_not_allowed",
    gettext_lazy("The request came from an IP address that is not on the key's whitelist."),
    gettext_lazy("If the address is yours, add it to the key's whitelist."),
    "keys",
    gettext_lazy("View API keys"),
)
PERMISSION_DENIED = ErrorCode(
    "permission_denied",
    gettext_lazy("The key has no permission for this endpoint."),
    gettext_lazy("Add the permission to the key, or use another key."),
    "keys",
    gettext_lazy("View API keys"),
)
RATE_LIMITED = ErrorCode(
    "rate_limited",
    gettext_lazy("The key exceeded its rate limit per minute."),
    gettext_lazy("Wait for the time in retryAfter, spread out requests, or ask for higher limits."),
    "keys",
    gettext_lazy("View API keys"),
)
DAILY_RATE_LIMITED = ErrorCode(
    "daily_rate_limited",
    gettext_lazy("The key exceeded its rate limit per day."),
    gettext_lazy("Wait for the time in retryAfter, or ask for higher limits."),
    "keys",
    gettext_lazy("View API keys"),
)
TOO_MANY_REFUSED_REQUESTS = ErrorCode(
    "too_many_refused_requests",
    gettext_lazy("Too many requests from this IP address were refused."),
    gettext_lazy("Correct the requests, and wait for the time in retryAfter."),
)
ACCOUNT_NOT_FOUND = ErrorCode(
    "account_not_found",
    gettext_lazy("You have no account with this ID, email address or phone number."),
    gettext_lazy("Check the ID. You can't read another partner's accounts."),
    "merchants",
    gettext_lazy("View accounts"),
)
AUTO_LOGIN_LINK_NOT_FOUND = ErrorCode(
    "auto_login_link_not_found",
    gettext_lazy("The account has no such auto-login link."),
    gettext_lazy("List the account's links for their IDs."),
    "merchants",
    gettext_lazy("View accounts"),
)
INVALID_PHONE = ErrorCode(
    "invalid_phone",
    gettext_lazy("The text has no digits of a phone number."),
    gettext_lazy("Send it as +919876543210."),
)
AMBIGUOUS_PHONE = ErrorCode(
    "ambiguous_phone",
    gettext_lazy("Accounts in several countries have this number."),
    gettext_lazy("Send the number with its country code, or the accountId."),
)
ACCOUNT_ID_MISMATCH = ErrorCode(
    "account_id_mismatch",
    gettext_lazy("The query and the body name different accounts."),
    gettext_lazy("Send the accountId once."),
)
DUPLICATE_ACCOUNT = ErrorCode(
    "duplicate_account",
    gettext_lazy("Another account has this email address or mobile number."),
    gettext_lazy("Check whether the account exists before you create it. Both must be unique."),
    "merchants",
    gettext_lazy("View accounts"),
)
ACCOUNT_TOO_LARGE = ErrorCode(
    "account_too_large",
    gettext_lazy("All fields together exceed 64 KB."),
    gettext_lazy("Shorten the longest fields."),
)
INVALID_IDEMPOTENCY_KEY = ErrorCode(
    "invalid_idempotency_key",
    gettext_lazy("The Idempotency-Key was not 1 to 255 printable ASCII characters."),
    FIX_REQUEST,
)
IDEMPOTENCY_KEY_IN_USE = ErrorCode(
    "idempotency_key_in_use",
    gettext_lazy("The first request with this Idempotency-Key is still in progress."),
    gettext_lazy(
        "Wait for the time in retryAfter, then resend it to get the first request's response."
    ),
)
IDEMPOTENCY_KEY_REUSED = ErrorCode(
    "idempotency_key_reused",
    gettext_lazy("The Idempotency-Key was sent before with a different body."),
    gettext_lazy("Use a new key for each operation. Reuse a key only to repeat the same request."),
)
INVALID_SIMULATION = ErrorCode(
    "invalid_simulation",
    gettext_lazy("X-ShopIQ-Simulate has no such value at this endpoint."),
    gettext_lazy("Use one that the message names, or leave the header out."),
)
