from config.api.error_codes import RETRY, ErrorCode

INSUFFICIENT_POINTS = ErrorCode(
    "insufficient_points",
    "The balance was too low for the operation. Nothing was charged.",
    "Buy points. Requests work again as soon as the points are credited.",
    "points",
    "Buy points",
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
