"""What the OpenAPI description says of an endpoint beyond the attributes of its view.

Each app describes its endpoints in `api/schema.py`, which only the generator loads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, NotRequired, TypedDict

from django.utils.translation import gettext_noop

from config.api.error_codes import INVALID_CURSOR, INVALID_PARAMETER
from config.api.errors import ApiError, bad_request
from config.api.pagination import DEFAULT_LIMIT, MAX_LIMIT

#: The times and ids of the API documentation's examples.
AT = "2025-07-15T10:30:00.000Z"
ID = "665a1f2e3b4c5d6e7f8a9b0c"


class Keywords:
    """Keywords of JSON Schema in an annotation."""

    def __init__(self, **keywords: Any) -> None:
        self.keywords = keywords


# The annotation of a member: a string describes it, `Keywords` add to its schema.
Timestamp = Annotated[str, Keywords(format="date-time")]
Identifier = Annotated[str, Keywords(pattern="^[0-9a-f]{24}$")]
Url = Annotated[str, Keywords(format="uri")]
Points = Annotated[float, "In points, with at most two decimals."]
NextCursor = Annotated[str | None, "The `cursor` of the next page; null on the last one."]
ExternalId = Annotated[str, gettext_noop("Your own ID."), Keywords(maxLength=100)]
Metadata = Annotated[dict[str, str], "Your own notes."]


class Success(TypedDict):
    success: Annotated[Literal[True], "Always true."]
    testMode: NotRequired[Annotated[Literal[True], "The key is a test key."]]


class Notes(TypedDict):
    """The partner's own references; absent if it sent none."""

    externalId: NotRequired[ExternalId]
    metadata: NotRequired[Metadata]


@dataclass(frozen=True, slots=True)
class Response:
    """A successful response: `body` is a `TypedDict`, `examples` are bodies by their summary."""

    body: type
    examples: Mapping[str, Any]
    status: int = 200
    text: str = "The request succeeded."
    headers: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A parameter of the query string."""

    name: str
    text: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    required: bool = False
    example: Any = None


@dataclass(frozen=True, slots=True)
class Operation:
    """`body` is a serializer or a `TypedDict`; `errors` are those that only some endpoints have."""

    group: str
    text: str
    responses: Sequence[Response]
    errors: Sequence[ApiError] = ()
    body: Any = None
    needs_body: bool = True
    body_examples: Mapping[str, Any] = field(default_factory=dict)
    query: Sequence[Query] = ()
    #: Parameters and members of which at least one is needed.
    conditional: Sequence[str] = ()
    path_text: str = "The ID."
    is_idempotent: bool = False
    is_async: bool = False
    simulations: Sequence[str] = ()
    #: By default from the label of the view, such as `createAccount`.
    name: str = ""


_operations: dict[type, Operation] = {}


def describe(view: type, operation: Operation) -> None:
    _operations[view] = operation


def description_of(view: type) -> Operation | None:
    return _operations.get(view)


def raised(validate: Callable[..., object], *given: Any, **options: Any) -> ApiError:
    """Return the error that a function raises, so that its words stand in one place."""
    try:
        validate(*given, **options)
    except ApiError as error:
        return error
    raise AssertionError(f"{validate!r} accepted {given!r}")


def text(maximum: int | None = None, **keywords: Any) -> dict[str, Any]:
    """Return the schema of a string."""
    return {"type": "string", **({"maxLength": maximum} if maximum else {}), **keywords}


PAGING = (
    Query(
        "limit",
        "How many to return.",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
    ),
    Query("cursor", "`nextCursor` of the previous page."),
)
PAGING_ERRORS = (
    bad_request(
        f"limit must be a number from 1 to {MAX_LIMIT}", code=INVALID_PARAMETER, field="limit"
    ),
    bad_request("cursor is not valid", code=INVALID_CURSOR, field="cursor"),
)
BY_EXTERNAL_ID = Query("externalId", "Only those with this `externalId` of yours.", text(100))
