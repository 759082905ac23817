"""The validated request, and the file names and placeholders derived from it. Pure."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from config.db.references import NO_REFERENCES, References
from imaging.providers.base import Action
from imaging.sizes import Size, size_of

#: Further images of a provider are dropped.
MAX_OUTPUTS = 8
_FOLDERS = {"create": "generated", "enhance": "enhanced"}
_TITLES = {"create": "Image+Create", "enhance": "Image+Enhance"}


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where the event of a call goes; without a secret it is not signed."""

    url: str
    secret: str


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """A validated call. `text` is the prompt of a create, the request (or "") of an enhance."""

    action: Action
    text: str
    mode: str
    aspect_ratio: str
    resolution: str
    image_urls: tuple[str, ...] = ()
    #: The caller's own X-Request-Id, "" if it sent none.
    client_request_id: str = ""
    #: None gives every call a picture of its own.
    seed: int | None = None
    references: References = NO_REFERENCES
    #: The caller does not wait: its event goes to `receiver`, or to the partner's default webhook.
    is_async: bool = False
    receiver: Receiver | None = None

    @property
    def size(self) -> Size:
        return size_of(self.aspect_ratio, self.resolution)


def file_names(partner_id: str, action: str, token: uuid.UUID, count: int) -> list[str]:
    """Return the outputs' file names: unguessable, yet derivable from the operation's row."""
    return [
        f"partners/{partner_id}/{_FOLDERS[action]}/{uuid.uuid5(token, str(number))}.png"
        for number in range(count)
    ]


def thumbnail_name(partner_id: str, token: uuid.UUID) -> str:
    """Return the file name of the small copy of the first output, as derivable."""
    return f"partners/{partner_id}/thumbnails/{uuid.uuid5(token, 'thumbnail')}.webp"


def all_file_names(partner_id: str, action: str, token: uuid.UUID) -> list[str]:
    """Return the name of every file that the operation may have stored."""
    outputs = file_names(partner_id, action, token, MAX_OUTPUTS)
    return [*outputs, thumbnail_name(partner_id, token)]


def placeholder_urls(image_request: ImageRequest, host: str) -> list[str]:
    """Return test mode's static images: one for a create, one per input for an enhance."""
    url = (
        f"{host}/{image_request.size}/1a1a2e/ffffff/png"
        f"?text=ShopIQ+Test%0A{_TITLES[image_request.action]}%0A{image_request.aspect_ratio}"
    )
    return [url] * max(1, len(image_request.image_urls))
