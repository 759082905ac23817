"""The `X-ShopIQ-Simulate` header: with a test key, a call ends as a live one might."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog

from accounts.error_codes import INVALID_SIMULATION
from accounts.services.authorization import Admission
from config.api.errors import ApiError, bad_request

log = structlog.get_logger(__name__)

_HEADER = "HTTP_X_SHOPIQ_SIMULATE"
_LOGGED_LENGTH = 40


def has_simulation(request: Any) -> bool:
    """Return whether the header was sent, before it is known with which kind of key."""
    return bool(request.META.get(_HEADER, "").strip())


def read_simulation(request: Any, admission: Admission, choices: Sequence[str]) -> str:
    """Return what to simulate, "" for nothing; raise 400 for an unknown value.

    Live keys get what is real, whatever the header says.
    """
    given: str = request.META.get(_HEADER, "").strip()
    if given and not admission.is_test:
        log.info(
            "simulation ignored for a live key", key=admission.key_id, value=given[:_LOGGED_LENGTH]
        )
        return ""
    if given and given not in choices:
        raise invalid_simulation(choices)
    return given


def invalid_simulation(choices: Sequence[str]) -> ApiError:
    names = f"{', '.join(choices[:-1])} or {choices[-1]}"
    message = f"X-ShopIQ-Simulate must be {names}"
    return bad_request(message, code=INVALID_SIMULATION, field="X-ShopIQ-Simulate")
