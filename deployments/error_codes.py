from config.api.error_codes import ErrorCode

DEPLOYMENT_NOT_FOUND = ErrorCode(
    "deployment_not_found",
    "You have no shop with this identifier.",
    "Check the identifier. List your deployments to see them all.",
    "deployments",
    "View deployments",
)
EVENT_NOT_FOUND = ErrorCode(
    "event_not_found",
    "You have no event with this ID, or it was deleted 90 days after it ended.",
    "List events without `after`, from the oldest one that is kept.",
)
INVALID_WEBSITE_TYPE = ErrorCode(
    "invalid_website_type", "Only ecommerce websites are built.", "Leave websiteType out."
)
INVALID_CATEGORY = ErrorCode(
    "invalid_category",
    "A business category is not one of the list.",
    "Use the categories in validCategories.",
)
TOO_MANY_CATEGORIES = ErrorCode(
    "too_many_categories", "The shop would have more than five categories.", "Send up to five."
)
INVALID_WEBHOOK_URL = ErrorCode(
    "invalid_webhook_url",
    "The webhook URL is not a public https address.",
    "Use an https URL that resolves to a public IP address.",
)
WEBSITE_EXISTS = ErrorCode(
    "website_exists",
    "The account already has a shop, or one is being built.",
    "No action is needed. Follow the existing deployment.",
    "deployments",
    "View deployments",
)
