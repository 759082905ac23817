from config.api.error_codes import ErrorCode

WEBSITE_EXISTS = ErrorCode(
    "website_exists",
    "The account already has a shop, or one is being built.",
    "No action is needed. Follow the existing deployment.",
    "deployments",
    "View deployments",
)
