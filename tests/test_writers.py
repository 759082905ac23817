"""The check that only services write notices a writer."""

from __future__ import annotations

import pytest
from django.db import connection

from tests.factories import partner_with_keys
from tests.writers import CHECKOUT, WRITERS, check_writer

pytestmark = pytest.mark.django_db

WRITE = "UPDATE accounts_apikey SET name = 'x'"


def write_from(path: str) -> None:
    """Run a write whose code seems to be in the file at `path`."""
    code = compile("execute(statement)", str(CHECKOUT / path), "exec")
    exec(code, {"execute": connection.cursor().execute, "statement": WRITE})


@pytest.mark.parametrize(
    "path", ["accounts/views/keys.py", "billing/admin/points.py", "imaging/api/calls.py"]
)
def test_a_write_outside_of_services_fails(path: str) -> None:
    with pytest.raises(AssertionError, match=f"{path} writes accounts_apikey"):
        write_from(path)


@pytest.mark.parametrize("path", ["accounts/services/keys.py", *WRITERS])
def test_services_and_the_named_modules_write(path: str) -> None:
    write_from(path)


def test_every_connection_is_watched() -> None:
    partner_with_keys()
    assert check_writer in connection.execute_wrappers


def test_every_named_module_exists() -> None:
    assert [path for path in WRITERS if not (CHECKOUT / path).exists()] == []
