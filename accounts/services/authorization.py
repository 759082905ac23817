"""Authorization of API calls: one SQL function checks key, permission and limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

from accounts.models.key import TEST_ENVIRONMENTS
from accounts.networks import Address
from config.db.owned import sandbox_id
from config.db.statements import fetch_first_row, placeholders
from config.metrics import timed_statement

DeniedBy = Literal["key", "partner", "expired", "network", "permission", "minute", "day"]
#: The columns that `Admission.from_row` reads; every SQL function that authorizes returns them.
COLUMNS = (
    "denied_by, partner_id, partner_name, key_id, environment, per_minute, per_day,"
    " minute_left, minute_reset, day_left, day_reset, retry_after"
)
_AUTHORIZE = f"SELECT {COLUMNS} FROM accounts_authorize({placeholders(4)})"  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class Caller:
    """The credentials of a request, and the endpoint that it calls."""

    secret_hash: bytes
    address: Address | None
    environments: Sequence[str]
    endpoint: str
    needs_permission: bool = True

    def as_parameters(self) -> list[Any]:
        """Return the arguments of `accounts_authorize`."""
        address = None if self.address is None else str(self.address)
        permission = self.endpoint if self.needs_permission else None
        return [self.secret_hash, word_array(self.environments), address, permission]


@dataclass(frozen=True, slots=True)
class Window:
    """A rate limit, the calls left, and the seconds until the oldest counted calls expire."""

    limit: int
    left: int
    reset: int


@dataclass(frozen=True, slots=True)
class Admission:
    """The caller. `denied_by` is the first check that failed, None if the call is allowed.

    `company_id` is the partner whose key it is. Only what is about the key belongs to it always:
    its settings, the request log and the audit trail.
    """

    denied_by: DeniedBy | None
    company_id: str
    partner_name: str
    key_id: str
    environment: str
    minute: Window | None
    day: Window | None
    retry_after: int | None

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Self:
        counted = row["minute_left"] is not None
        return cls(
            denied_by=row["denied_by"],
            company_id=row["partner_id"],
            partner_name=row["partner_name"],
            key_id=row["key_id"],
            environment=row["environment"],
            minute=_window(row, "minute") if counted else None,
            day=_window(row, "day") if counted else None,
            retry_after=row["retry_after"],
        )

    @property
    def partner_id(self) -> str:
        """The owner of the rows that the call can see: the partner, or its sandbox."""
        in_sandbox = self.environment == "management_test"
        return sandbox_id(self.company_id) if in_sandbox else self.company_id

    @property
    def is_test(self) -> bool:
        return self.environment in TEST_ENVIRONMENTS


def authorize(caller: Caller) -> Admission:
    """Check the caller and count the call; a denied call is returned, too, since the request log
    and the rate headers need its caller."""
    with timed_statement("authorize"):
        row = fetch_first_row(_AUTHORIZE, caller.as_parameters())
    assert row
    return Admission.from_row(row)


def word_array(words: Sequence[str]) -> str:
    """Return a PostgreSQL array literal of plain words; psycopg's list adapter takes longer than
    all other parameters of a call together."""
    return f"{{{','.join(words)}}}"


def _window(row: dict[str, Any], name: str) -> Window:
    return Window(row[f"per_{name}"], row[f"{name}_left"], row[f"{name}_reset"])
