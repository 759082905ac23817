"""One call, on its way from the response to the request log."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple


class LogLine(NamedTuple):
    """A row of `RequestLog` without its id; the fields are its columns."""

    at: datetime
    partner_id: str
    key_id: str | None
    request_id: str
    method: str
    path: str
    status: int
    code: str
    milliseconds: int
    address: str | None
    message: str = ""
    target: str = ""
    client_request_id: str = ""
