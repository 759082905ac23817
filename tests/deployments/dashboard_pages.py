"""Pages of deployments as a member reads them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

LIST = "/dashboard/deployments/"


def page(visitor: Client, path: str, **query: str) -> str:
    response = visitor.get(path, query)
    assert response.status_code == 200
    return str(response.content.decode())


def queries(get: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert get().status_code == 200
    return len(captured)
