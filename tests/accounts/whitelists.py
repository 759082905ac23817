"""Helpers for tests of whitelists."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.models import AllowedNetwork, ApiKey, RequestLog
from accounts.services.whitelists import find_locked_out_callers
from tests.accounts.key_pages import page_of


def add(client: Client, key: ApiKey, networks: str, **fields: str) -> Any:
    return client.post(page_of(key, "whitelist/"), {"networks": networks, **fields})


def remove(client: Client, entry: AllowedNetwork, **fields: str) -> Any:
    return client.post(page_of(entry.key, f"whitelist/{entry.pk}/remove/"), fields)


def entries(key: ApiKey) -> dict[str, str]:
    return dict(key.allowed_networks.order_by("network").values_list("network", "note"))


def called(key: ApiKey, address: str, *, ago: timedelta = timedelta(0), status: int = 200) -> None:
    RequestLog.objects.create(
        at=timezone.now() - ago,
        partner=key.partner,
        key=key,
        request_id="r",
        method="POST",
        path="/partner/v1/image/create",
        status=status,
        milliseconds=1,
        address=address,
    )


def locked_out(key: ApiKey, *networks: str) -> list[str]:
    return [sighting.address for sighting in find_locked_out_callers(key=key, networks=networks)]
