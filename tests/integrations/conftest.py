"""Integrations beyond the one that the first migration registers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from accounts.models import Account
from integrations.models import CredentialField, Integration


@pytest.fixture
def register(live_db: None) -> Iterator[Callable[..., Integration]]:
    """Registers an integration: `register(name, *credentials)`; they are gone afterwards."""

    def make(name: str, *credentials: str) -> Integration:
        made = Integration.objects.create(name=name, display_name=name.title())
        for credential in credentials:
            CredentialField.objects.create(integration=made, name=credential, label=credential)
        return made

    yield make
    Account.objects.all().delete()
    Integration.objects.exclude(name="yourIntegration").delete()
