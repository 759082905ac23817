"""What a call that failed after its start tells its caller: code and documented message. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from config.api.error_codes import ErrorCode
from imaging.error_codes import (
    BLOCKED_BY_SAFETY_FILTERS,
    DOWNLOAD_FAILED,
    GENERATION_FAILED,
    OPERATION_CANCELLED,
    SERVICE_UNAVAILABLE,
)

_BLOCKED = {
    "create": "Image generation was blocked by safety filters: {}",
    "enhance": "Enhancement blocked by safety filters: {}",
}
_BUSY = {
    "create": (
        "Service temporarily unavailable due to high demand. Please retry in a few seconds."
    ),
    "enhance": "Service temporarily unavailable. Please retry shortly.",
}
_FAILED = {
    "create": "Image generation failed. Please try again.",
    "enhance": "Image enhancement failed. Please try again.",
}
_CANCELLED = "The call was cancelled."
_DOWNLOAD = "Failed to download image: {}"


@dataclass(frozen=True, slots=True)
class FailureText:
    """`field` names the image that could not be downloaded."""

    code: ErrorCode
    message: str
    field: str = ""

    def as_members(self) -> dict[str, Any]:
        """Return the `error` of a receipt."""
        members = {"code": self.code.name, "message": self.message}
        return {**members, "field": self.field} if self.field else members


def describe_failure(action: str, failure: str, detail: str = "", field: str = "") -> FailureText:
    """Describe an `ImageOperation.Failure`; `detail` is the reason that the message ends with."""
    if failure == "blocked":
        return FailureText(BLOCKED_BY_SAFETY_FILTERS, _BLOCKED[action].format(detail))
    if failure == "download":
        return FailureText(DOWNLOAD_FAILED, _DOWNLOAD.format(detail), field)
    if failure == "cancelled":
        return FailureText(OPERATION_CANCELLED, _CANCELLED)
    if failure in ("busy", "abandoned"):
        return FailureText(SERVICE_UNAVAILABLE, _BUSY[action])
    return FailureText(GENERATION_FAILED, _FAILED[action])
