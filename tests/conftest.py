"""Fixtures for all tests. The database is always a real PostgreSQL."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from django.db.backends.signals import connection_created
from django.test import Client
from django.test.client import MULTIPART_CONTENT, RequestFactory
from django.utils.http import urlencode

from accounts.forms import allauth as account_forms
from accounts.request_log.writer import writer
from config.api.middleware import CallMiddleware
from config.db import cache
from config.db.models import KeyCanary
from config.translations import compile_translations
from tests.billing.operations import restore_prices
from tests.daily import Some, share_for
from tests.database import embedded_server, migrated_database
from tests.described import check
from tests.factories import Keys, bucket, empty_database, partner_with_keys
from tests.merchants import PartnerServer
from tests.server_fixtures import (  # noqa: F401 - for pytest to find here
    _shared_servers,
    own_server,
    s3_client,
    s3_endpoint,
    web_server,
)
from tests.writers import watch

_numbers = count(1)
FORM = "application/x-www-form-urlencoded"
_send = Client.request


@pytest.fixture(autouse=True)
def _private_folders(request: pytest.FixtureRequest, settings: Any, tmp_path_factory: Any) -> None:
    """In the test's own folder, if it has one: making it takes longer than many a test."""
    if "tmp_path" in request.fixturenames:
        folder: Path = request.getfixturevalue("tmp_path")
    else:
        folder = tmp_path_factory.getbasetemp() / f"private-{next(_numbers)}"
    settings.MEDIA_ROOT = str(folder / "media")
    settings.SITES_ROOT = str(folder / "sites")
    settings.BUILDS_ROOT = str(folder / "builds")


@pytest.fixture(autouse=True)
def _no_log_lines_left_behind(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log's thread commits: a test that is rolled back would leave its lines to the next."""
    if "live_db" not in request.fixturenames:
        monkeypatch.setattr(CallMiddleware, "listeners", [])


@pytest.fixture(scope="session", autouse=True)
def _quick_settings() -> None:
    # All tests call from one address.
    settings.REFUSED_CALLS_PER_MINUTE = 100_000
    settings.ACCOUNT_RATE_LIMITS["export"] = "100000/60s/user"
    settings.PASSWORD_HASHERS = ["tests.users.FastHasher"]
    account_forms.RESET_SECONDS = 0.0
    # Or every `Client` would have WhiteNoise read all static files: most of a page test's time.
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(scope="session", autouse=True)
def _compiled_translations() -> None:
    compile_translations()


@pytest.fixture(scope="session", autouse=True)
def _nothing_left_to_chance() -> None:
    """Or one write to the cache in a hundred would count as a query too many."""
    cache._WRITES_PER_CULL = sys.maxsize


@pytest.fixture(scope="session", autouse=True)
def _forms_as_browsers_send_them() -> None:
    """Django's test client sends every form as if it had a file, which no page accepts."""
    post = RequestFactory.post

    def send(
        self: Any,
        path: str,
        data: Any = None,
        content_type: str = MULTIPART_CONTENT,
        **options: Any,
    ) -> Any:
        if content_type == MULTIPART_CONTENT:
            data, content_type = urlencode(data or {}, doseq=True), FORM
        return post(self, path, data, content_type, **options)

    RequestFactory.post = send  # type: ignore[assignment, method-assign]


@pytest.fixture(autouse=True)
def _the_description_holds(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare each response of the API with its OpenAPI description."""
    if any(map(request.node.get_closest_marker, ("slow", "kills", "e2e"))):
        return

    def send(self: Any, **given: Any) -> Any:
        response = _send(self, **given)
        if settings.ROOT_URLCONF == "config.urls":
            check(given["REQUEST_METHOD"], given["PATH_INFO"], response)
        return response

    monkeypatch.setattr(Client, "request", send)


@pytest.fixture(autouse=True)
def _no_connection_left_open(request: pytest.FixtureRequest) -> None:
    """The tests with a database share its connection; to Django, others could still use it."""
    has_database = {"live_db", "db"} & set(request.fixturenames)
    if not has_database and not request.node.get_closest_marker("django_db"):
        connections.close_all()


@pytest.fixture(scope="session", autouse=True)
def _only_services_write() -> None:
    connection_created.connect(watch)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """Create a migrated database for this process, instead of pytest-django's."""
    with ExitStack() as stack:
        if not os.environ.get("DATABASE_URL"):
            stack.enter_context(embedded_server())
        with django_db_blocker.unblock():
            stack.enter_context(migrated_database())
        yield
        with django_db_blocker.unblock():
            stack.close()


@pytest.fixture
def live_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database whose rows other connections, threads and processes see.

    Everything is removed afterwards except what migrations made.
    """
    with django_db_blocker.unblock():
        assert str(connection.settings_dict["NAME"]).startswith("test_")
        yield
        writer.flush()
        # The connection stays open: what a new one loads of the catalogue takes longer than a test.
        empty_database()


@pytest.fixture
def keys(live_db: None) -> Keys:
    """A partner with 1,000 starter points and one key of each kind."""
    made = partner_with_keys()
    bucket(made.partner, 100_000)
    return made


@pytest.fixture
def price_list(live_db: None) -> Iterator[None]:
    """Allow a test to change prices: reference rows are restored, not removed."""
    yield
    restore_prices()


@pytest.fixture
def key_canaries(live_db: None) -> Iterator[None]:
    """Allow a test to change the encryption keys: their canaries are restored, not removed."""
    canaries = list(KeyCanary.objects.all())
    yield
    KeyCanary.objects.all().delete()
    KeyCanary.objects.bulk_create(canaries)


@pytest.fixture
def server(keys: Keys) -> PartnerServer:
    """Return a client with the management key of that partner."""
    return PartnerServer(keys.management)


@pytest.fixture
def stranger(live_db: None) -> PartnerServer:
    """Return a client with the management key of another partner."""
    return PartnerServer(partner_with_keys(name="Stranger").management)


Post = Callable[..., Any]


@pytest.fixture
def post() -> Post:
    """POSTs a JSON body in process: `post(path, body, key, **headers)`."""

    def send(path: str, body: Any, key: str | None = None, **headers: str) -> Any:
        content = body if isinstance(body, bytes | str) else json.dumps(body)
        given = {"x-api-key": key} if key else {}
        return Client(raise_request_exception=False).post(
            path, content, content_type="application/json", headers={**given, **headers}
        )

    return send


@pytest.fixture
def get() -> Callable[..., Any]:
    """GETs in process: `get(path, key, **headers)`."""

    def send(path: str, key: str | None = None, **headers: str) -> Any:
        given = {"x-api-key": key} if key else {}
        return Client(raise_request_exception=False).get(path, headers={**given, **headers})

    return send


@pytest.fixture
def threads(pytestconfig: pytest.Config) -> Callable[[int], int]:
    """Return how many threads race: the given number with `--all`, else at most 16."""
    is_full = pytestconfig.getoption("all")
    return lambda full: full if is_full else min(full, 16)


@pytest.fixture
def some(request: pytest.FixtureRequest) -> Some:
    """Return all of the values with `--all`, else one in `share` of them: `some(values, share)`."""
    if request.config.getoption("all"):
        return lambda values, share: list(values)
    name = request.node.name
    return lambda values, share: share_for(name, values, share)
