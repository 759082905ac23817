from config.api.error_codes import ErrorCode

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
