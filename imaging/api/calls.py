"""Run one image call, from its authorization to the response."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from accounts.api.idempotency import to_store
from accounts.services import idempotency
from accounts.services.idempotency import Claim
from config.api.renderers import ApiResponse
from config.egress.deadline import Deadline
from config.metrics import elapsed_ms
from imaging.api import errors, representations
from imaging.providers.base import ProviderBusy
from imaging.requests import ImageRequest
from imaging.services import (
    NotCharged,
    Operation,
    Settlement,
    StartResult,
    generate_and_settle,
    start_operation,
)
from imaging.services.generated_images import GeneratedImages
from imaging.services.inputs import DownloadFailed, TooManyFailures, fetch_images


@dataclass(frozen=True, slots=True)
class ImageCall:
    """An authorized call; its operation has started unless inputs must be downloaded first."""

    image_request: ImageRequest
    start: StartResult
    deadline: Deadline
    received_at: float

    def run(self, claim: Claim | None) -> ApiResponse:
        """Return the documented response; raise `ApiError` for each documented error."""
        self.check_charge()
        if self.start.admission.is_test:
            return self._run_test(claim)
        if not self.image_request.image_urls:
            return self._run_live((), claim)
        with tempfile.TemporaryDirectory(prefix="shopiq-") as folder:
            return self._run_live(self._download(Path(folder)), claim)

    def check_charge(self) -> None:
        """Raise the 402 of a call that could not start."""
        quote = self.start.quote
        if quote and (quote.reached or not quote.is_covered):
            raise errors.not_charged(quote, self.image_request.mode)

    def _run_test(self, claim: Claim | None) -> ApiResponse:
        body = representations.test_image(self.image_request, self._elapsed_ms())
        response = _response(self._operation(), body)
        if claim:
            idempotency.store(claim, response=to_store(response))
        return response

    def _run_live(self, inputs: tuple[Path, ...], claim: Claim | None) -> ApiResponse:
        operation = self._operation()

        def respond(images: GeneratedImages, settlement: Settlement) -> ApiResponse:
            body = representations.live_image(
                self.image_request, operation, images, settlement, self._elapsed_ms()
            )
            response = _response(operation, body)
            if claim and not idempotency.store(claim, response=to_store(response)):
                raise ProviderBusy("a later attempt holds the key")
            return response

        try:
            return generate_and_settle(
                operation=operation,
                image_request=self.image_request,
                inputs=lambda: inputs,
                deadline=self.deadline,
                respond=respond,
                respond_in_transaction=claim is not None,
            )
        except Exception as error:
            raise errors.failed_call(error, self.image_request.action, operation.id) from error

    def _download(self, folder: Path) -> tuple[Path, ...]:
        try:
            return fetch_images(
                partner_id=self.start.admission.partner_id,
                image_request=self.image_request,
                folder=folder,
                deadline=self.deadline,
            )
        except DownloadFailed as error:
            raise errors.download_failed(error) from None
        except TooManyFailures as error:
            raise errors.too_many_failures(error) from None

    def _operation(self) -> Operation:
        if self.start.operation:
            return self.start.operation
        try:
            return start_operation(admission=self.start.admission, image_request=self.image_request)
        except NotCharged as error:
            raise errors.not_charged(error.quote, self.image_request.mode) from None

    def _elapsed_ms(self) -> int:
        return elapsed_ms(self.received_at)


def _response(operation: Operation, body: object) -> ApiResponse:
    return ApiResponse(body, headers={"X-Operation-Id": operation.id})
