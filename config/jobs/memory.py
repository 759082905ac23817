"""Memory of processes that run for months."""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress


def return_unused_memory() -> None:
    """Return to the system what only starting needed; the allocator would keep it for good."""
    gc.collect()
    with suppress(OSError, AttributeError):  # a C library other than glibc
        ctypes.CDLL("libc.so.6").malloc_trim(0)
