"""Download and sanitize the images to enhance, before any charge."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from config.db.statements import release_connection
from config.egress import EgressError, download
from config.egress.deadline import Deadline, DeadlineExceeded
from config.images.decode import UndecodableImage, decode_image
from imaging.requests import ImageRequest
from imaging.services.decode_failures import record_failure, seconds_until_allowed

#: For all downloads of a call together; the model needs the rest of the time.
_DOWNLOAD_SECONDS = 40.0


class DownloadFailed(Exception):
    """The image at `position`, from 0, failed; `detail` comes from a fixed list that reveals
    nothing about our network."""

    def __init__(self, detail: str, position: int) -> None:
        self.detail, self.position = detail, position


class TooManyFailures(Exception):
    """Too many images of the partner could not be decoded lately."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after


def fetch_images(
    *, partner_id: str, image_request: ImageRequest, folder: Path, deadline: Deadline
) -> tuple[Path, ...]:
    """Store the inputs as sanitized PNG files in `folder`.

    Raises `DownloadFailed`, `TooManyFailures`.
    """
    if seconds := seconds_until_allowed(partner_id):
        raise TooManyFailures(seconds)
    release_connection()
    deadline = deadline.capped_at(_DOWNLOAD_SECONDS)
    return tuple(
        _fetch(partner_id, number, url, folder / f"{number}", deadline)
        for number, url in enumerate(image_request.image_urls)
    )


def _fetch(partner_id: str, position: int, url: str, target: Path, deadline: Deadline) -> Path:
    raw, safe = target.with_suffix(".raw"), target.with_suffix(".png")
    try:
        download(
            url,
            to=raw,
            max_bytes=settings.IMAGE_DOWNLOAD_MAX_BYTES,
            deadline=deadline,
            allow_loopback=settings.ALLOW_LOOPBACK_URLS,
        )
        decode_image(raw, safe, owner=partner_id, deadline=deadline)
    except EgressError as error:
        raise DownloadFailed(error.detail, position) from None
    except UndecodableImage as error:
        if error.is_costly:
            record_failure(partner_id=partner_id)
        raise DownloadFailed(error.detail, position) from None
    except DeadlineExceeded:
        raise DownloadFailed("the server took too long", position) from None
    finally:
        raw.unlink(missing_ok=True)
    return safe
