"""Image calls whose caller does not wait: `Prefer: respond-async` (RFC 7240)."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.api.idempotency import store_response
from accounts.services.idempotency import Claim
from config.api.renderers import ApiResponse
from config.api.serializers import StrictSerializer, TextField
from config.egress.urls import MAX_URL_LENGTH
from config.jobs.threads import NoThreadFree, ReservedThread, reserve_thread
from imaging.api import errors, representations
from imaging.api.calls import ImageCall
from imaging.models import ImageOperation
from imaging.requests import Receiver
from imaging.services import (
    Operation,
    delay_test_operation,
    fail_test_operation,
    generate_and_settle,
)
from imaging.services.announcements import announce_end
from imaging.services.decode_failures import seconds_until_allowed
from imaging.services.inputs import TooManyFailures, fetch_images
from integrations.api.webhook_urls import check_receiver

RESPOND_ASYNC = "respond-async"


class ReceiverSerializer(StrictSerializer):
    webhookUrl = TextField(  # noqa: N815 - its name in the API
        required=False,
        allow_null=True,
        max_length=MAX_URL_LENGTH,
        help_text=gettext_noop(
            "With `Prefer: respond-async`, where the event of the call's end goes: https, and"
            " public. Without it, the default webhook gets the event."
        ),
    )
    webhookSecret = TextField(  # noqa: N815 - its name in the API
        required=False,
        allow_null=True,
        max_length=256,
        trim_whitespace=False,
        help_text=gettext_noop("Signs the event."),
    )


def is_preferred(request: Any) -> bool:
    """Return whether the caller wants the response before the images."""
    preferences = request.META.get("HTTP_PREFER", "").lower()
    tokens = (each.partition(";")[0].strip() for each in preferences.split(","))
    return RESPOND_ASYNC in tokens


def read_receiver(body: dict[str, Any]) -> Receiver | None:
    """Read where to send the event; None without `webhookUrl`."""
    values = ReceiverSerializer().read(body)
    if not values.get("webhookUrl"):
        return None
    return Receiver(check_receiver(values["webhookUrl"]), values.get("webhookSecret") or "")


@dataclass(frozen=True, slots=True)
class AcceptedCall(ImageCall):
    """Respond as soon as the points are reserved; a thread of this process goes on.

    If the process dies, the lease expires and the points are refunded, as for any other call.
    """

    def run(self, claim: Claim | None) -> ApiResponse:
        """Return the 202; raise `ApiError` for what keeps the operation from starting."""
        self.check_charge()
        self._check_inputs()
        thread = self._reserve_thread()
        try:
            operation, response = self._start(claim)
        except BaseException:
            thread.release()
            raise
        if operation.is_test:
            thread.release()
        else:
            thread.start(lambda: self._finish(operation))
        return response

    def delay(self, claim: Claim | None) -> ApiResponse:
        """Rehearse, in test mode, a call that goes on for long after its 202."""
        _, response = self._start(claim, is_slow=True)
        return response

    def fail(
        self, claim: Claim | None, failure: ImageOperation.Failure, detail: str
    ) -> ApiResponse:
        """Rehearse, in test mode, a call that fails after its 202."""
        _, response = self._start(claim, failure=failure, detail=detail)
        return response

    def _check_inputs(self) -> None:
        admission = self.start.admission
        if admission.is_test or not self.image_request.image_urls:
            return
        if seconds := seconds_until_allowed(admission.partner_id):
            raise errors.too_many_failures(TooManyFailures(seconds))

    def _reserve_thread(self) -> ReservedThread:
        try:
            return reserve_thread()
        except NoThreadFree:
            raise errors.busy(self.image_request.action) from None

    def _start(
        self,
        claim: Claim | None,
        *,
        failure: ImageOperation.Failure | None = None,
        detail: str = "",
        is_slow: bool = False,
    ) -> tuple[Operation, ApiResponse]:
        """Start the operation and store the response, both or neither."""
        with transaction.atomic():
            operation = self._operation()
            if failure:
                fail_test_operation(operation=operation, failure=failure, detail=detail)
            elif is_slow:
                delay_test_operation(operation=operation)
            mine = ImageOperation.objects.of(operation.partner_id)
            response = representations.accepted(mine.with_receipt(operation.id).get())
            if operation.is_test and not is_slow:
                announce_end(partner_id=operation.partner_id, operation_id=operation.id)
            store_response(claim, response)
        return operation, response

    def _finish(self, operation: Operation) -> None:
        """Generate the images; an error has refunded the points and is logged."""
        action = self.image_request.action

        def announce(*_: object) -> None:
            announce_end(partner_id=operation.partner_id, operation_id=operation.id)

        try:
            with tempfile.TemporaryDirectory(prefix="shopiq-") as folder:
                generate_and_settle(
                    operation=operation,
                    image_request=self.image_request,
                    inputs=lambda: self._fetch(operation, Path(folder)),
                    deadline=self.deadline,
                    respond=announce,
                    respond_in_transaction=True,
                )
        except Exception as error:  # noqa: BLE001 - the operation's row tells its caller
            errors.failed_call(error, action, operation.id)

    def _fetch(self, operation: Operation, folder: Path) -> tuple[Path, ...]:
        return fetch_images(
            partner_id=operation.partner_id,
            image_request=self.image_request,
            folder=folder,
            deadline=self.deadline,
        )
