from config.api.error_codes import RETRY, ErrorCode

INSUFFICIENT_POINTS = ErrorCode(
    "insufficient_points",
    "The balance was too low for the operation. Nothing was charged.",
    "Buy points; calls work again as soon as they are credited.",
    "points",
    "Buy points",
)
BLOCKED_BY_SAFETY_FILTERS = ErrorCode(
    "blocked_by_safety_filters",
    "The model refused the prompt or the image. The points were refunded.",
    "Change the prompt; the message says what the model objected to.",
)
DOWNLOAD_FAILED = ErrorCode(
    "download_failed",
    "An image to enhance could not be downloaded from its address. Nothing was charged.",
    "The address must be public and answer quickly with a JPEG, PNG, GIF or WebP image.",
)
GENERATION_FAILED = ErrorCode(
    "generation_failed", "No image could be generated. The points were refunded.", RETRY
)
SERVICE_UNAVAILABLE = ErrorCode(
    "service_unavailable", "The model was too busy. The points were refunded.", RETRY
)
