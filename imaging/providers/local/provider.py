"""The provider that draws instead of asking a model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from threading import BoundedSemaphore

from PIL import Image

from config.egress.deadline import Deadline
from imaging.providers.base import GenerationFailed, GenerationInput, ProviderBusy
from imaging.providers.local.direction import direct, expand_prompt
from imaging.providers.local.expansion import expand_request

#: Each picture takes a core and, at 4k, 100 MB; more at once would starve the other calls.
_drawing_places = BoundedSemaphore(2)


class LocalProvider:
    """Draws pictures from words and corrects photographs. No AI model runs."""

    def make_images(self, spec: GenerationInput) -> list[bytes]:
        """Return one PNG of exactly `spec.size`; for "enhance" one per image. Raises `ProviderBusy`
        if no slot became free in time, `GenerationFailed` if an image to enhance cannot be read,
        `DeadlineExceeded` if the time is up."""
        with _place_to_draw(spec.deadline):
            if spec.action == "create":
                return [_draw(spec)]
            return [_enhance(source, spec) for source in spec.images]

    def write_prompt(self, spec: GenerationInput) -> str:
        """Return the partner's words with details by rule, 1 to 2000 characters."""
        spec.deadline.remaining()
        if spec.action == "create":
            return expand_prompt(spec.text, spec.size, spec.seed)
        return expand_request(spec.text, spec.images)


def _draw(spec: GenerationInput) -> bytes:
    # libvips takes 20 MB, which a platform with a remote provider need not pay.
    from imaging.providers.local.rendering import render  # noqa: PLC0415 - only where it draws

    picture = render(direct(spec.text, spec.seed), spec.size)
    spec.deadline.remaining()
    return picture


@contextmanager
def _place_to_draw(deadline: Deadline) -> Iterator[None]:
    if not _drawing_places.acquire(timeout=deadline.remaining()):
        raise ProviderBusy("no drawing place became free in time")
    try:
        yield
    finally:
        _drawing_places.release()


def _enhance(source: Path, spec: GenerationInput) -> bytes:
    from imaging.providers.local.enhance import enhance_picture  # noqa: PLC0415 - as above

    try:
        return _encode(enhance_picture(source, spec.text, spec.size, spec.deadline))
    except (OSError, SyntaxError, ValueError) as error:  # what Pillow raises on broken files
        raise GenerationFailed("an image to enhance cannot be read") from error


def _encode(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()
