"""The interface of image providers and their errors."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from config.egress.deadline import Deadline
from imaging.sizes import Size

Action = Literal["create", "enhance"]


class ProviderError(Exception):
    """The provider returned no image; the call is refunded."""


class SafetyBlocked(ProviderError):
    """A safety filter refused; `reason` may be shown to the partner (422)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ProviderBusy(ProviderError):
    """The provider is overloaded, limits our rate or timed out (503)."""


class GenerationFailed(ProviderError):
    """The provider returned an error or something that is not an image (500)."""


class ProviderAccountError(GenerationFailed):
    """The provider refuses our account: its key, quota, billing or model (500).

    Retrying does not help, so staff have to know.
    """


@dataclass(frozen=True, slots=True)
class GenerationInput:
    """One image job: the prompt, the output size, the input images and the deadline.

    `text` is the prompt for the image model, already wrapped (see `imaging.prompts`) or written
    by the text model. `images` are local files cleaned by `config.images.decode`: PNG, at most
    40 megapixels; empty for "create". The same `seed` and text repeat a picture, where the
    provider can.
    """

    action: Action
    text: str
    size: Size
    deadline: Deadline
    images: tuple[Path, ...] = ()
    seed: int = 0


class TextModel(Protocol):
    """A text model that can also write texts other than image prompts."""

    def write_text(self, instructions: str, request: str, deadline: Deadline) -> str:
        """Return the model's reply to `request` under `instructions`; raise `ProviderError`,
        `DeadlineExceeded`."""
        ...


class ImageProvider(Protocol):
    """Generates images. Thread-safe; keeps no state between calls."""

    def make_images(self, spec: GenerationInput) -> list[bytes]:
        """Return one to eight encoded images (PNG, JPEG or WebP; any size).

        Raises `SafetyBlocked`, `ProviderBusy` or `GenerationFailed`; `DeadlineExceeded` if the
        time is up.
        """
        ...

    def write_prompt(self, spec: GenerationInput) -> str:
        """Write a detailed prompt (thinking mode) from the partner's own text in `spec.text`
        (empty for an enhancement without a request) and, for "enhance", from the images.

        Raises like `make_images`; the caller then falls back to fast mode.
        """
        ...
