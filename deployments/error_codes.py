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
WEBSITE_NOT_LIVE = ErrorCode(
    "website_not_live",
    "Only a live shop can be built again or rolled back.",
    "Wait until the first deployment is live. If it failed, send createAndDeploy again.",
    "deployments",
    "View deployments",
)
WEBSITE_TAKEN_DOWN = ErrorCode(
    "website_taken_down",
    "ShopIQ staff took the shop down. The owners of your team were emailed the reason.",
    "Contact ShopIQ support.",
)
DEPLOYMENT_IN_PROGRESS = ErrorCode(
    "deployment_in_progress",
    "Another deployment of the shop is in progress.",
    "Wait for its last event, or cancel it.",
    "deployments",
    "View deployments",
)
NO_DEPLOYMENT_IN_PROGRESS = ErrorCode(
    "no_deployment_in_progress",
    "The shop has no deployment in progress that could be cancelled.",
    "No action is needed. Get the deployment to see how it ended.",
    "deployments",
    "View deployments",
)
NO_EARLIER_RELEASE = ErrorCode(
    "no_earlier_release",
    "The shop has no earlier release, or it is no longer kept.",
    "List your deployments: those that are replaced are earlier releases. The last ten are kept.",
    "deployments",
    "View deployments",
)
WEBSITE_EXISTS = ErrorCode(
    "website_exists",
    "The account already has a shop, or one is being built.",
    "No action is needed. Follow the existing deployment.",
    "deployments",
    "View deployments",
)
