from config.api.error_codes import FIX_REQUEST, ErrorCode

API_KEY_REQUIRED = ErrorCode(
    "api_key_required",
    "The request carried no API key.",
    "Send the key in the X-API-Key header, or as Authorization: Bearer.",
    "keys",
    "View API keys",
)
INVALID_API_KEY = ErrorCode(
    "invalid_api_key",
    "The key is unknown, was revoked, or is for another part of the API.",
    "Use a working key: management for accounts and shops, live or test for images.",
    "keys",
    "View API keys",
)
KEY_EXPIRED = ErrorCode(
    "key_expired",
    "The key has expired.",
    "Create a new key and use it on your server. An expired key cannot be restored.",
    "keys",
    "View API keys",
)
PARTNER_INACTIVE = ErrorCode(
    "partner_inactive",
    "The partner account is inactive, so every request is rejected.",
    "Contact ShopIQ support.",
)
IP_NOT_ALLOWED = ErrorCode(
    "ip_not_allowed",
    "The request came from an IP address that is not on the key's whitelist.",
    "If the address is yours, add it to the key's whitelist.",
    "keys",
    "View API keys",
)
PERMISSION_DENIED = ErrorCode(
    "permission_denied",
    "The key has no permission for this endpoint.",
    "Add the permission to the key, or use another key.",
    "keys",
    "View API keys",
)
RATE_LIMITED = ErrorCode(
    "rate_limited",
    "The key exceeded its rate limit per minute.",
    "Wait for the time in retryAfter, spread out requests, or ask for higher limits.",
    "keys",
    "View API keys",
)
DAILY_RATE_LIMITED = ErrorCode(
    "daily_rate_limited",
    "The key exceeded its rate limit per day.",
    "Wait for the time in retryAfter, or ask for higher limits.",
    "keys",
    "View API keys",
)
TOO_MANY_REFUSED_REQUESTS = ErrorCode(
    "too_many_refused_requests",
    "Too many requests from this IP address were refused.",
    "Correct the requests, and wait for the time in retryAfter.",
)
ACCOUNT_NOT_FOUND = ErrorCode(
    "account_not_found",
    "You have no account with this ID, email address or phone number.",
    "Check the ID. You can't read another partner's accounts.",
    "merchants",
    "View accounts",
)
AUTO_LOGIN_LINK_NOT_FOUND = ErrorCode(
    "auto_login_link_not_found",
    "The account has no such auto-login link.",
    "List the account's links for their IDs.",
    "merchants",
    "View accounts",
)
INVALID_PHONE = ErrorCode(
    "invalid_phone", "The text has no digits of a phone number.", "Send it as +919876543210."
)
AMBIGUOUS_PHONE = ErrorCode(
    "ambiguous_phone",
    "Accounts in several countries have this number.",
    "Send the number with its country code, or the accountId.",
)
ACCOUNT_ID_MISMATCH = ErrorCode(
    "account_id_mismatch",
    "The query and the body name different accounts.",
    "Send the accountId once.",
)
DUPLICATE_ACCOUNT = ErrorCode(
    "duplicate_account",
    "Another account has this email address or mobile number.",
    "Check whether the account exists before you create it. Both must be unique.",
    "merchants",
    "View accounts",
)
ACCOUNT_TOO_LARGE = ErrorCode(
    "account_too_large", "All fields together exceed 64 KB.", "Shorten the longest fields."
)
INVALID_IDEMPOTENCY_KEY = ErrorCode(
    "invalid_idempotency_key",
    "The Idempotency-Key was not 1 to 255 printable ASCII characters.",
    FIX_REQUEST,
)
IDEMPOTENCY_KEY_IN_USE = ErrorCode(
    "idempotency_key_in_use",
    "The first request with this Idempotency-Key is still in progress.",
    "Wait for the time in retryAfter, then resend it to get the first request's response.",
)
IDEMPOTENCY_KEY_REUSED = ErrorCode(
    "idempotency_key_reused",
    "The Idempotency-Key was sent before with a different body.",
    "Use a new key for each operation. Reuse a key only to repeat the same request.",
)
INVALID_SIMULATION = ErrorCode(
    "invalid_simulation",
    "X-ShopIQ-Simulate has no such value at this endpoint.",
    "Use one that the message names, or leave the header out.",
)
