"""The gate in front of every call of the public API: one SQL function, one round trip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from accounts.error_codes import (
    INVALID_API_KEY,
    IP_NOT_ALLOWED,
    KEY_EXPIRED,
    PARTNER_INACTIVE,
    PERMISSION_DENIED,
    RATE_LIMITED,
)
from accounts.networks import Address
from config.api.errors import ApiError
from config.db.functions import fetch_first_row

#: What `Admission.from_row` reads; the result of every function that asks the gate.
COLUMNS = (
    "stage, partner_id, partner_name, key_id, environment, per_minute, per_day,"
    " minute_left, minute_reset, day_left, day_reset, retry_after"
)
_ADMIT = f"SELECT {COLUMNS} FROM accounts_gate(%s, %s, %s, %s)"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Caller:
    """What a request shows of its caller."""

    secret_hash: bytes
    address: Address | None
    environments: Sequence[str]
    permission: str

    def as_parameters(self) -> list[Any]:
        """The arguments of `accounts_gate`."""
        address = None if self.address is None else str(self.address)
        return [self.secret_hash, list(self.environments), address, self.permission]


@dataclass(frozen=True, slots=True)
class Window:
    """One rate window: its limit, calls left, and seconds until the oldest calls leave it."""

    limit: int
    left: int
    reset: int


@dataclass(frozen=True, slots=True)
class Admission:
    """The gate's answer. `stage` is None for a call that may pass, else who refused it."""

    stage: str | None
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
            stage=row["stage"],
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

    def refusal(self) -> ApiError | None:
        """The documented error of the stage that refused (API docs, "Authentication Errors")."""
        match self.stage:
            case None:
                return None
            case "key":
                return invalid_key()
            case "partner":
                return ApiError(403, "Partner account is inactive", code=PARTNER_INACTIVE)
            case "expired":
                return ApiError(401, "API key has expired", code=KEY_EXPIRED)
            case "network":
                return ApiError(403, "Request IP not in API key whitelist", code=IP_NOT_ALLOWED)
            case "permission":
                return ApiError(
                    403,
                    "API key does not have permission for this endpoint",
                    code=PERMISSION_DENIED,
                )
            case _:
                return self._rate_refusal()

    def _rate_refusal(self) -> ApiError:
        if self.stage == "day":
            assert self.day
            message = f"Daily rate limit exceeded: {self.day.limit} requests per day"
        else:
            assert self.minute
            message = f"Rate limit exceeded: {self.minute.limit} requests per minute"
        return ApiError(429, message, code=RATE_LIMITED, retry_after=self.retry_after)


def invalid_key() -> ApiError:
    """Also for a key of the wrong kind: it says nothing about which keys exist."""
    return ApiError(401, "Invalid or revoked API key", code=INVALID_API_KEY)


def admit(caller: Caller) -> Admission:
    """Checks the caller and counts the call; never raises for a refusal."""
    row = fetch_first_row(_ADMIT, caller.as_parameters())
    assert row
    return Admission.from_row(row)


def _window(row: dict[str, Any], name: str) -> Window:
    return Window(row[f"per_{name}"], row[f"{name}_left"], row[f"{name}_reset"])
