"""Waiting for what another thread or process does, on a machine however busy."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")
#: Seconds within which what ends by a deadline of a second has ended, on a busy machine too. What
#: it must not wait for takes longer.
SOON = 30.0
#: Milliseconds for any one thing to happen in a page.
PAGE_TIMEOUT = 120_000


def wait_for(condition: Callable[[], Value]) -> Value:
    """Return the first true value of `condition`; the test's time limit ends the wait."""
    while not (value := condition()):
        time.sleep(0.01)
    return value
