"""GET me: a key tells what it may do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.endpoints import permissions_for
from accounts.models import Partner
from accounts.services.keys import create_key
from tests.envelope import assert_error, is_timestamp
from tests.factories import Keys

IMAGE, MANAGEMENT = "/partner/v1/me", "/api/v2/third-party/me"
Send = Callable[..., Any]


def set_limits(partner: Partner, per_minute: int, per_day: int) -> None:
    Partner.objects.filter(pk=partner.pk).update(
        requests_per_minute=per_minute, requests_per_day=per_day
    )


def test_a_key_shows_its_partner_permissions_networks_and_limits(keys: Keys, get: Send) -> None:
    issued = create_key(
        partner=keys.partner,
        environment="live",
        actor="test",
        name="Web shop",
        expires_at=datetime(2100, 1, 1, tzinfo=UTC),
        networks=["127.0.0.0/8", "10.0.0.0/8"],
        permissions=["image.usage", "image.create"],
    )
    set_limits(keys.partner, 60, 1000)

    body = get(IMAGE, issued.secret).json()

    assert is_timestamp(body["timestamp"])
    assert body["data"]["key"].pop("createdAt") < body["timestamp"]
    assert body == {
        "success": True,
        "message": "Success",
        "data": {
            "partner": {"id": keys.partner.id, "name": keys.partner.name},
            "key": {
                "id": issued.key.id,
                "name": "Web shop",
                "lastFour": issued.secret[-4:],
                "environment": "live",
                "expiresAt": "2100-01-01T00:00:00.000Z",
                "allowedNetworks": ["10.0.0.0/8", "127.0.0.0/8"],
            },
            "permissions": ["image.create", "image.usage"],
            "limits": {
                "minute": {"limit": 60, "remaining": 59, "resetSeconds": 60},
                "day": {"limit": 1000, "remaining": 999, "resetSeconds": 86_400},
                "spending": {"day": None, "month": None},
            },
        },
        "timestamp": body["timestamp"],
    }


def test_a_key_without_restrictions_names_all_permissions(keys: Keys, get: Send) -> None:
    test, management = get(IMAGE, keys.test).json(), get(MANAGEMENT, keys.management).json()

    assert test["data"]["permissions"] == sorted(permissions_for("test"))
    assert test["data"]["testMode"] is True
    assert list(management) == ["success", "data"]
    assert management["data"]["permissions"] == sorted(permissions_for("management"))
    assert management["data"]["key"]["environment"] == "management"
    assert management["data"]["key"]["allowedNetworks"] == []


def test_it_is_no_permission_that_a_key_could_lack(keys: Keys, get: Send) -> None:
    issued = create_key(
        partner=keys.partner, environment="live", actor="test", permissions=["image.usage"]
    )

    assert get(IMAGE, issued.secret).status_code == 200
    assert not {"image.me", "management.me"} & (
        permissions_for("live") | permissions_for("management")
    )


@pytest.mark.parametrize("path", [IMAGE, MANAGEMENT])
def test_the_other_kind_of_key_is_refused(keys: Keys, get: Send, path: str) -> None:
    wrong = keys.management if path == IMAGE else keys.live

    assert_error(get(path, wrong), 401, "Invalid or revoked API key")


def test_it_counts_against_the_limits(keys: Keys, get: Send) -> None:
    set_limits(keys.partner, 60, 1000)

    left = [get(IMAGE, keys.live).json()["data"]["limits"]["minute"]["remaining"] for _ in range(2)]

    assert left == [59, 58]
