"""A partner with rows of every kind for staff pages; changes are rolled back after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection, connections

from tests.factories import empty_database
from tests.seed import Side, build_seed_data


@pytest.fixture(scope="package")
def committed(django_db_setup: None, django_db_blocker: object) -> Iterator[Side]:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        side = build_seed_data(size=4).own
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # plans are read
    yield side
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        empty_database()
        connections.close_all()


@pytest.fixture
def side(committed: Side, db: None) -> Side:
    return committed
