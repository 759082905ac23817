from django.utils.translation import gettext_lazy

from config.api.error_codes import ErrorCode

INVALID_CREDENTIALS = ErrorCode(
    "invalid_credentials",
    gettext_lazy("The credentials are not an object of strings, or one of them is too long."),
    gettext_lazy("Send a JSON object with one string for each credential."),
)
NOT_CONNECTED = ErrorCode(
    "not_connected",
    gettext_lazy("The account is not connected to this integration."),
    gettext_lazy("Connect it first, or ignore this error."),
    "merchants",
    gettext_lazy("View accounts"),
)
UNSUPPORTED_INTEGRATION = ErrorCode(
    "unsupported_integration",
    gettext_lazy("No integration has this name."),
    gettext_lazy("Use one of the names in the error message."),
)
MISSING_CREDENTIALS = ErrorCode(
    "missing_credentials",
    gettext_lazy("A credential that the integration needs is missing."),
    gettext_lazy("Send every credential that the error message names."),
)
INVALID_WEBHOOK_URL = ErrorCode(
    "invalid_webhook_url",
    gettext_lazy("The webhook URL is not a public https address."),
    gettext_lazy("Use an https URL that resolves to a public IP address."),
)
INVALID_EVENT_TYPE = ErrorCode(
    "invalid_event_type",
    gettext_lazy("There is no such type of event."),
    gettext_lazy("Use the names in validEvents."),
)
WEBHOOK_NOT_FOUND = ErrorCode(
    "webhook_not_found",
    gettext_lazy("You have no webhook with this ID, or no default one."),
    gettext_lazy("List your webhooks for their IDs."),
    "webhook-endpoints",
    gettext_lazy("View endpoints"),
)
