"""Fixtures for integrations and the outbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Account
from config.api.timestamps import timestamp
from integrations import dispatcher as module
from integrations.dispatcher import Dispatcher
from integrations.models import CredentialField, Integration, WebhookDelivery, WebhookEndpoint
from tests.factories import Keys
from tests.integrations.outbox import add, endpoint_of
from tests.integrations.pages import EVENT, STREAM, fail
from tests.users import browser_of, create_user


@pytest.fixture
def register(live_db: None) -> Iterator[Callable[..., Integration]]:
    """Provide `register(name, *credentials)`, which adds an integration for the test."""

    def make(name: str, *credentials: str) -> Integration:
        made = Integration.objects.create(name=name, display_name=name.title())
        for credential in credentials:
            CredentialField.objects.create(integration=made, name=credential, label=credential)
        return made

    yield make
    Account.objects.all().delete()
    Integration.objects.exclude(name="yourIntegration").delete()


@pytest.fixture
def endpoint(keys: Keys) -> WebhookEndpoint:
    """Create an endpoint at an unreachable address."""
    return endpoint_of(keys.partner)


@pytest.fixture
def dispatcher(live_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dispatcher]:
    """One that a test has to start; it hears no end of a look before the test is over."""
    monkeypatch.setattr(module, "_LISTEN_SECONDS", 0.02)
    made = Dispatcher()
    yield made
    made.stop()


@pytest.fixture
def short_waits(settings: Any) -> None:
    """Retry immediately, with leases longer than any delay of a busy machine."""
    settings.WEBHOOK_TIMEOUT_SECONDS = 30
    settings.WEBHOOK_LEASE_SECONDS = 60
    settings.WEBHOOK_RETRY_SECONDS = [0.02] * 5


@pytest.fixture
def visitor(keys: Keys) -> Client:
    """Sign in a developer, the lowest role that can see webhooks."""
    return browser_of(create_user(keys.partner, "developer"))


@pytest.fixture
def failed(endpoint: WebhookEndpoint) -> WebhookDelivery:
    """Create a delivery that its receiver rejected for good."""
    now = timestamp(timezone.now())
    [delivery_id] = add(endpoint, STREAM, EVENT, message="नोवा", timestamp=now)
    return fail(delivery_id)
