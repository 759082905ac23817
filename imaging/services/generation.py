"""Generate and store the images of a started operation, and settle its charge."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog
from django.conf import settings
from django.db import DatabaseError

from billing.models import OperationPrice
from config.db.statements import release_connection
from config.egress.deadline import Deadline, DeadlineExceeded
from config.metrics import elapsed_ms, timed_provider
from imaging import prompts
from imaging.backends import configured_provider, configured_storage
from imaging.models import ImageOperation
from imaging.providers.base import (
    GenerationFailed,
    GenerationInput,
    ImageProvider,
    ProviderAccountError,
    ProviderBusy,
    ProviderError,
    SafetyBlocked,
)
from imaging.providers.postprocess import fit_png
from imaging.requests import MAX_OUTPUTS, ImageRequest, all_file_names, file_names
from imaging.services.announcements import refund_and_announce
from imaging.services.cancellation import Cancelled, was_cancelled
from imaging.services.generated_images import GeneratedImages, Response, settle_images
from imaging.services.inputs import DownloadFailed
from imaging.services.operations import (
    Operation,
)
from imaging.services.provider_costs import note_billed
from imaging.services.settlements import Interrupted, Settlement, read_settlement, refund_operation
from imaging.services.thumbnails import save_thumbnail

log = structlog.get_logger(__name__)

Failure = ImageOperation.Failure
FAST, THINKING = OperationPrice.Mode.FAST.value, OperationPrice.Mode.THINKING.value
#: The text model gets only part of the time, so that fast mode can still succeed.
_PROMPT_SECONDS = 45.0
#: The share of the call's time that is reserved for storage.
_STORAGE_SHARE = 0.1
#: Seconds before each attempt at a refund.
_REFUND_PAUSES = (0.0, 0.2, 0.5, 1.0, 2.0)


def generate_and_settle(
    *,
    operation: Operation,
    image_request: ImageRequest,
    inputs: Callable[[], tuple[Path, ...]],
    deadline: Deadline,
    respond: Callable[[GeneratedImages, Settlement], Response],
    respond_in_transaction: bool,
) -> Response:
    """Generate the images and keep the charge, or refund it and raise.

    `inputs` returns the images to enhance; if it raises, the points are refunded, too. `respond`
    builds the response. If it also stores it, it runs in the transaction that keeps the charge:
    both commit or neither. Raises `SafetyBlocked`, `ProviderBusy`, `GenerationFailed`, `Cancelled`
    or any other error, in each case after the refund.
    """
    attempt = _Attempt()
    try:
        images = _generate(operation, image_request, inputs(), deadline, attempt)
        return settle_images(
            operation=operation,
            images=images,
            deadline=deadline,
            respond=respond,
            respond_in_transaction=respond_in_transaction,
        )
    except Interrupted:
        _discard(operation, image_request)
        note_billed(operation)
        error = Cancelled() if was_cancelled(operation) else ProviderBusy("interrupted")
        raise error from None
    except Exception as error:
        # Delete files only after a refund. While the database is unavailable, the sweeper decides
        # later.
        if _refund(operation, image_request, error):
            _discard(operation, image_request)
            if attempt.is_billed:
                note_billed(operation)
        elif isinstance(error, DatabaseError) and (kept := read_settlement(operation)):
            # Only the commit's acknowledgement was lost: an error response would still be charged.
            return respond(images, kept)
        if isinstance(error, DeadlineExceeded):
            raise GenerationFailed("the deadline passed") from None
        raise


@dataclass(slots=True)
class _Attempt:
    """What is known of the provider's work, also after an error."""

    is_billed: bool = False


def _generate(
    operation: Operation,
    image_request: ImageRequest,
    inputs: tuple[Path, ...],
    deadline: Deadline,
    attempt: _Attempt,
) -> GeneratedImages:
    # The model takes seconds to minutes; others need the database connection meanwhile.
    release_connection()
    started = time.monotonic()
    provider = configured_provider()
    generation_deadline = deadline.minus(settings.IMAGE_CALL_SECONDS * _STORAGE_SHARE)
    seed = operation.file_token.time_low if image_request.seed is None else image_request.seed
    text, mode = _write_text(provider, image_request, inputs, generation_deadline, seed)
    spec = GenerationInput(
        image_request.action, text, image_request.size, generation_deadline, inputs, seed
    )
    with timed_provider(settings.IMAGE_PROVIDER):
        outputs = provider.make_images(spec)[:MAX_OUTPUTS]
    if not outputs:
        raise GenerationFailed("no image")
    attempt.is_billed = True
    fitted = [
        fit_png(output, image_request.size, deadline=generation_deadline) for output in outputs
    ]
    milliseconds = elapsed_ms(started)
    names = file_names(
        operation.partner_id, image_request.action, operation.file_token, len(fitted)
    )
    storage = configured_storage()
    urls = []
    for name, data in zip(names, fitted, strict=True):
        deadline.remaining()
        urls.append(storage.save(name, data))
    has_thumbnail = save_thumbnail(operation, png=fitted[0], deadline=deadline)
    return GeneratedImages(urls, mode, milliseconds, has_thumbnail)


def _write_text(
    provider: ImageProvider,
    image_request: ImageRequest,
    inputs: tuple[Path, ...],
    deadline: Deadline,
    seed: int,
) -> tuple[str, str]:
    """Return the prompt and its mode; a failure of thinking mode falls back to fast."""
    if image_request.mode == THINKING:
        spec = GenerationInput(
            image_request.action,
            image_request.text,
            image_request.size,
            deadline.capped_at(_PROMPT_SECONDS),
            inputs,
            seed,
        )
        try:
            return provider.write_prompt(spec), THINKING
        except (ProviderError, DeadlineExceeded) as error:
            log.warning("thinking fell back to fast", reason=type(error).__name__)
            if isinstance(error, ProviderAccountError):
                log.error("provider refuses our account", reason=str(error))
    wrap = prompts.wrap_create if image_request.action == "create" else prompts.wrap_enhance
    return wrap(image_request.text), FAST


def _failure_of(error: Exception) -> ImageOperation.Failure:
    if isinstance(error, SafetyBlocked):
        return Failure.BLOCKED
    if isinstance(error, ProviderBusy):
        return Failure.BUSY
    if isinstance(error, ProviderAccountError):
        log.error("provider refuses our account", reason=str(error))
        return Failure.ACCOUNT
    return Failure.DOWNLOAD if isinstance(error, DownloadFailed) else Failure.FAILED


def _details_of(error: Exception) -> dict[str, str]:
    """Return what the caller is told besides the kind of failure."""
    if isinstance(error, SafetyBlocked):
        return {"detail": error.reason}
    if isinstance(error, DownloadFailed):
        return {"detail": error.detail, "field": f"images.{error.position}"}
    return {}


def _refund(operation: Operation, image_request: ImageRequest, error: Exception) -> bool:
    """Refund, retrying while the database restarts; return whether this call refunded it."""
    failure, details = _failure_of(error), _details_of(error)
    refund = refund_and_announce if image_request.is_async else refund_operation
    for pause in _REFUND_PAUSES:
        time.sleep(pause)
        try:
            return refund(
                partner_id=operation.partner_id,
                operation_id=operation.id,
                failure=failure,
                **details,
            )
        except DatabaseError:
            release_connection()
    log.error("refund left to the sweeper", operation=operation.id)
    return False


def _discard(operation: Operation, image_request: ImageRequest) -> None:
    """Delete the stored images of a refunded operation."""
    try:
        configured_storage().delete(
            all_file_names(operation.partner_id, image_request.action, operation.file_token)
        )
    except Exception:
        # The partner has been refunded; a file left behind must not change the response.
        log.exception("stored images of refunded operation not deleted", operation=operation.id)
