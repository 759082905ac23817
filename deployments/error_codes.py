from django.utils.translation import gettext_lazy

from config.api.error_codes import ErrorCode

DEPLOYMENT_NOT_FOUND = ErrorCode(
    "deployment_not_found",
    gettext_lazy("You have no shop with this identifier."),
    gettext_lazy("Check the identifier. List your deployments to see them all."),
    "deployments",
    gettext_lazy("View deployments"),
)
EVENT_NOT_FOUND = ErrorCode(
    "event_not_found",
    gettext_lazy("You have no event with this ID, or it was deleted 90 days after it ended."),
    gettext_lazy("List events without `after`, from the oldest one that is kept."),
)
INVALID_WEBSITE_TYPE = ErrorCode(
    "invalid_website_type",
    gettext_lazy("Only ecommerce websites are built."),
    gettext_lazy("Leave websiteType out."),
)
INVALID_CATEGORY = ErrorCode(
    "invalid_category",
    gettext_lazy("A business category is not one of the list."),
    gettext_lazy("Use the categories in validCategories."),
)
TOO_MANY_CATEGORIES = ErrorCode(
    "too_many_categories",
    gettext_lazy("The shop would have more than five categories."),
    gettext_lazy("Send up to five."),
)
WEBSITE_NOT_LIVE = ErrorCode(
    "website_not_live",
    gettext_lazy("Only a live shop can be built again or rolled back."),
    gettext_lazy(
        "Wait until the first deployment is live. If it failed, send createAndDeploy again."
    ),
    "deployments",
    gettext_lazy("View deployments"),
)
WEBSITE_TAKEN_DOWN = ErrorCode(
    "website_taken_down",
    gettext_lazy(
        "ShopIQ staff took the shop down. The owners of your team were emailed the reason."
    ),
    gettext_lazy("Contact ShopIQ support."),
)
DEPLOYMENT_IN_PROGRESS = ErrorCode(
    "deployment_in_progress",
    gettext_lazy("Another deployment of the shop is in progress."),
    gettext_lazy("Wait for its last event, or cancel it."),
    "deployments",
    gettext_lazy("View deployments"),
)
NO_DEPLOYMENT_IN_PROGRESS = ErrorCode(
    "no_deployment_in_progress",
    gettext_lazy("The shop has no deployment in progress that could be cancelled."),
    gettext_lazy("No action is needed. Get the deployment to see how it ended."),
    "deployments",
    gettext_lazy("View deployments"),
)
NO_EARLIER_RELEASE = ErrorCode(
    "no_earlier_release",
    gettext_lazy("The shop has no earlier release, or it is no longer kept."),
    gettext_lazy(
        "List your deployments: those that are replaced are earlier releases. The last ten are"
        " kept."
    ),
    "deployments",
    gettext_lazy("View deployments"),
)
WEBSITE_EXISTS = ErrorCode(
    "website_exists",
    gettext_lazy("The account already has a shop, or one is being built."),
    gettext_lazy("No action is needed. Follow the existing deployment."),
    "deployments",
    gettext_lazy("View deployments"),
)
