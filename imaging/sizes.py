"""The pixel sizes of the Image API: a longest edge by resolution, the other edge by ratio."""

from __future__ import annotations

from dataclasses import dataclass

#: "aspectRatio" of the API, in the order of its error message.
ASPECT_RATIOS = ("1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3")
DEFAULT_ASPECT_RATIO = "1:1"

#: "resolution" of the API → pixels of the longest edge.
RESOLUTIONS = {"1k": 1024, "2k": 2048, "4k": 4096}
DEFAULT_RESOLUTION = "1k"


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


def size_of(aspect_ratio: str, resolution: str) -> Size:
    """Return the output size: the longest edge is exact, the other is rounded half up."""
    across, down = (int(part) for part in aspect_ratio.split(":"))
    longest = RESOLUTIONS[resolution]
    shortest = _divide_half_up(longest * min(across, down), max(across, down))
    return Size(longest, shortest) if across >= down else Size(shortest, longest)


def _divide_half_up(dividend: int, divisor: int) -> int:
    return (2 * dividend + divisor) // (2 * divisor)
