"""What every image provider offers, and the four ways in which it may refuse."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from config.egress.deadline import Deadline
from imaging.sizes import Size

Action = Literal["create", "enhance"]


class ProviderError(Exception):
    """The provider gave no image; the call is refunded whatever the reason."""


class SafetyBlocked(ProviderError):
    """A safety filter refused; `reason` is fit for the partner's eyes (422)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ProviderBusy(ProviderError):
    """The provider is overloaded, rate-limits us or did not answer in time (503)."""


class GenerationFailed(ProviderError):
    """The provider answered with an error or with something that is no image (500)."""


@dataclass(frozen=True, slots=True)
class GenerationInput:
    """One image job: the words, the pixels, the pictures to start from and the time left.

    `text` is the prompt for the image model, already wrapped (see `imaging.prompts`) or written
    by the text model. `images` are local files that `config.images.decode` made safe: PNG, at most
    40 megapixels; empty for "create".
    """

    action: Action
    text: str
    size: Size
    deadline: Deadline
    images: tuple[Path, ...] = ()


class TextModel(Protocol):
    """A provider whose text model also writes for others than the image model."""

    def write_text(self, instructions: str, request: str, deadline: Deadline) -> str:
        """What the model answers to `request` under `instructions`; raises `ProviderError`,
        `DeadlineExceeded`."""
        ...


class ImageProvider(Protocol):
    """Makes images. Safe to call from many threads at once; keeps no state between calls."""

    def make_images(self, spec: GenerationInput) -> list[bytes]:
        """The encoded images (PNG, JPEG or WebP; any size), at least one, at most eight.

        Raises `SafetyBlocked`, `ProviderBusy` or `GenerationFailed`; `DeadlineExceeded` when the
        time is up.
        """
        ...

    def write_prompt(self, spec: GenerationInput) -> str:
        """Thinking mode: a detailed prompt made from the partner's own words in `spec.text`
        (empty for an enhancement without a request) and, for "enhance", from the images.

        Raises like `make_images`; the caller then falls back to fast mode.
        """
        ...
