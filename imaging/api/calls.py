"""One call that makes images, from the gate's answer to the body of the reply."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from accounts.api.idempotency import kept_answer
from accounts.services import idempotency
from accounts.services.idempotency import Claim
from config.api.renderers import ApiResponse
from config.egress.deadline import Deadline
from imaging.api import errors, representations
from imaging.providers.base import Busy
from imaging.requests import ImageRequest
from imaging.services import (
    InsufficientPoints,
    Operation,
    Settlement,
    StartResult,
    generate_and_settle,
    start_operation,
)
from imaging.services.generation import GeneratedImages
from imaging.services.inputs import DownloadFailed, fetch_images


@dataclass(frozen=True, slots=True)
class ImageCall:
    """A call whose caller was admitted; `claim` is its hold on an `Idempotency-Key`."""

    order: ImageRequest
    begun: StartResult
    deadline: Deadline
    started: float
    claim: Claim | None = None

    def run(self) -> ApiResponse:
        """The documented answer; raises `ApiError` for each documented refusal."""
        try:
            if self.begun.shortfall:
                raise self.begun.shortfall
            if self.begun.admission.is_test:
                return self._run_test()
            if not self.order.image_urls:
                return self._run_live(())
            with tempfile.TemporaryDirectory(prefix="shopiq-") as folder:
                return self._run_live(
                    fetch_images(order=self.order, folder=Path(folder), deadline=self.deadline)
                )
        except InsufficientPoints as shortfall:
            raise errors.insufficient_points(shortfall, self.order.mode) from None
        except DownloadFailed as error:
            raise errors.download_failed(error) from None

    def _run_test(self) -> ApiResponse:
        operation = self._operation()
        answer = self._answer(operation, representations.test_image(self.order, self._elapsed_ms()))
        if self.claim:
            idempotency.keep(self.claim, kept_answer(answer))
        return answer

    def _run_live(self, images: tuple[Path, ...]) -> ApiResponse:
        operation = self._operation()

        def answer(made: GeneratedImages, finished: Settlement) -> ApiResponse:
            body = representations.live_image(
                self.order, operation, made, finished, self._elapsed_ms()
            )
            answer = self._answer(operation, body)
            # In the settlement's own transaction: a kept answer and a kept charge go together.
            if self.claim and not idempotency.keep(self.claim, kept_answer(answer)):
                raise Busy("a later attempt holds the key")
            return answer

        try:
            return generate_and_settle(
                operation=operation,
                order=self.order,
                images=images,
                deadline=self.deadline,
                on_finish=answer,
                on_finish_writes=self.claim is not None,
            )
        except Exception as error:
            raise errors.failed_call(error, self.order.action, operation.id) from error

    def _operation(self) -> Operation:
        return self.begun.operation or start_operation(
            admission=self.begun.admission, order=self.order
        )

    def _answer(self, operation: Operation, body: object) -> ApiResponse:
        return ApiResponse(body, headers={"X-Operation-Id": operation.id})

    def _elapsed_ms(self) -> int:
        return round((time.monotonic() - self.started) * 1000)
