"""Seed data shared by all tests here; changes are rolled back after each test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pytest
from django.db import connections
from django.test import Client

from tests.dashboard.markup import body_of
from tests.dashboard.pages import Page
from tests.factories import empty_database
from tests.seed import SeedData, Side, build_seed_data
from tests.users import browser_of


@dataclass(frozen=True)
class PageResponse:
    """A response with its complete body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The HTML, "" for a file."""
        is_html = self.headers.get("Content-Type", "").startswith("text/html")
        return self.body.decode() if is_html else ""


@dataclass(frozen=True)
class SeededDashboard:
    """The seed data with a client for each role, for the other partner's owner, and an anonymous
    one."""

    seed_data: SeedData
    browsers: dict[str, Client]
    stranger: Client
    visitor: Client
    _responses: dict[str, PageResponse] = field(default_factory=dict)

    @property
    def own(self) -> Side:
        return self.seed_data.own

    @property
    def owner(self) -> Client:
        return self.browsers["owner"]

    def read(self, page: Page) -> PageResponse:
        """Return the page as the owner sees it; it is requested once for all tests."""
        if page.name not in self._responses:
            response = self.owner.get(page.path(self.own))
            self._responses[page.name] = PageResponse(
                response.status_code, response.headers, body_of(response)
            )
        return self._responses[page.name]


@pytest.fixture(scope="package")
def committed(django_db_setup: None, django_db_blocker: object) -> Iterator[SeededDashboard]:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        seed_data = build_seed_data(size=6)
        browsers = {role: browser_of(user) for role, user in seed_data.own.people.items()}
        dashboard = SeededDashboard(
            seed_data, browsers, browser_of(seed_data.stranger.owner), Client()
        )
    yield dashboard
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        empty_database()
        connections.close_all()


@pytest.fixture
def dashboard(committed: SeededDashboard, db: None) -> SeededDashboard:
    return committed
