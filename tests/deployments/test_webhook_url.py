"""Which receivers createAndDeploy accepts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.deployments.deployment_fakes import PATH, shop_body
from tests.envelope import assert_error
from tests.merchants import PartnerServer

RECEIVER = "webhookUrl must be a public https URL"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "ftp://example.com/hook",
        "example.com/hook",
        "https://",
        "https://user:pw@example.com/hook",
        "https://10.0.0.1/hook",
        "https://169.254.169.254/latest/meta-data",
        "https://[fd00::1]/hook",
        "https://intranet/hook",
        "https://example.com:8443/hook",
        "https://exa mple.com/hook",
        "https://example.com\\@10.0.0.1/hook",
    ],
)
@pytest.mark.parametrize("allow_loopback", [False, True])
def test_a_receiver_that_is_not_public_https_is_refused(
    server: PartnerServer, settings: Any, url: str, allow_loopback: bool
) -> None:
    settings.ALLOW_LOOPBACK_URLS = allow_loopback
    response = server.post(PATH, shop_body(server.create(), webhookUrl=url))

    assert assert_error(response, 400, RECEIVER)["field"] == "webhookUrl"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9000/hook",
        "http://localhost:9000/",
        "https://[::1]/",
        "http://a.localhost",
    ],
)
def test_only_the_loopback_setting_permits_a_receiver_on_this_machine(
    server: PartnerServer, settings: Any, url: str
) -> None:
    body = shop_body(server.create(), webhookUrl=url)

    settings.ALLOW_LOOPBACK_URLS = False
    assert_error(server.post(PATH, body), 400, RECEIVER)
    settings.ALLOW_LOOPBACK_URLS = True
    assert server.post(PATH, body).status_code == 202
