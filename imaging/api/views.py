"""The Image API: `/partner/v1/image/*`."""

from __future__ import annotations

import time
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpResponse

from accounts.api.idempotency import idempotency_key, run_idempotent
from accounts.api.views import ImageApiView
from accounts.services.authorization import Admission, Caller
from accounts.services.idempotency import Claim
from config.api.errors import ApiError, not_found
from config.api.renderers import ApiResponse
from config.db.ids import is_id
from config.egress.deadline import Deadline
from imaging.api import representations
from imaging.api.calls import ImageCall
from imaging.api.serializers import CreateSerializer, DocumentedSerializer, EnhanceSerializer
from imaging.models import ImageOperation
from imaging.providers.base import Action
from imaging.requests import ImageRequest
from imaging.services import StartResult, begin_operation
from imaging.services.statistics import read_usage


class ImageCallView(ImageApiView):
    """A call that makes images.

    The body is read before the gate is asked, so that the gate and the charge can share a round
    trip; what is wrong with the body is still told only to callers whom the gate let pass.
    """

    action: ClassVar[Action]
    serializer: ClassVar[DocumentedSerializer]
    #: The environments in which nothing has to happen between the gate and the reservation.
    start_in: ClassVar[tuple[str, ...]]

    order: ImageRequest | None = None
    retry_key: str | None = None
    body_error: ApiError | None = None
    begun: StartResult

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        self.started = time.monotonic()
        self.deadline = Deadline.after(settings.IMAGE_CALL_SECONDS)
        try:
            self.order = self._read_order(request)
            self.retry_key = idempotency_key(request)
        except ApiError as error:
            self.body_error = error
        super().initial(request, *args, **kwargs)

    def _read_order(self, request: Any) -> ImageRequest | None:
        if request.method != "POST":
            return None
        values = self.serializer.read(request.data)
        return ImageRequest(
            action=self.action,
            text=values.get("prompt") or values.get("userRequest", ""),
            mode=values["mode"],
            aspect_ratio=values["aspectRatio"],
            resolution=values["resolution"],
            image_urls=tuple(values.get("images", ())),
        )

    def admit(self, request: Any, caller: Caller) -> Admission:
        if self.order is None or self.body_error:
            return super().admit(request, caller)
        # A retry must not be charged before it is known to be one.
        start_in = () if self.retry_key else self.start_in
        self.begun = begin_operation(caller=caller, order=self.order, start_in=start_in)
        return self.begun.admission

    def post(self, request: Any) -> HttpResponse:
        if self.body_error:
            raise self.body_error
        return run_idempotent(
            request,
            endpoint=self.endpoint,
            run=self._run,
            lease_seconds=settings.IMAGE_LEASE_SECONDS,
        )

    def _run(self, claim: Claim | None) -> HttpResponse:
        assert self.order
        return ImageCall(self.order, self.begun, self.deadline, self.started, claim).run()


class CreateView(ImageCallView):
    """POST /partner/v1/image/create."""

    endpoint = "image.create"
    label = "Create an image"
    result_page = "operation"
    result_label = "Image"
    example = '{"prompt": "A terracotta vase with olive branches", "aspectRatio": "4:3"}'
    costs_points = True
    action = "create"
    serializer = CreateSerializer()
    start_in = ("live", "test")


class EnhanceView(ImageCallView):
    """POST /partner/v1/image/enhance. Live calls download first and reserve then."""

    endpoint = "image.enhance"
    label = "Enhance images"
    result_page = "operation"
    result_label = "Image"
    costs_points = True
    action = "enhance"
    serializer = EnhanceSerializer()
    start_in = ("test",)


class UsageView(ImageApiView):
    """GET /partner/v1/image/usage. A test key sees the live figures."""

    endpoint = "image.usage"
    label = "Get usage"
    example = ""

    def get(self, request: Any) -> ApiResponse:
        admission: Admission = request.auth
        statistics = read_usage(admission.partner_id)
        return ApiResponse(representations.usage(statistics, is_test=admission.is_test))


class OperationView(ImageApiView):
    """GET /partner/v1/image/operations/{id}: the receipt of a call of the same environment."""

    endpoint = "image.operations"
    label = "Get an operation"
    result_page = "operation"
    result_label = "Image"

    def get(self, request: Any, operation_id: str) -> ApiResponse:
        operation = self._find(request.auth, operation_id)
        if operation is None:
            raise not_found("Operation not found.")
        return ApiResponse(
            representations.receipt(operation), headers={"X-Operation-Id": operation.id}
        )

    def _find(self, admission: Admission, operation_id: str) -> ImageOperation | None:
        if not is_id(operation_id):
            return None
        return (
            ImageOperation.objects.with_receipt()
            .filter(
                id=operation_id,
                partner_id=admission.partner_id,
                charge__isnull=admission.is_test,
            )
            .first()
        )
