from config.api.error_codes import ErrorCode

WEBSITE_EXISTS = ErrorCode(
    "website_exists",
    "The account already has a shop, or one is being built.",
    "There is nothing to do: follow the existing deployment.",
    "deployments",
    "Deployments",
)
