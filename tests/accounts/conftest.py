"""Fixtures for tests of companies, keys and people."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import Keys, partner_with_keys
from tests.users import browser_of, create_user


@pytest.fixture
def made() -> Keys:
    return partner_with_keys()


@pytest.fixture
def developer(made: Keys) -> Client:
    return browser_of(create_user(made.partner, "developer"))
