from config.api.error_codes import FIX_REQUEST, ErrorCode

API_KEY_REQUIRED = ErrorCode(
    "api_key_required",
    "The request carried no API key.",
    "Send the key in the X-API-Key header, or as Authorization: Bearer.",
    "keys",
    "API keys",
)
INVALID_API_KEY = ErrorCode(
    "invalid_api_key",
    "The key is unknown, was revoked, or is for another part of the API.",
    "Use a working key: management for accounts and shops, live or test for images.",
    "keys",
    "API keys",
)
KEY_EXPIRED = ErrorCode(
    "key_expired",
    "The key has expired.",
    "Create a new key and put it into your server; an expired key cannot be restored.",
    "keys",
    "API keys",
)
PARTNER_INACTIVE = ErrorCode(
    "partner_inactive",
    "The partner account is inactive, so every call is refused.",
    "Write to your contact at ShopIQ.",
)
IP_NOT_ALLOWED = ErrorCode(
    "ip_not_allowed",
    "The key has a whitelist, and the request came from an address that is not on it.",
    "Add the address of this request to the key's whitelist, if it is one of yours.",
    "keys",
    "Whitelists of your keys",
)
PERMISSION_DENIED = ErrorCode(
    "permission_denied",
    "The key may call some endpoints, and this is not one of them.",
    "Give the key the permission, or use another key.",
    "keys",
    "Permissions of your keys",
)
RATE_LIMITED = ErrorCode(
    "rate_limited",
    "The key had used up its calls of the last minute or of the last day.",
    "Wait as long as retryAfter says, spread your calls out, or ask ShopIQ for higher limits.",
    "keys",
    "Limits of your keys",
)
DUPLICATE_ACCOUNT = ErrorCode(
    "duplicate_account",
    "Another account has this email address or mobile number.",
    "Look the account up before you create it; both must be unique.",
    "merchants",
    "Accounts",
)
ACCOUNT_TOO_LARGE = ErrorCode(
    "account_too_large", "All fields together exceed 64 KB.", "Shorten the longest ones."
)
INVALID_IDEMPOTENCY_KEY = ErrorCode(
    "invalid_idempotency_key",
    "The Idempotency-Key was not 1 to 255 printable ASCII characters.",
    FIX_REQUEST,
)
IDEMPOTENCY_KEY_IN_USE = ErrorCode(
    "idempotency_key_in_use",
    "The first call with this Idempotency-Key had not finished.",
    "Wait as long as retryAfter says and send it again: you get the first call's answer.",
)
IDEMPOTENCY_KEY_REUSED = ErrorCode(
    "idempotency_key_reused",
    "The Idempotency-Key was sent before with a different body.",
    "Use a new key for each new operation, and the same one only to repeat it.",
)
