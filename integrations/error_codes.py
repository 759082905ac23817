from config.api.error_codes import ErrorCode

NOT_CONNECTED = ErrorCode(
    "not_connected",
    "The account is not connected to this integration.",
    "There is nothing to do, or connect it first.",
    "merchants",
    "Accounts",
)
UNSUPPORTED_INTEGRATION = ErrorCode(
    "unsupported_integration",
    "No integration has this name.",
    "Use one of the names that the answer lists.",
)
MISSING_CREDENTIALS = ErrorCode(
    "missing_credentials",
    "A credential that the integration needs is missing.",
    "Send every credential that the answer names.",
)
