from config.api.error_codes import ErrorCode

INVALID_CREDENTIALS = ErrorCode(
    "invalid_credentials",
    "The credentials are not an object of strings, or one of them is too long.",
    "Send a JSON object with one string for each credential.",
)
NOT_CONNECTED = ErrorCode(
    "not_connected",
    "The account is not connected to this integration.",
    "Connect it first, or ignore this error.",
    "merchants",
    "View accounts",
)
UNSUPPORTED_INTEGRATION = ErrorCode(
    "unsupported_integration",
    "No integration has this name.",
    "Use one of the names in the error message.",
)
MISSING_CREDENTIALS = ErrorCode(
    "missing_credentials",
    "A credential that the integration needs is missing.",
    "Send every credential that the error message names.",
)
INVALID_WEBHOOK_URL = ErrorCode(
    "invalid_webhook_url",
    "The webhook URL is not a public https address.",
    "Use an https URL that resolves to a public IP address.",
)
INVALID_EVENT_TYPE = ErrorCode(
    "invalid_event_type", "There is no such type of event.", "Use the names in validEvents."
)
WEBHOOK_NOT_FOUND = ErrorCode(
    "webhook_not_found",
    "You have no webhook with this ID, or no default one.",
    "List your webhooks for their IDs.",
    "webhook-endpoints",
    "View endpoints",
)
