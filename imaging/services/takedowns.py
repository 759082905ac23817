"""Staff take the images of an operation down, with a reason, and restore them.

The row is written first, then the files are moved, outside of any transaction. What was
interrupted is finished by `finish_takedowns`, which the scheduler enqueues.
"""

from __future__ import annotations

from pathlib import PurePosixPath

import structlog
from django.db import transaction
from django.db.models.functions import Now

from accounts.models import Partner
from accounts.services.audit import record_audit
from accounts.services.live_access import owners_of
from accounts.services.locks import lock_partner
from config.mail.send import send_mail
from imaging.backends import configured_storage
from imaging.image_urls import stored_names
from imaging.models import ImageOperation, ImageTakedown
from imaging.storage.base import StorageError

log = structlog.get_logger(__name__)


class TakedownConflict(Exception):
    """The images are taken down already, or are not, or there are none; the message says which."""


def take_down_images(*, operation: ImageOperation, reason: str, actor: str) -> ImageTakedown:
    """Hide the images of an operation at once, and email the partner's owners.

    Raises `TakedownConflict`.
    """
    if not stored_names(operation):
        raise TakedownConflict("No image of this operation is stored here.")
    with transaction.atomic():
        partner = lock_partner(operation.partner_id)
        if _open(operation):
            raise TakedownConflict("These images are taken down already.")
        takedown = ImageTakedown.objects.create(
            partner=partner, operation=operation, reason=reason, taken_down_by=actor
        )
        _report(partner, operation, "taken_down", reason, actor)
    move_files(takedown)
    return takedown


def restore_images(*, operation: ImageOperation, reason: str, actor: str) -> None:
    """Show the images of an operation again. Raises `TakedownConflict`."""
    with transaction.atomic():
        partner = lock_partner(operation.partner_id)
        takedown = _open(operation)
        if takedown is None:
            raise TakedownConflict("These images are not taken down.")
        mine = ImageTakedown.objects.of(partner.pk).filter(pk=takedown.pk)
        mine.update(restored_at=Now(), restored_by=actor, is_done=False)
        _report(partner, operation, "restored", reason, actor)
    takedown.refresh_from_db()
    move_files(takedown)


def move_files(takedown: ImageTakedown) -> None:
    """Move the files to where the row wants them; what fails is tried again.

    If the row changed meanwhile, such as by a restoration, they are moved back.
    """
    storage, is_down = configured_storage(), takedown.restored_at is None
    try:
        for number, name in enumerate(stored_names(takedown.operation)):
            hidden = f"hidden/{takedown.token}/{number}{PurePosixPath(name).suffix}"
            if is_down:
                storage.move(name, hidden, is_public=False)
            else:
                storage.move(hidden, name, is_public=True)
    except StorageError as error:
        log.error("images not moved, will retry", takedown=takedown.pk, error=str(error))
        return
    mine = ImageTakedown.objects.of(takedown.partner_id).filter(pk=takedown.pk)
    if not mine.filter(restored_at__isnull=is_down).update(is_done=True):
        takedown.refresh_from_db(fields=["restored_at"])
        move_files(takedown)


def finish_takedowns() -> None:
    """Finish those that were interrupted."""
    rows = ImageTakedown.objects.of_all().unfinished().select_related("operation")
    for takedown in rows.order_by("id"):
        move_files(takedown)


def _open(operation: ImageOperation) -> ImageTakedown | None:
    mine = ImageTakedown.objects.of(operation.partner_id).select_related("operation")
    return mine.filter(operation=operation, restored_at=None).first()


def _report(
    partner: Partner, operation: ImageOperation, verb: str, reason: str, actor: str
) -> None:
    record_audit(
        partner=partner, actor=actor, action=f"image.{verb}", target=operation.pk, reason=reason
    )
    send_mail(f"images_{verb}", owners_of(partner), operation=operation, reason=reason)
