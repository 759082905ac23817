"""The responses of one endpoint: its own, and those that every endpoint has."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal, NotRequired, TypedDict

from accounts.api import errors as denials
from accounts.api.idempotency import NOT_STORED, key_in_use, key_reused, malformed_key
from accounts.api.rehearsals import invalid_simulation
from accounts.models import Partner
from accounts.refused_calls import too_many_refused_calls
from accounts.services.authorization import Admission, DeniedBy, Window
from config.api.descriptions import AT, Keywords, Operation, Response, Timestamp, raised
from config.api.error_codes import UNAVAILABLE
from config.api.errors import ApiError, https_required
from config.api.exceptions import error_members, internal_error
from config.api.parsers import (
    body_too_large,
    check_content_type,
    encoding_not_supported,
    parse_object,
    unreadable_body,
)
from config.openapi.types import Components, Schema

_REQUEST_ID = "5f0c6b1e9d3a4c7f8e2b1a0d9c8b7a65"
_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
#: Those that are not stored, or come before the request's key is looked up.
_NEVER_REPLAYED = {str(status) for status in (*NOT_STORED, 403, 413, 415)}


class Error(TypedDict):
    """Every error. `message` is for people, `code` for programs."""

    success: Annotated[Literal[False], "Always false."]
    message: Annotated[str, "What went wrong."]
    code: Annotated[
        str, "Stable; see ErrorCode.", Keywords(**{"$ref": "#/components/schemas/ErrorCode"})
    ]
    field: NotRequired[Annotated[str, "The member or parameter that is wrong."]]
    retryAfter: NotRequired[Annotated[int, "Seconds to wait, as in `Retry-After`."]]
    error: NotRequired[Annotated[str, "A general sentence, with 500."]]
    example: NotRequired[Annotated[dict[str, Any], "A body that would have been accepted."]]
    supportedIntegrations: NotRequired[Annotated[list[str], "The names of all integrations."]]
    requiredCredentials: NotRequired[
        Annotated[list[str], "The credentials that the integration needs."]
    ]
    validCategories: NotRequired[Annotated[list[str], "The categories that a shop can have."]]
    validEvents: NotRequired[Annotated[list[str], "The events that there are."]]
    required: NotRequired[Annotated[float, "The points that the call needs."]]
    available: NotRequired[Annotated[float, "The balance."]]
    tier: NotRequired[Annotated[str, "The pricing tier."]]
    period: NotRequired[Annotated[Literal["day", "month"], "The period of the spend limit."]]
    limit: NotRequired[Annotated[float, "The spend limit."]]
    spent: NotRequired[Annotated[float, "The points spent in the period."]]
    resetsAt: NotRequired[Annotated[Timestamp, "When the next period begins."]]
    testMode: NotRequired[Annotated[Literal[True], "The key is a test key."]]
    requestId: Annotated[str | None, "The ID of the request, as in `X-Request-Id`."]
    timestamp: Annotated[Timestamp, "When the response was made."]


def responses_of(
    view: Any, operation: Operation, method: str, components: Components
) -> dict[str, Schema]:
    responses = {str(each.status): _success(each, components) for each in operation.responses}
    by_status: dict[int, list[ApiError]] = {}
    for error in [
        *operation.errors,
        *_shared(operation, method, needs_permission=view.needs_permission),
    ]:
        by_status.setdefault(error.status, []).append(error)
    for status, errors in sorted(by_status.items()):
        responses[str(status)] = _failure(status, errors, components)
    if operation.is_idempotent:
        for name in responses.keys() - _NEVER_REPLAYED:
            responses[name]["headers"]["Idempotent-Replayed"] = _header("Idempotent-Replayed")
    return responses


def _success(response: Response, components: Components) -> Schema:
    examples = {
        key_of(summary): {"summary": summary, "value": value}
        for summary, value in response.examples.items()
    }
    return {
        "description": response.text,
        "headers": _headers(response.headers),
        "content": {
            "application/json": {
                "schema": components.schema_of(response.body),
                "examples": examples,
            }
        },
    }


def _failure(status: int, errors: Sequence[ApiError], components: Components) -> Schema:
    names = {name for error in errors for name in error.headers}
    if status == 401:
        names.add("WWW-Authenticate")
    if any(error.retry_after is not None for error in errors):
        names.add("Retry-After")
    return {
        "description": _TITLES[status],
        "headers": _headers(sorted(names)),
        "content": {
            "application/json": {
                "schema": components.schema_of(Error),
                "examples": _examples(errors),
            }
        },
    }


def _examples(errors: Iterable[ApiError]) -> dict[str, Schema]:
    """Return an example for each message; a code can have several."""
    examples: dict[str, Schema] = {}
    seen = set()
    for error in errors:
        if (error.code, error.message) in seen:
            continue
        seen.add((error.code, error.message))
        name = error.code.name
        number = sum(each == name or each.startswith(f"{name}_") for each in examples)
        key = f"{name}_{number + 1}" if name in examples else name
        examples[key] = {"summary": str(error.code.meaning), "value": example_of(error)}
    return examples


def example_of(error: ApiError) -> dict[str, Any]:
    return {**error_members(error), "requestId": _REQUEST_ID, "timestamp": AT}


def share_responses(paths: dict[str, Any]) -> dict[str, Schema]:
    """Move errors that several endpoints have alike to `components`, and return these."""
    operations = [each for path in paths.values() for each in path.values()]
    alike: dict[tuple[str, str], list[dict[str, Schema]]] = {}
    for operation in operations:
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                alike.setdefault((status, json.dumps(response)), []).append(operation["responses"])
    shared: dict[str, Schema] = {}
    for (status, text), owners in alike.items():
        if len(owners) > 1:
            title = _TITLES[int(status)].replace(" ", "")
            number = sum(name.startswith(title) for name in shared)
            name = f"{title}{number + 1}" if number else title
            shared[name] = json.loads(text)
            for responses in owners:
                responses[status] = {"$ref": f"#/components/responses/{name}"}
    return dict(sorted(shared.items()))


_EVERYWHERE = ("X-Request-Id", "X-Client-Request-Id", "RateLimit", "RateLimit-Policy")


def _headers(names: Iterable[str]) -> dict[str, Schema]:
    return {name: _header(name) for name in (*_EVERYWHERE, *names)}


def _header(name: str) -> Schema:
    return {"$ref": f"#/components/headers/{name}"}


def key_of(summary: str) -> str:
    return re.sub(r"\W+", "_", summary.lower()).strip("_")


def _shared(operation: Operation, method: str, *, needs_permission: bool) -> list[ApiError]:
    """Return the errors that follow from what an endpoint reads."""
    errors = [*_denials(needs_permission=needs_permission), internal_error(), unavailable()]
    if method != "GET":
        errors += [
            raised(parse_object, b"{"),
            unreadable_body(),
            body_too_large(),
            raised(check_content_type, "text/plain"),
            encoding_not_supported(),
        ]
    if operation.is_idempotent:
        errors += [malformed_key(), key_in_use(), key_reused()]
    if operation.simulations:
        errors.append(invalid_simulation(operation.simulations))
    return errors


def _denials(*, needs_permission: bool) -> list[ApiError]:
    kinds: list[DeniedBy] = ["expired", "partner", "network", "minute", "day"]
    if needs_permission:
        kinds.insert(3, "permission")
    return [
        denials.key_required(),
        denials.invalid_key(),
        *(denials.denied(replace(_admission(), denied_by=kind)) for kind in kinds),
        too_many_refused_calls(60, 30),
        https_required(),
    ]


def _admission() -> Admission:
    """A caller with the limits that a partner has at first."""
    company = Partner()
    return Admission(
        denied_by=None,
        company_id="",
        partner_name="",
        key_id="",
        environment="live",
        minute=Window(company.requests_per_minute, 0, 17),
        day=Window(company.requests_per_day, 0, 17),
        retry_after=17,
    )


def unavailable() -> ApiError:
    """Return the 503 of a server that stops."""
    return ApiError(503, "The request is refused: Service Unavailable", code=UNAVAILABLE)
