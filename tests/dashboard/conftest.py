"""One seed_data for all tests here; what a test changes of it is rolled back after the test."""

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
class Seen:
    """An answer, its body read to the end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The HTML; "" for a file."""
        is_html = self.headers.get("Content-Type", "").startswith("text/html")
        return self.body.decode() if is_html else ""


@dataclass(frozen=True)
class Walk:
    """The seed_data with a browser of each role, of the stranger's owner, and of nobody."""

    seed_data: SeedData
    browsers: dict[str, Client]
    stranger: Client
    visitor: Client
    _seen: dict[str, Seen] = field(default_factory=dict)

    @property
    def own(self) -> Side:
        return self.seed_data.own

    @property
    def owner(self) -> Client:
        return self.browsers["owner"]

    def read(self, page: Page) -> Seen:
        """A page as the owner reads it, asked for once for all tests."""
        if page.name not in self._seen:
            answer = self.owner.get(page.path(self.own))
            self._seen[page.name] = Seen(answer.status_code, answer.headers, body_of(answer))
        return self._seen[page.name]


@pytest.fixture(scope="package")
def committed(django_db_setup: None, django_db_blocker: object) -> Iterator[Walk]:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        seed_data = build_seed_data(size=6)
        browsers = {role: browser_of(user) for role, user in seed_data.own.people.items()}
        walk = Walk(seed_data, browsers, browser_of(seed_data.stranger.owner), Client())
    yield walk
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        empty_database()
        connections.close_all()


@pytest.fixture
def walk(committed: Walk, db: None) -> Walk:
    return committed
