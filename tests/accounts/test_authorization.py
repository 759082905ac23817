"""Every documented error of the caller checks, in order (API documentation, Authentication)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.api.errors import denied
from accounts.keys import generate_key, hash_key
from accounts.models import ApiKey, Partner
from accounts.services.authorization import Caller, authorize
from accounts.services.keys import create_key, revoke_key
from accounts.services.partners import deactivate_partner
from tests.envelope import assert_error, error_of
from tests.factories import Keys, allow_network

USAGE = "/partner/v1/image/usage"
CREATE = "/partner/v1/image/create"
BODY = {"prompt": "a red shoe"}

MISSING = (401, "API key required. Provide via X-API-Key header.")
UNKNOWN = (401, "Invalid or revoked API key")
INACTIVE = (403, "Partner account is inactive")
EXPIRED = (401, "API key has expired")
NOT_WHITELISTED = (403, "Request IP not in API key whitelist")
NO_PERMISSION = (403, "API key does not have permission for this endpoint")

Get = Callable[..., Any]


def change(keys: Keys, **fields: object) -> None:
    ApiKey.objects.filter(pk=keys.key("test").pk).update(**fields)


def test_the_first_failed_check_decides_the_error(keys: Keys, get: Get, post: Get) -> None:
    key = keys.key("test")
    Partner.objects.filter(pk=keys.partner.pk).update(is_active=False)
    change(
        keys,
        expires_at=timezone.now() - timedelta(seconds=1),
        permissions=[],
        requests_per_minute=1,
    )
    allow_network(key, "203.0.113.0/24")

    def ask(secret: str | None = keys.test) -> Any:
        return post(CREATE, {"prompt": 1}, secret)

    assert_error(ask(None), *MISSING)
    assert_error(ask(generate_key("test").secret), *UNKNOWN)
    change(keys, revoked_at=timezone.now())
    assert_error(ask(), *UNKNOWN)
    change(keys, revoked_at=None)
    assert_error(ask(), *INACTIVE)
    Partner.objects.filter(pk=keys.partner.pk).update(is_active=True)
    assert_error(ask(), *EXPIRED)
    change(keys, expires_at=None)
    assert_error(ask(), *NOT_WHITELISTED)
    key.allowed_networks.update(network="127.0.0.1/32")
    assert_error(ask(), *NO_PERMISSION)
    change(keys, permissions=None)
    assert_error(ask(), 400, "Prompt is required and must be at least 3 characters")
    assert_error(ask(), 429, "Rate limit exceeded: 1 requests per minute")


def test_a_key_is_accepted_in_either_header(keys: Keys) -> None:
    client = Client()

    for headers in (
        {"x-api-key": keys.live},
        {"x-api-key": f"  {keys.live} "},
        {"authorization": f"Bearer {keys.live}"},
        {"authorization": f"bearer  {keys.live}"},
        {"x-api-key": " ", "authorization": f"Bearer {keys.live}"},
    ):
        assert client.get(USAGE, headers=headers).status_code == 200, headers


def test_x_api_key_takes_precedence(keys: Keys) -> None:
    both = {"x-api-key": keys.test, "authorization": f"Bearer {keys.live}"}
    assert Client().get(USAGE, headers=both).json()["data"]["testMode"] is True

    wrong = {"x-api-key": "nonsense", "authorization": f"Bearer {keys.live}"}
    assert_error(Client().get(USAGE, headers=wrong), *UNKNOWN)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-api-key": ""},
        {"x-api-key": "   "},
        {"authorization": ""},
        {"authorization": "Bearer"},
        {"authorization": "Bearer   "},
        {"authorization": "Basic c3FfbGl2ZTo="},
    ],
)
def test_without_a_key_the_error_explains_how_to_send_one(
    live_db: None, headers: dict[str, str]
) -> None:
    assert_error(Client().get(USAGE, headers=headers), *MISSING)


@pytest.mark.parametrize(
    "secret",
    [
        "your-api-key-here",
        "sq_live_your-key-here",
        "sq_live_" + "0" * 46,
        "a" * 8000,
        "schlüssel",
        "sq_live_\u0661",
        "'; DROP TABLE accounts_apikey; --",
    ],
)
def test_a_malformed_key_is_rejected_without_a_query(
    live_db: None, secret: str, tmp_path: Path
) -> None:
    with sent_to_the_database(tmp_path / "trace") as trace:
        response = Client().get(USAGE, headers={"x-api-key": secret})
    assert_error(response, *UNKNOWN)
    assert trace.read_text() == ""

    with sent_to_the_database(tmp_path / "trace") as trace:
        response = Client().get(USAGE, headers={"x-api-key": generate_key("live").secret})
    assert_error(response, *UNKNOWN)
    assert "Bind" in trace.read_text(), "the statement may have been prepared by an earlier test"


@contextmanager
def sent_to_the_database(file: Path) -> Iterator[Path]:
    """Trace the messages of this thread's connection, as libpq logs them."""
    connection.ensure_connection()
    with file.open("wb") as output:
        connection.connection.pgconn.trace(output.fileno())
        yield file
        connection.connection.pgconn.untrace()


def test_a_management_key_cannot_call_the_image_api(keys: Keys, get: Get) -> None:
    assert_error(get(USAGE, keys.management), *UNKNOWN)


def test_image_keys_cannot_call_the_management_api(keys: Keys) -> None:
    for secret in (keys.live, keys.test):
        caller = Caller(hash_key(secret), None, ("management",), "accounts.get")
        admission = authorize(caller)
        assert admission.denied_by == "key"
        refusal = denied(admission)
        assert (refusal.status, refusal.message) == UNKNOWN


def test_a_revoked_key_is_unknown(keys: Keys, get: Get) -> None:
    revoke_key(key=keys.key("live"), actor="t")

    assert_error(get(USAGE, keys.live), *UNKNOWN)


def test_keys_of_an_inactive_partner_are_rejected(keys: Keys, get: Get) -> None:
    deactivate_partner(partner=keys.partner, actor="t", reason="Fraud")

    for secret in (keys.live, keys.test):
        assert_error(get(USAGE, secret), *INACTIVE)


def test_a_key_expires_at_its_expiry_time_and_not_before(keys: Keys, get: Get) -> None:
    change(keys, expires_at=timezone.now() + timedelta(minutes=1))
    assert get(USAGE, keys.test).status_code == 200

    change(keys, expires_at=timezone.now())
    assert_error(get(USAGE, keys.test), *EXPIRED)


@pytest.mark.parametrize(
    ("networks", "address", "is_let_in"),
    [
        (["203.0.113.7"], "203.0.113.7", True),
        (["203.0.113.7"], "203.0.113.8", False),
        (["203.0.113.0/24"], "203.0.113.8", True),
        (["203.0.113.0/24", "198.51.100.0/24"], "198.51.100.1", True),
        (["2001:db8::/32"], "2001:db8:1::1", True),
        (["2001:db8::/32"], "2001:db9::1", False),
        (["2001:db8::/32"], "203.0.113.7", False),
        (["203.0.113.7"], "::ffff:203.0.113.7", True),
        (["0.0.0.0/0"], "2001:db8::1", False),
    ],
)
def test_a_whitelist_allows_only_its_networks(
    keys: Keys, networks: list[str], address: str, is_let_in: bool
) -> None:
    secret = create_key(
        partner=keys.partner, environment="test", actor="t", networks=networks
    ).secret

    response = Client(REMOTE_ADDR=address).get(USAGE, headers={"x-api-key": secret})

    if is_let_in:
        assert response.status_code == 200
    else:
        assert_error(response, *NOT_WHITELISTED)


def test_a_forged_forwarding_header_does_not_bypass_a_whitelist(keys: Keys, settings: Any) -> None:
    allow_network(keys.key("test"), "203.0.113.7/32")
    headers = {"x-api-key": keys.test, "x-forwarded-for": "203.0.113.7"}

    assert_error(Client().get(USAGE, headers=headers), *NOT_WHITELISTED)

    settings.TRUSTED_PROXIES = ["127.0.0.0/8"]
    assert Client().get(USAGE, headers=headers).status_code == 200
    forged = headers | {"x-forwarded-for": "203.0.113.7, 198.51.100.1"}
    assert_error(Client().get(USAGE, headers=forged), *NOT_WHITELISTED)


def test_a_malformed_address_is_rejected_even_without_a_whitelist(
    keys: Keys, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.0/8"]

    response = Client().get(USAGE, headers={"x-api-key": keys.test, "x-forwarded-for": "not-an-ip"})

    assert_error(response, *NOT_WHITELISTED)


def test_a_key_can_call_only_permitted_endpoints(keys: Keys, get: Get, post: Get) -> None:
    change(keys, permissions=["image.create"])

    assert post(CREATE, BODY, keys.test).status_code == 200
    assert_error(get(USAGE, keys.test), *NO_PERMISSION)
    assert_error(post("/partner/v1/image/enhance", {}, keys.test), *NO_PERMISSION)
    assert_error(get(f"/partner/v1/image/operations/{'0' * 24}", keys.test), *NO_PERMISSION)


def test_rate_headers_are_sent_only_to_admitted_callers(keys: Keys, get: Get) -> None:
    assert "RateLimit" not in get(USAGE, generate_key("live").secret).headers
    assert error_of(get(USAGE))["code"] == "api_key_required"
    assert "RateLimit" in get(USAGE, keys.live).headers
