"""/chat: where a sign-in link leads, and the one page for every link that opens nothing."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
import time_machine
from django.conf import settings
from django.test import Client

from accounts.models import AutoLoginLink
from accounts.services.partners import deactivate_partner
from deployments.models import Deployment
from tests.deployments.deployment_fakes import deploy_for
from tests.factories import Keys
from tests.merchants import PartnerServer, merchant
from tests.web import WebServer


@pytest.fixture
def nova(server: PartnerServer) -> str:
    return server.create(firstName="Sarah", businessName="Nova <b>Retail</b>")


@pytest.fixture
def link(server: PartnerServer, nova: str) -> str:
    """The path and query of a link's URL."""
    url: str = server.post("generateAutoLoginUrl", {"accountId": nova}).json()["redirectUrl"]
    return url.removeprefix(settings.PUBLIC_URL)


def page_of(token: str) -> Any:
    return Client().get(f"/chat?{urlencode({'token': token})}")


def signed(secret: str | None = "", algorithm: str | None = "HS256", **changes: Any) -> str:
    """A token of the newest link, but for what is changed; None leaves a claim out."""
    link = AutoLoginLink.objects.latest("created_at")
    now = datetime.now(UTC)
    claims = {
        "sub": link.account_id,
        "iss": settings.AUTO_LOGIN_ISSUER,
        "aud": settings.AUTO_LOGIN_AUDIENCE,
        "iat": now,
        "exp": now + timedelta(days=1),
        "jti": link.id,
        **changes,
    }
    given = {name: value for name, value in claims.items() if value is not None}
    key: Any = None if algorithm == "none" else secret or settings.AUTO_LOGIN_JWT_SECRET
    return jwt.encode(given, key, algorithm=algorithm)


def test_a_link_greets_the_merchant_and_shows_the_shop(link: str, nova: str, keys: Keys) -> None:
    page = Client().get(link)
    assert page.status_code == 200
    text = page.content.decode()
    assert "Welcome, Sarah" in text
    assert "Nova &lt;b&gt;Retail&lt;/b&gt;" in text
    assert "Preparing" in text
    assert keys.partner.name in text


@pytest.mark.parametrize(
    ("state", "badge", "address"),
    [
        ("queued", "Building", None),
        ("building", "Building", None),
        ("created", "Preview ready", "http://{}.dev.localhost:"),
        ("live", "Open", "http://{}.localhost:"),
        ("failed", "Failed", None),
    ],
)
def test_the_state_of_the_shop_is_that_of_its_newest_deployment(
    link: str, nova: str, server: PartnerServer, state: str, badge: str, address: str | None
) -> None:
    identifier = deploy_for(server, nova)
    published_at = datetime.now(UTC) if state in ("created", "live") else None
    Deployment.objects.update(state=state, generated_at=published_at)

    text = Client().get(link).content.decode()

    assert identifier in text
    assert f">{badge}<" in text
    assert (address.format(identifier) in text) if address else ("Open your shop" not in text)


def test_an_account_without_names_is_greeted_too(server: PartnerServer) -> None:
    url = server.post("generateAutoLoginUrl", {"accountId": server.create(1)}).json()["redirectUrl"]
    page = Client().get(url.removeprefix(settings.PUBLIC_URL))

    assert page.status_code == 200
    assert "None" not in page.content.decode()


def test_the_url_reaches_no_other_site_and_no_cache(link: str) -> None:
    for page in (Client().get(link), page_of("forged")):
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "no-store" in page.headers["Cache-Control"]
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
        assert "token=" not in page.content.decode()


def test_each_use_is_counted(link: str, server: PartnerServer, nova: str) -> None:
    before = datetime.now(UTC)
    for _ in range(3):
        Client().get(link)

    row = AutoLoginLink.objects.get()
    assert row.use_count == 3
    assert row.last_used_at
    assert row.last_used_at >= before - timedelta(seconds=1)
    assert server.get("autoLoginLinks", accountId=nova).json()["data"][0]["useCount"] == 3


def test_a_token_like_ours_opens_the_page(link: str) -> None:
    # The refusals below differ from this one by a single thing each.
    assert page_of(signed()).status_code == 200


def _tampered() -> str:
    header, claims, signature = signed().split(".")
    return f"{header}.{claims}.{signature[:-4]}AAAA"


def _another_subject() -> str:
    header, claims, signature = signed().split(".")
    body = json.loads(base64.urlsafe_b64decode(claims + "=="))
    body["sub"] = "f" * 24
    forged = base64.urlsafe_b64encode(json.dumps(body).encode()).decode().rstrip("=")
    return f"{header}.{forged}.{signature}"


def _headed(header: bytes) -> str:
    encoded = base64.urlsafe_b64encode(header).decode().rstrip("=")
    return f"{encoded}.{signed().partition('.')[2]}"


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(lambda: "", id="empty"),
        pytest.param(lambda: "nonsense", id="nonsense"),
        pytest.param(lambda: "a.b.c", id="three parts"),
        pytest.param(lambda: "\x00.\ufffd.🦉", id="no ASCII"),
        pytest.param(lambda: signed(algorithm="none"), id="alg none"),
        pytest.param(_tampered, id="tampered signature"),
        pytest.param(_another_subject, id="tampered claims"),
        pytest.param(lambda: _headed(b"[" * 2500), id="deep header"),
        *(
            pytest.param(lambda header=header: _headed(header), id=header.decode())
            for header in (
                b"[]",
                b"null",
                b'{"typ":"JWT"}',
                b'{"alg":["HS256"]}',
                b'{"alg":{"HS256":1}}',
                b'{"alg":"HS256","kid":5}',
                b'{"alg":"HS256","b64":false}',
                b'{"alg":"HS256","crit":["b64"]}',
            )
        ),
        pytest.param(lambda: signed("x" * 40), id="other secret"),
        pytest.param(lambda: signed(settings.SECRET_KEY), id="other secret of ours"),
        pytest.param(
            lambda: signed(settings.AUTO_LOGIN_JWT_SECRET * 2, "HS512"), id="other algorithm"
        ),
        pytest.param(lambda: signed(aud="shopiq-admin"), id="wrong audience"),
        pytest.param(lambda: signed(iss="somebody"), id="wrong issuer"),
        pytest.param(lambda: signed(sub="f" * 24), id="subject of no link"),
        pytest.param(lambda: signed(jti="f" * 24), id="unknown link"),
        pytest.param(lambda: signed(jti=5), id="link id of another type"),
        pytest.param(lambda: signed(exp=1), id="long expired"),
        pytest.param(
            lambda: signed(iat=datetime.now(UTC) + timedelta(hours=1)), id="of the future"
        ),
        *(
            pytest.param(
                lambda name=name: signed(**dict[str, Any]({name: None})), id=f"without {name}"
            )
            for name in ("sub", "iss", "aud", "iat", "exp", "jti")
        ),
    ],
)
def test_a_forged_token_is_refused_with_the_same_page_as_any_other(
    link: str, forge: Callable[[], str]
) -> None:
    page = page_of(forge())
    assert_refused(page)
    assert "This link is invalid or has expired" in page.content.decode()
    assert AutoLoginLink.objects.get().use_count == 0


def test_a_link_of_a_server_whose_clock_is_a_minute_ahead_opens_at_once(link: str) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    with time_machine.travel(now, tick=False):
        pages = [page_of(signed(iat=now + timedelta(seconds=ahead))) for ahead in (60, 61)]
    assert [page.status_code for page in pages] == [200, 403]


def test_a_link_ends_after_seven_days(link: str) -> None:
    now = datetime.now(UTC)
    with time_machine.travel(now + timedelta(days=6, hours=23)):
        assert Client().get(link).status_code == 200
    with time_machine.travel(now + timedelta(days=7, seconds=2)):
        assert_refused(Client().get(link))


def assert_refused(page: Any) -> None:
    assert page.status_code == 403
    assert page.content == page_of("unknown").content


def test_a_revoked_link_is_refused(link: str, server: PartnerServer, nova: str) -> None:
    server.post("revokeAutoLoginLinks", {"accountId": nova})
    assert_refused(Client().get(link))


def test_a_link_of_a_deleted_account_is_refused_even_for_its_successor(
    link: str, server: PartnerServer, nova: str
) -> None:
    server.delete(f"deleteAccount?accountId={nova}")
    assert server.post("createAccount", merchant()).status_code == 201
    assert_refused(Client().get(link))


def test_a_link_of_an_inactive_partner_is_refused(link: str, keys: Keys) -> None:
    deactivate_partner(partner=keys.partner, actor="test", reason="Fraud")
    assert_refused(Client().get(link))


def test_no_token_reaches_a_log(
    link: str, keys: Keys, web_server: Callable[..., WebServer]
) -> None:
    web = web_server(workers=1, env={"LOG_LEVEL": "DEBUG"})
    token = link.partition("token=")[2]

    assert web.get(link, keys.management).status == 200
    assert web.get(f"/chat?token={token[:-3]}", keys.management).status == 403
    assert web.get(f"/nowhere?token={token}", keys.management).status == 404
    assert web.get(f"/chat?token={_headed(b'[' * 2500)}", keys.management).status == 403
    log = web.read_log()
    assert not [part for part in (token, token.split(".")[1]) if part[:40] in log]
