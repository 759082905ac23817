"""The provider that draws instead of asking a model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from threading import BoundedSemaphore

from PIL import Image

from config.egress.deadline import Deadline
from imaging.prompts import partner_words
from imaging.providers.base import Brief, Busy, Failed
from imaging.providers.local.drawing import draw_picture
from imaging.providers.local.enhance import enhance_picture
from imaging.providers.local.expansion import expand_create, expand_enhance

#: Each drawing takes a core and, at 4k, up to 300 MB; more at once would starve the other calls.
_drawing_places = BoundedSemaphore(2)


class LocalProvider:
    """Draws pictures from words and corrects photographs. No AI model runs."""

    def make_images(self, brief: Brief) -> list[bytes]:
        """One PNG of exactly `brief.size`; for "enhance" one for each image.

        Raises `Busy` when no place became free in time, `Failed` when an image to enhance
        cannot be read, `DeadlineExceeded` when the time is up.
        """
        words = partner_words(brief.text)
        with _place_to_draw(brief.deadline):
            if brief.action == "create":
                return [_encode(draw_picture(words, brief.size, brief.deadline))]
            return [_enhance(source, words, brief) for source in brief.images]

    def write_prompt(self, brief: Brief) -> str:
        """The partner's words with rule-based details, 1 to 2000 characters."""
        brief.deadline.remaining()
        words = partner_words(brief.text)
        if brief.action == "create":
            return expand_create(words, brief.size)
        return expand_enhance(words, brief.images)


@contextmanager
def _place_to_draw(deadline: Deadline) -> Iterator[None]:
    if not _drawing_places.acquire(timeout=deadline.remaining()):
        raise Busy("no drawing place became free in time")
    try:
        yield
    finally:
        _drawing_places.release()


def _enhance(source: Path, words: str, brief: Brief) -> bytes:
    try:
        return _encode(enhance_picture(source, words, brief.size, brief.deadline))
    except (OSError, SyntaxError, ValueError) as error:  # what Pillow raises on broken files
        raise Failed("an image to enhance cannot be read") from error


def _encode(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()
