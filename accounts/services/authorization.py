"""Who calls, may they, and is there room under their limits: one SQL function, one round trip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

from accounts.networks import Address
from config.db.functions import fetch_first_row

DeniedBy = Literal["key", "partner", "expired", "network", "permission", "minute", "day"]
#: What `Admission.from_row` reads; the result of every SQL function that authorizes.
COLUMNS = (
    "denied_by, partner_id, partner_name, key_id, environment, per_minute, per_day,"
    " minute_left, minute_reset, day_left, day_reset, retry_after"
)
_AUTHORIZE = f"SELECT {COLUMNS} FROM accounts_authorize(%s, %s, %s, %s)"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Caller:
    """What a request shows of its caller, and what it asks for."""

    secret_hash: bytes
    address: Address | None
    environments: Sequence[str]
    permission: str

    def as_parameters(self) -> list[Any]:
        """The arguments of `accounts_authorize`."""
        address = None if self.address is None else str(self.address)
        return [self.secret_hash, word_array(self.environments), address, self.permission]


@dataclass(frozen=True, slots=True)
class Window:
    """One rate window: its limit, calls left, and seconds until the oldest calls leave it."""

    limit: int
    left: int
    reset: int


@dataclass(frozen=True, slots=True)
class Admission:
    """Who called. `denied_by` is the first check that failed, None for a call that may pass."""

    denied_by: DeniedBy | None
    partner_id: str
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
            partner_id=row["partner_id"],
            partner_name=row["partner_name"],
            key_id=row["key_id"],
            environment=row["environment"],
            minute=_window(row, "minute") if counted else None,
            day=_window(row, "day") if counted else None,
            retry_after=row["retry_after"],
        )

    @property
    def is_test(self) -> bool:
        return self.environment == "test"


def authorize(caller: Caller) -> Admission:
    """Checks the caller and counts the call. Raises nothing where it is denied: the request log and
    the rate headers name its caller too."""
    row = fetch_first_row(_AUTHORIZE, caller.as_parameters())
    assert row
    return Admission.from_row(row)


def word_array(words: Sequence[str]) -> str:
    """A literal of PostgreSQL for plain words; psycopg's adapter for lists takes longer than for
    all other parameters of a call together."""
    return f"{{{','.join(words)}}}"


def _window(row: dict[str, Any], name: str) -> Window:
    return Window(row[f"per_{name}"], row[f"{name}_left"], row[f"{name}_reset"])
