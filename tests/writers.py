"""Only services write: any other code that changes a row of an app fails the test that runs it."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

CHECKOUT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "billing", "deployments", "imaging", "integrations")
#: Other modules that may write, and why.
WRITERS = {
    "accounts/request_log/rows.py": "writes lines in batches, beside the calls",
    "accounts/request_log/refused_calls.py": "counts rejected requests, as the request log does",
    "accounts/request_log/activity.py": "notes what keys are used for, as the request log does",
    "billing/gateways/sandbox.py": "keeps payments of its own, as a remote gateway would",
    "config/chain/writing.py": "adds digests to the chains of the ledger and the audit trail",
    "config/db/rotation.py": "encrypts again what services have written",
    "config/jobs/retention.py": "deletes what has passed its time",
    "integrations/admin/registry.py": "staff edit the registry, which is data, and are audited",
}
_FREE = re.compile(r"tests/|\w+/services/|\w+/migrations/")
#: Called by the code that writes, or by a test directly.
_BELOW = re.compile(r"(?:\w+/models(?:\.py|/)|config/db/)")
#: Users are also written by Django and allauth.
_WRITE = re.compile(
    rf'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "?((?:{"|".join(APPS)})_(?!user(?:_groups)?\b)\w+)'
)


def check_writer(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Raise `AssertionError` unless a service, a migration, a test or one of `WRITERS` writes."""
    if written := _WRITE.match(sql):
        writer = next(_callers(), "tests/")
        assert _FREE.match(writer) or writer in WRITERS, (
            f"{writer} writes {written[1]}; only services do"
        )
    return execute(sql, params, many, context)


def watch(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Receive `connection_created`."""
    if check_writer not in connection.execute_wrappers:
        connection.execute_wrappers.append(check_writer)


def _callers() -> Iterator[str]:
    """Paths in the checkout that the current call comes from, innermost first."""
    frame: FrameType | None = sys._getframe(2)
    while frame:
        if path := _path_of(frame):
            yield path
        frame = frame.f_back


def _path_of(frame: FrameType) -> str | None:
    path = frame.f_code.co_filename
    if path.endswith("/django/contrib/admin/options.py"):  # a page of staff without code of its own
        return f"{type(frame.f_locals['self']).__module__.replace('.', '/')}.py"
    if not path.startswith(f"{CHECKOUT}/") or "/.venv/" in path:
        return None
    path = path.removeprefix(f"{CHECKOUT}/")
    return path if path in WRITERS or not _BELOW.match(path) else None
