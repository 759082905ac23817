from config.api.error_codes import RETRY, ErrorCode

PROMPT_TOO_SHORT = ErrorCode(
    "prompt_too_short", "The prompt has fewer than 3 characters.", "Describe the image."
)
PROMPT_TOO_LONG = ErrorCode(
    "prompt_too_long", "The prompt has more than 4000 characters.", "Shorten the prompt."
)
USER_REQUEST_TOO_LONG = ErrorCode(
    "user_request_too_long",
    "userRequest has more than 2000 characters.",
    "Shorten userRequest.",
)
INVALID_ASPECT_RATIO = ErrorCode(
    "invalid_aspect_ratio", "There is no such aspect ratio.", "Use one that the message names."
)
INVALID_MODE = ErrorCode("invalid_mode", "There is no such mode.", "Use fast or thinking.")
INVALID_RESOLUTION = ErrorCode(
    "invalid_resolution", "There is no such resolution.", "Use 1k, 2k or 4k."
)
INVALID_OPERATION = ErrorCode(
    "invalid_operation", "There is no such operation.", "Use create or enhance."
)
IMAGES_REQUIRED = ErrorCode(
    "images_required", "No image to enhance was sent.", "Send one to four image URLs in images."
)
TOO_MANY_IMAGES = ErrorCode(
    "too_many_images", "More than four images were sent.", "Send one to four image URLs."
)
INVALID_IMAGE_URL = ErrorCode(
    "invalid_image_url",
    "An image has no public http or https URL.",
    "Send URLs that anyone on the internet can open.",
)
OPERATION_NOT_FOUND = ErrorCode(
    "operation_not_found",
    "No operation of this environment has this ID.",
    "Check the ID, and use a live key for live operations and a test key for test operations.",
)
OPERATION_CANCELLED = ErrorCode(
    "operation_cancelled",
    "The call was cancelled while it went on. The points were refunded.",
    "Send the request again if you need the images after all.",
)
OPERATION_ENDED = ErrorCode(
    "operation_ended",
    "The call has ended, so it cannot be cancelled.",
    "No action is needed. The receipt says how it ended.",
)
INSUFFICIENT_POINTS = ErrorCode(
    "insufficient_points",
    "The balance was too low for the operation. Nothing was charged.",
    "Buy points. Requests work again as soon as the points are credited.",
    "points",
    "Buy points",
)
SPEND_LIMIT_REACHED = ErrorCode(
    "spend_limit_reached",
    "The request would exceed the key's spend limit for the day or the month. Nothing was charged.",
    "Wait until resetsAt, raise the key's limit on the dashboard, or use another key.",
    "keys",
    "View keys",
)
BLOCKED_BY_SAFETY_FILTERS = ErrorCode(
    "blocked_by_safety_filters",
    "Safety filters blocked the prompt or the image. The points were refunded.",
    "Change the prompt. The message says what was blocked.",
)
DOWNLOAD_FAILED = ErrorCode(
    "download_failed",
    "An image to enhance could not be downloaded. Nothing was charged.",
    "Use a public URL that quickly returns a JPEG, PNG, GIF or WebP image.",
)
GENERATION_FAILED = ErrorCode(
    "generation_failed", "No image could be generated. The points were refunded.", RETRY
)
SERVICE_UNAVAILABLE = ErrorCode(
    "service_unavailable", "The model was overloaded. The points were refunded.", RETRY
)
TOO_MANY_FAILURES = ErrorCode(
    "too_many_undecodable_images",
    "Ten images to enhance could not be decoded within an hour. Nothing was charged.",
    "Check the images before sending them, and wait for the time in retryAfter.",
)
