from django.utils.translation import gettext_lazy

from config.api.error_codes import RETRY, ErrorCode

PROMPT_TOO_SHORT = ErrorCode(
    "prompt_too_short",
    gettext_lazy("The prompt has fewer than 3 characters."),
    gettext_lazy("Describe the image."),
)
PROMPT_TOO_LONG = ErrorCode(
    "prompt_too_long",
    gettext_lazy("The prompt has more than 4000 characters."),
    gettext_lazy("Shorten the prompt."),
)
USER_REQUEST_TOO_LONG = ErrorCode(
    "user_request_too_long",
    gettext_lazy("userRequest has more than 2000 characters."),
    gettext_lazy("Shorten userRequest."),
)
INVALID_ASPECT_RATIO = ErrorCode(
    "invalid_aspect_ratio",
    gettext_lazy("There is no such aspect ratio."),
    gettext_lazy("Use one that the message names."),
)
INVALID_MODE = ErrorCode(
    "invalid_mode", gettext_lazy("There is no such mode."), gettext_lazy("Use fast or thinking.")
)
INVALID_RESOLUTION = ErrorCode(
    "invalid_resolution",
    gettext_lazy("There is no such resolution."),
    gettext_lazy("Use 1k, 2k or 4k."),
)
INVALID_OPERATION = ErrorCode(
    "invalid_operation",
    gettext_lazy("There is no such operation."),
    gettext_lazy("Use create or enhance."),
)
IMAGES_REQUIRED = ErrorCode(
    "images_required",
    gettext_lazy("No image to enhance was sent."),
    gettext_lazy("Send one to four image URLs in images."),
)
TOO_MANY_IMAGES = ErrorCode(
    "too_many_images",
    gettext_lazy("More than four images were sent."),
    gettext_lazy("Send one to four image URLs."),
)
INVALID_IMAGE_URL = ErrorCode(
    "invalid_image_url",
    gettext_lazy("An image has no public http or https URL."),
    gettext_lazy("Send URLs that anyone on the internet can open."),
)
OPERATION_NOT_FOUND = ErrorCode(
    "operation_not_found",
    gettext_lazy("No operation of this environment has this ID."),
    gettext_lazy(
        "Check the ID, and use a live key for live operations and a test key for test operations."
    ),
)
OPERATION_CANCELLED = ErrorCode(
    "operation_cancelled",
    gettext_lazy("The call was cancelled while it went on. The points were refunded."),
    gettext_lazy("Send the request again if you need the images after all."),
)
OPERATION_ENDED = ErrorCode(
    "operation_ended",
    gettext_lazy("The call has ended, so it cannot be cancelled."),
    gettext_lazy("No action is needed. The receipt says how it ended."),
)
INSUFFICIENT_POINTS = ErrorCode(
    "insufficient_points",
    gettext_lazy("The balance was too low for the operation. Nothing was charged."),
    gettext_lazy("Buy points. Requests work again as soon as the points are credited."),
    "points",
    gettext_lazy("Buy points"),
)
SPEND_LIMIT_REACHED = ErrorCode(
    "spend_limit_reached",
    gettext_lazy(
        "The request would exceed the key's spend limit for the day or the month. Nothing was"
        " charged."
    ),
    gettext_lazy(
        "Wait until resetsAt, raise the key's limit on the dashboard, or use another key."
    ),
    "keys",
    gettext_lazy("View keys"),
)
BLOCKED_BY_SAFETY_FILTERS = ErrorCode(
    "blocked_by_safety_filters",
    gettext_lazy("Safety filters blocked the prompt or the image. The points were refunded."),
    gettext_lazy("Change the prompt. The message says what was blocked."),
)
DOWNLOAD_FAILED = ErrorCode(
    "download_failed",
    gettext_lazy("An image to enhance could not be downloaded. Nothing was charged."),
    gettext_lazy("Use a public URL that quickly returns a JPEG, PNG, GIF or WebP image."),
)
GENERATION_FAILED = ErrorCode(
    "generation_failed",
    gettext_lazy("No image could be generated. The points were refunded."),
    RETRY,
)
SERVICE_UNAVAILABLE = ErrorCode(
    "service_unavailable",
    gettext_lazy("The model was overloaded. The points were refunded."),
    RETRY,
)
TOO_MANY_FAILURES = ErrorCode(
    "too_many_undecodable_images",
    gettext_lazy("Ten images to enhance could not be decoded within an hour. Nothing was charged."),
    gettext_lazy("Check the images before sending them, and wait for the time in retryAfter."),
)
