"""The Image API: `/partner/v1/image/*`."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext_noop

from accounts.api.authentication import admit, read_caller
from accounts.api.idempotency import idempotency_key, run_idempotent
from accounts.api.rehearsals import has_simulation, read_simulation
from accounts.api.views import ImageApiView
from accounts.services.idempotency import Claim
from config.api.errors import ApiError, bad_request
from config.api.references import read_references
from config.api.renderers import ApiResponse
from config.egress.deadline import Deadline
from imaging.api import representations
from imaging.api.accepted_calls import AcceptedCall, is_preferred, read_receiver
from imaging.api.calls import ImageCall
from imaging.api.rehearsals import LATE_FAILURES, SIMULATIONS, rehearse
from imaging.api.serializers import CreateSerializer, DocumentedSerializer, EnhanceSerializer
from imaging.api.usage_representation import usage
from imaging.error_codes import INVALID_OPERATION
from imaging.providers.base import Action
from imaging.requests import ImageRequest
from imaging.services import authorize_and_start
from imaging.services.quotes import quote_call
from imaging.services.statistics import read_usage


class ImageCallView(ImageApiView):
    """Base of the calls that generate images.

    Authorization and charge share one database round trip, so the operation starts during
    authentication and the body is read before it. Errors in the body are still returned only to
    authorized callers.
    """

    action: ClassVar[Action]
    serializer: ClassVar[DocumentedSerializer]
    #: The environments in which the operation can start together with the authorization.
    start_in: ClassVar[tuple[str, ...]]

    def perform_authentication(self, request: Any) -> None:
        if request.method != "POST":
            super().perform_authentication(request)
            return
        received_at, deadline = time.monotonic(), Deadline.after(settings.IMAGE_CALL_SECONDS)
        try:
            is_async = is_preferred(request)
            image_request = self._read(request)
            if is_async:
                receiver = read_receiver(request.data)
                image_request = replace(image_request, is_async=True, receiver=receiver)
            self.retry_key = idempotency_key(request)
        except ApiError:
            super().perform_authentication(request)
            raise
        is_later = self.retry_key or is_async or has_simulation(request)
        start = authorize_and_start(
            caller=read_caller(request),
            image_request=image_request,
            # With a retry key, the charge waits until the call is known not to be a repetition;
            # and a call that goes on after its response first needs a thread.
            start_in=() if is_later else self.start_in,
        )
        request.user, request.auth = None, admit(request, start.admission)
        self.simulation = read_simulation(request, start.admission, SIMULATIONS)
        call = AcceptedCall if is_async else ImageCall
        self.call = call(image_request, start, deadline, received_at)

    def post(self, request: Any) -> HttpResponse:
        return run_idempotent(
            request,
            self._run,
            key=self.retry_key,
            lease_seconds=settings.IMAGE_LEASE_SECONDS,
        )

    def _run(self, claim: Claim | None) -> HttpResponse:
        if isinstance(self.call, AcceptedCall) and self.simulation in LATE_FAILURES:
            return self.call.fail(claim, *LATE_FAILURES[self.simulation])
        if isinstance(self.call, AcceptedCall) and self.simulation == "slow":
            return self.call.delay(claim)
        rehearse(self.simulation, self.request, self.admission, self.call.image_request)
        return self.call.run(claim)

    def _read(self, request: Any) -> ImageRequest:
        values = self.serializer.read(request.data)
        return ImageRequest(
            action=self.action,
            text=values.get("prompt") or values.get("userRequest", ""),
            mode=values["mode"],
            aspect_ratio=values["aspectRatio"],
            resolution=values["resolution"],
            image_urls=tuple(values.get("images", ())),
            seed=values.get("seed"),
            client_request_id=getattr(request._request, "client_request_id", ""),
            references=read_references(request.data),
        )


class CreateView(ImageCallView):
    """POST /partner/v1/image/create."""

    endpoint = "image.create"
    label = gettext_noop("Create an image")
    result_page = "operation"
    result_label = gettext_noop("Image")
    example = '{"prompt": "A terracotta vase with olive branches", "aspectRatio": "4:3"}'
    costs_points = True
    action = "create"
    serializer = CreateSerializer()
    start_in = ("live", "test")


class EnhanceView(ImageCallView):
    """POST /partner/v1/image/enhance. Live calls download the inputs before they reserve points."""

    endpoint = "image.enhance"
    label = gettext_noop("Enhance images")
    result_page = "operation"
    result_label = gettext_noop("Image")
    costs_points = True
    action = "enhance"
    serializer = EnhanceSerializer()
    start_in = ("test",)


class UsageView(ImageApiView):
    """GET /partner/v1/image/usage. A test key sees the live figures."""

    endpoint = "image.usage"
    label = gettext_noop("Get usage")
    example = ""

    def get(self, request: Any) -> ApiResponse:
        statistics = read_usage(self.admission.partner_id)
        return ApiResponse(usage(statistics, is_test=self.admission.is_test))


class QuoteView(ImageApiView):
    """POST /partner/v1/image/quote: the body of a create or an enhance, and `operation`."""

    endpoint = "image.quote"
    label = gettext_noop("Get a quote")
    example = CreateView.example
    serializers: ClassVar[dict[str, DocumentedSerializer]] = {
        "create": CreateView.serializer,
        "enhance": EnhanceView.serializer,
    }

    @classmethod
    def read_operation(cls, body: dict[str, Any]) -> str:
        operation = body.get("operation")
        operation = "create" if operation is None else operation
        if not isinstance(operation, str) or operation not in cls.serializers:
            message = "operation must be create or enhance"
            raise bad_request(message, code=INVALID_OPERATION, field="operation")
        return operation

    def post(self, request: Any) -> ApiResponse:
        operation = self.read_operation(request.data)
        values = self.serializers[operation].read(request.data)
        read_references(request.data)
        quote = quote_call(
            partner_id=self.admission.partner_id,
            key_id=self.admission.key_id,
            action=operation,
            mode=values["mode"],
        )
        body = representations.quote(
            {**values, "operation": operation}, quote, is_test=self.admission.is_test
        )
        return ApiResponse(body)
