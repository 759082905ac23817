"""Ids from SQL and from Python."""

from __future__ import annotations

import re

import pytest
from django.db import connection

from config.db.ids import new_id
from config.db.owned import PLATFORM_ID

pytestmark = pytest.mark.django_db


def new_sql_id() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_new_id()")
        return str(cursor.fetchone()[0])


def test_ids_made_in_sql_have_the_form_and_the_time_of_those_made_in_python() -> None:
    before = new_id()
    made = {new_sql_id() for _ in range(100)}
    after = new_id()

    assert len(made) == 100
    assert all(re.fullmatch("[0-9a-f]{24}", each) for each in made)
    assert all(before[:8] <= each[:8] <= after[:8] for each in made)


def test_no_partner_has_the_id_of_the_platform() -> None:
    assert new_id() > PLATFORM_ID
