"""Changes of keys apply to the next call in every process."""

from __future__ import annotations

from collections.abc import Callable

from accounts.services.keys import revoke_key
from accounts.services.partners import deactivate_partner, reactivate_partner, set_limits
from tests.envelope import assert_error
from tests.factories import Keys, allow_network
from tests.web import WebServer

USAGE = "/partner/v1/image/usage"


def test_a_change_applies_to_the_next_call_in_another_process(
    keys: Keys, web_server: Callable[..., WebServer]
) -> None:
    server = web_server()
    assert server.get(USAGE, keys.live).status == 200
    assert server.get(USAGE, keys.test).status == 200

    fence = allow_network(keys.key("live"), "203.0.113.0/24")
    assert_error(server.get(USAGE, keys.live), 403, "Request IP not in API key whitelist")
    fence.delete()
    assert server.get(USAGE, keys.live).status == 200

    set_limits(partner=keys.partner, requests_per_minute=1, actor="t")
    assert_error(server.get(USAGE, keys.live), 429, "Rate limit exceeded: 1 requests per minute")

    revoke_key(key=keys.key("live"), actor="t")
    assert_error(server.get(USAGE, keys.live), 401, "Invalid or revoked API key")

    deactivate_partner(partner=keys.partner, actor="t", reason="Fraud")
    assert_error(server.get(USAGE, keys.test), 403, "Partner account is inactive")
    reactivate_partner(partner=keys.partner, actor="t")
    set_limits(partner=keys.partner, requests_per_minute=60, actor="t")
    assert server.get(USAGE, keys.test).status == 200
