"""Keep the charge of generated images, also when the database is away for seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TypeVar

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction

from config.db.statements import release_connection
from config.egress.deadline import Deadline
from imaging.services.operations import (
    Operation,
)
from imaging.services.settlements import Interrupted, Settlement, finish_operation, read_settlement

Response = TypeVar("Response")
log = structlog.get_logger(__name__)

#: For how long a caller whose images are stored waits for the database.
_RETRY_SECONDS = 30.0
_PAUSE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class GeneratedImages:
    """Stored images: their URLs, the mode actually used and the duration."""

    urls: list[str]
    mode: str
    milliseconds: int
    has_thumbnail: bool


def settle_images(
    *,
    operation: Operation,
    images: GeneratedImages,
    deadline: Deadline,
    respond: Callable[[GeneratedImages, Settlement], Response],
    respond_in_transaction: bool,
) -> Response:
    """Keep the charge and respond; retry while the database is unavailable and the lease holds.

    Repeating is safe: the charge leaves its state once. Raises `Interrupted` if it was refunded,
    or the last error of the database.
    """
    retry_until = _retry_until(deadline)
    while True:
        try:
            # The settlement is one statement: a transaction around it alone costs two round trips.
            with transaction.atomic() if respond_in_transaction else nullcontext():
                settlement = finish_operation(
                    operation=operation,
                    mode=images.mode,
                    urls=images.urls,
                    milliseconds=images.milliseconds,
                    has_thumbnail=images.has_thumbnail,
                )
                return respond(images, settlement)
        except Interrupted:
            # The attempt before may have committed and lost only the acknowledgement.
            if kept := read_settlement(operation):
                return respond(images, kept)
            raise
        except (InterfaceError, OperationalError):
            release_connection()
            if time.monotonic() >= retry_until:
                raise
            log.warning("settlement is retried", operation=operation.id)
            time.sleep(_PAUSE_SECONDS)


def _retry_until(deadline: Deadline) -> float:
    """Leave half of the lease's margin: the sweeper refunds what is not settled by its end."""
    margin: float = settings.IMAGE_LEASE_SECONDS - settings.IMAGE_CALL_SECONDS
    return min(time.monotonic() + _RETRY_SECONDS, deadline.at + margin / 2)
