"""The receipts of image calls: `/partner/v1/image/operations`."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_noop

from accounts.api.params import external_id_filter, query_text, query_timestamp
from accounts.api.views import ImageApiView
from accounts.models import RequestLog
from billing.models import Charge
from config.api.error_codes import INVALID_PARAMETER
from config.api.errors import ApiError, bad_request, not_found
from config.api.pagination import NewestFirst
from config.api.renderers import ApiResponse
from config.db.ids import is_id
from imaging.api import representations
from imaging.error_codes import OPERATION_ENDED, OPERATION_NOT_FOUND
from imaging.models import ImageOperation, ImageOperationQuerySet
from imaging.services.cancellation import OperationEnded, cancel_operation

_STATES = Charge.State.values
_REQUEST_ID = re.compile(r"[\w.-]{8,64}\Z", re.ASCII)


class OperationsView(ImageApiView):
    """Base: live keys see the partner's live operations, test keys its test operations."""

    result_page = "operation"
    result_label = gettext_noop("Image")

    def visible(self, operation_id: str | None = None) -> ImageOperationQuerySet:
        rows = ImageOperation.objects.of(self.admission.partner_id).with_receipt(operation_id)
        if operation_id and not self.admission.is_test:
            # Says the same of one operation, and in which partition its charge is.
            return rows.filter(charge=operation_id)
        return rows.filter(charge__isnull=self.admission.is_test)

    def find(self, operation_id: str) -> ImageOperation:
        """Return the operation of a path; raise 404."""
        rows = is_id(operation_id) and self.visible(operation_id)
        operation = rows.first() if rows else None
        if operation is None:
            raise operation_not_found()
        return operation


class OperationView(OperationsView):
    """GET /partner/v1/image/operations/{id}."""

    endpoint = "image.operations"
    label = gettext_noop("Get an operation")

    def get(self, request: Any, operation_id: str) -> ApiResponse:
        return _receipt(self.find(operation_id))


class CancelOperationView(OperationsView):
    """POST /partner/v1/image/operations/{id}/cancel."""

    endpoint = "image.operations.cancel"
    label = gettext_noop("Cancel an operation")

    def post(self, request: Any, operation_id: str) -> ApiResponse:
        try:
            cancel_operation(operation=self.find(operation_id))
        except OperationEnded:
            raise operation_ended() from None
        return _receipt(self.find(operation_id))


class ListOperationsView(OperationsView):
    """GET /partner/v1/image/operations: newest first, by `requestId`, `externalId`, `state`, `from`
    and `to`."""

    endpoint = "image.operations.list"
    label = gettext_noop("List operations")
    result_page = result_label = ""
    example = ""

    def get(self, request: Any) -> ApiResponse:
        rows = self.visible().filter(**external_id_filter(request))
        if request_id := query_text(request, "requestId").strip():
            rows = rows.filter(self._has_request_id(check_request_id(request_id)))
        if state := query_text(request, "state"):
            rows = rows.in_state(read_state(state))
        if since := query_timestamp(request, "from"):
            rows = rows.filter(created_at__gte=since)
        if until := query_timestamp(request, "to"):
            rows = rows.filter(created_at__lt=until)
        page = NewestFirst.read(request.query_params).fetch_page(rows)
        return ApiResponse(representations.receipts(page.rows, page.next_cursor))

    def _has_request_id(self, request_id: str) -> Q:
        """Match the caller's own id, or ours, which the request log keeps for 90 days."""
        log = RequestLog.objects.of(self.admission.partner_id).with_request_id(request_id)
        is_theirs = Q(client_request_id=request_id)
        return is_theirs | Q(pk__in=[line.target for line in log.exclude(target="")[:100]])


def operation_not_found() -> ApiError:
    return not_found("Operation not found.", code=OPERATION_NOT_FOUND)


def _receipt(operation: ImageOperation) -> ApiResponse:
    return ApiResponse(representations.receipt(operation), headers={"X-Operation-Id": operation.id})


def operation_ended() -> ApiError:
    return ApiError(409, "This operation has ended.", code=OPERATION_ENDED)


def check_request_id(request_id: str) -> str:
    if not _REQUEST_ID.match(request_id):
        message = "requestId must be 8 to 64 letters, digits or . _ -"
        raise bad_request(message, code=INVALID_PARAMETER, field="requestId")
    return request_id


def read_state(state: str) -> str:
    if state not in _STATES:
        names = f"{', '.join(_STATES[:-1])} or {_STATES[-1]}"
        raise bad_request(f"state must be {names}", code=INVALID_PARAMETER, field="state")
    return state
