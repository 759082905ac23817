"""The names of endpoints that a key's permissions may speak of are those of the endpoints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, get_resolver

from accounts import endpoints
from accounts.api.views import ManagementView, PartnerApiView
from accounts.services.keys import UnknownEndpoint, create_key
from tests.factories import PartnerFactory


def views(patterns: list[Any]) -> Iterator[type[PartnerApiView]]:
    for entry in patterns:
        if isinstance(entry, URLPattern):
            view = getattr(entry.callback, "cls", None)
            if isinstance(view, type) and issubclass(view, PartnerApiView):
                yield view
        else:
            yield from views(entry.url_patterns)


def test_every_endpoint_has_its_name_and_every_name_its_endpoint() -> None:
    management, image = set(), set()
    for view in views(get_resolver().url_patterns):
        (management if issubclass(view, ManagementView) else image).add(view.endpoint)

    assert management == endpoints.MANAGEMENT
    assert image == endpoints.IMAGE


@pytest.mark.parametrize("name", ["usage", "accounts.read", ""])
def test_a_key_for_an_endpoint_that_is_not_there_is_not_made(live_db: None, name: str) -> None:
    partner = PartnerFactory.create()

    with pytest.raises(UnknownEndpoint):
        create_key(partner=partner, environment="live", actor="test", permissions=[name])

    assert not partner.api_keys.exists()
