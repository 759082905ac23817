"""Endpoints are declared once, on their views; forms, logs and documentation read that."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.urls import include, path, re_path, resolve, reverse

from accounts.api.views import ImageApiView, ManagementView
from accounts.endpoints import (
    ID,
    Endpoint,
    all_endpoints,
    find_endpoint,
    get_endpoint,
    permissions_for,
    read_endpoints,
)
from accounts.services.key_rules import UnknownEndpoint
from accounts.services.keys import create_key, edit_key
from tests.factories import Keys
from tests.malicious_inputs import api_paths

ENDPOINTS = pytest.mark.parametrize("endpoint", all_endpoints(), ids=lambda each: each.name)
DOCUMENTATION = Path(settings.BASE_DIR) / "docs/api-additions.md"


class ReadThing(ManagementView):
    endpoint = "things.read"
    label = "Read a thing"

    def get(self, request: Any) -> None: ...


def test_the_urls_of_the_api_are_those_of_the_endpoints() -> None:
    assert {resolve(url).func for url in api_paths()} == {
        resolve(endpoint.path).func for endpoint in all_endpoints()
    }


@ENDPOINTS
def test_an_endpoint_is_found_by_the_paths_of_its_view(endpoint: Endpoint) -> None:
    url = endpoint.path.replace(ID, "665a1f2e3b4c5d6e7f8a9b0c")
    view: Any = resolve(url).func
    assert view.cls.endpoint == endpoint.name
    assert find_endpoint(url) == find_endpoint(f"{url}/") == endpoint == get_endpoint(endpoint.name)


def test_other_paths_have_no_endpoint() -> None:
    assert find_endpoint("/partner/v1/image") is None
    assert find_endpoint("/partner/v1/image/create/more") is None


@ENDPOINTS
def test_the_page_of_a_result_exists(endpoint: Endpoint) -> None:
    assert bool(endpoint.result_page) == bool(endpoint.result_label)
    if endpoint.result_page:
        assert reverse(endpoint.result_page, args=["0" * 24])


def test_the_kind_of_key_follows_from_the_base_of_the_view() -> None:
    image = {each.name for each in all_endpoints() if each.path.startswith("/partner/v1/image/")}
    assert permissions_for("live") == permissions_for("test") == image
    others = {each.name for each in all_endpoints() if each.needs_permission} - image
    assert permissions_for("management") == others


@pytest.mark.parametrize("attribute", ["endpoint", "label"])
def test_a_view_without_a_name_or_a_label_is_rejected(attribute: str) -> None:
    incomplete: Any = type("Incomplete", (ReadThing,), {attribute: ""})
    with pytest.raises(ImproperlyConfigured, match=f"Incomplete declares no {attribute}"):
        read_endpoints([path("thing", incomplete.as_view())])


def test_a_view_with_two_methods_is_rejected() -> None:
    double: Any = type("Double", (ReadThing,), {"post": ReadThing.get})
    with pytest.raises(ImproperlyConfigured, match="one method"):
        read_endpoints([path("thing", double.as_view())])


def test_two_views_cannot_have_the_same_endpoint_name() -> None:
    other: Any = type("Other", (ImageApiView,), {**vars(ReadThing)})
    patterns = [path("thing", ReadThing.as_view()), path("other", other.as_view())]
    with pytest.raises(ImproperlyConfigured, match=r"things\.read"):
        read_endpoints(patterns)


def test_paths_are_resolved_through_includes_and_converters() -> None:
    patterns = [
        path("v1/", include([re_path(r"^things/(?P<name>[^/]+)/?$", ReadThing.as_view())])),
        path("plain", lambda request: HttpResponse()),
    ]
    [found] = read_endpoints(patterns)
    assert (found.method, found.path) == ("GET", "/v1/things/{id}")


def test_the_documentation_lists_the_existing_permissions() -> None:
    rows = re.findall(r"^\| (Management|Image) \| (.+) \|$", DOCUMENTATION.read_text(), re.M)
    documented = {kind: set(re.findall(r"`([a-z.]+)`", names)) for kind, names in rows}
    assert documented == {
        "Management": permissions_for("management"),
        "Image": permissions_for("live"),
    }


@pytest.mark.parametrize("name", ["usage", "accounts.read", ""])
def test_no_key_is_for_an_unknown_endpoint(keys: Keys, name: str) -> None:
    for environment in ("live", "test"):
        with pytest.raises(UnknownEndpoint):
            create_key(
                partner=keys.partner, environment=environment, actor="test", permissions=[name]
            )
    with pytest.raises(UnknownEndpoint):
        edit_key(key=keys.key("live"), actor="test", permissions=[name])

    assert keys.partner.api_keys.count() == 4
    assert keys.key("live").permissions is None
