"""Download and sanitize the images to enhance, before any charge."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from config.db.functions import release_connection
from config.egress import EgressError, download
from config.egress.deadline import Deadline, DeadlineExceeded
from config.images.decode import UndecodableImage, decode_image
from imaging.requests import ImageRequest

#: For all downloads of a call together; the model needs the rest of the time.
_DOWNLOAD_SECONDS = 40.0


class DownloadFailed(Exception):
    """`detail` comes from a fixed list that reveals nothing about our network."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


def fetch_images(
    *, image_request: ImageRequest, folder: Path, deadline: Deadline
) -> tuple[Path, ...]:
    """Store the inputs as sanitized PNG files in `folder`; raise `DownloadFailed`."""
    release_connection()
    deadline = deadline.capped_at(_DOWNLOAD_SECONDS)
    return tuple(
        _fetch(url, folder / f"{number}", deadline)
        for number, url in enumerate(image_request.image_urls)
    )


def _fetch(url: str, target: Path, deadline: Deadline) -> Path:
    raw, safe = target.with_suffix(".raw"), target.with_suffix(".png")
    try:
        download(
            url,
            to=raw,
            max_bytes=settings.IMAGE_DOWNLOAD_MAX_BYTES,
            deadline=deadline,
            allow_loopback=settings.ALLOW_LOOPBACK_URLS,
        )
        decode_image(raw, safe, deadline=deadline)
    except (EgressError, UndecodableImage) as error:
        raise DownloadFailed(error.detail) from None
    except DeadlineExceeded:
        raise DownloadFailed("the server took too long") from None
    finally:
        raw.unlink(missing_ok=True)
    return safe
