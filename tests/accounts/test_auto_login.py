"""The auto-login endpoints: creating, listing and revoking links."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, AutoLoginLink
from accounts.services.auto_login import open_link
from config.api.timestamps import timestamp
from tests.envelope import assert_error, is_timestamp
from tests.factories import Keys
from tests.merchants import UNKNOWN_ID, PartnerServer

PATH = "generateAutoLoginUrl"
MISSING = "Must provide accountId, email, or phone to generate a login link."
NOT_FOUND = "Account not found."


@pytest.fixture
def nova(server: PartnerServer) -> str:
    """sarah@novaretail.com, +91 9876543210."""
    mobile = {"value": "9876543210", "countryCode": 91}
    return server.create(email="sarah@novaretail.com", mobileNumber=mobile)


def token_of(response: Any) -> str:
    assert response.status_code == 200, response.content
    return parse_qs(urlsplit(str(response.json()["redirectUrl"])).query)["token"][0]


def claims_of(response: Any) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(
        token_of(response),
        settings.AUTO_LOGIN_JWT_SECRET,
        algorithms=["HS256"],
        audience=settings.AUTO_LOGIN_AUDIENCE,
        issuer=settings.AUTO_LOGIN_ISSUER,
    )
    return claims


def test_the_response_with_a_link_is_as_documented(server: PartnerServer, nova: str) -> None:
    response = server.post(PATH, {"accountId": nova})

    assert response.status_code == 200
    document = response.json()
    assert list(document) == ["success", "message", "redirectUrl", "linkId", "expiresAt"]
    link = AutoLoginLink.objects.get()
    assert document["linkId"] == link.id
    assert document["expiresAt"] == timestamp(link.expires_at)
    assert document["success"] is True
    assert document["message"] == "Auto-login URL generated successfully."
    # The token of the documentation's example begins like this.
    assert document["redirectUrl"].startswith(
        f"{settings.AUTO_LOGIN_URL}?token=eyJhbGciOiJIUzI1NiIs"
    )


def test_the_token_names_the_account_for_seven_days(server: PartnerServer, nova: str) -> None:
    before = datetime.now(UTC).timestamp()
    claims = claims_of(server.post(PATH, {"accountId": nova}))

    assert set(claims) == {"sub", "iss", "aud", "iat", "exp", "jti"}
    assert claims["sub"] == nova
    assert (claims["iss"], claims["aud"]) == ("shopiq", "shopiq-chat")
    assert before - 1 <= claims["iat"] <= before + 60
    assert claims["exp"] - claims["iat"] == timedelta(days=7).total_seconds()


def test_the_url_of_links_is_a_setting(server: PartnerServer, nova: str, settings: Any) -> None:
    settings.AUTO_LOGIN_URL = "https://shop.example.com/chat"

    response = server.post(PATH, {"accountId": nova})
    assert response.json()["redirectUrl"].startswith("https://shop.example.com/chat?token=")


@pytest.mark.parametrize(
    "which",
    [
        {"email": " Sarah@NovaRetail.com "},
        {"phone": "9876543210"},
        {"phone": "919876543210"},
        {"phone": "+91 98765 43210"},
        {"accountId": "", "email": None, "phone": "+919876543210"},
    ],
)
def test_email_or_phone_identify_the_account_as_well(
    server: PartnerServer, nova: str, which: dict[str, Any]
) -> None:
    assert claims_of(server.post(f"{PATH}/", which))["sub"] == nova


@pytest.mark.parametrize(
    "which",
    [
        {"accountId": UNKNOWN_ID, "email": "sarah@novaretail.com", "phone": "9876543210"},
        {"accountId": "malformed", "email": "sarah@novaretail.com"},
        {"email": "nobody@example.com", "phone": "9876543210"},
        {"phone": "+449876543210"},
    ],
)
def test_the_first_given_identifier_decides(
    server: PartnerServer, nova: str, which: dict[str, Any]
) -> None:
    assert_error(server.post(PATH, which), 404, NOT_FOUND)
    assert not AutoLoginLink.objects.exists()


@pytest.mark.parametrize(
    "which", [None, {}, {"accountId": ""}, {"accountId": None, "email": " ", "phone": ""}, {"x": 1}]
)
def test_an_identifier_is_required(server: PartnerServer, which: Any) -> None:
    assert_error(server.post(PATH, which), 400, MISSING)


@pytest.mark.parametrize("name", ["accountId", "email", "phone"])
def test_an_identifier_must_be_a_string(server: PartnerServer, name: str) -> None:
    response = server.post(PATH, {name: 9876543210})
    assert_error(response, 400, f"{name} must be a string")


def test_a_phone_without_digits_is_an_error(server: PartnerServer, nova: str) -> None:
    message = "phone must be a phone number such as +919876543210"
    assert_error(server.post(PATH, {"phone": "nonsense"}), 400, message)


def test_an_ambiguous_phone_number_is_rejected(server: PartnerServer) -> None:
    server.create(0, mobileNumber={"value": "5550100", "countryCode": 1})
    british = server.create(1, mobileNumber={"value": "5550100", "countryCode": 44})

    message = "phone matches several accounts; include the country code."
    assert_error(server.post(PATH, {"phone": "5550100"}), 400, message)
    assert claims_of(server.post(PATH, {"phone": "+445550100"}))["sub"] == british


def test_an_account_of_another_partner_does_not_make_a_number_ambiguous(
    server: PartnerServer, stranger: PartnerServer
) -> None:
    stranger.create(0, mobileNumber={"value": "5550100", "countryCode": 1})
    own = server.create(1, mobileNumber={"value": "5550100", "countryCode": 44})

    assert claims_of(server.post(PATH, {"phone": "5550100"}))["sub"] == own


def test_the_list_has_every_link_but_no_tokens(
    server: PartnerServer, keys: Keys, nova: str
) -> None:
    tokens = [token_of(server.post(PATH, {"accountId": nova})) for _ in range(3)]

    response = server.get("autoLoginLinks", accountId=nova, limit=2)
    assert list(response.json()) == ["success", "data", "nextCursor"]
    rows = response.json()["data"]
    rest = server.get("autoLoginLinks/", accountId=nova, cursor=response.json()["nextCursor"])
    assert rest.json()["nextCursor"] is None
    rows += rest.json()["data"]

    ids = [jwt.decode(token, options={"verify_signature": False})["jti"] for token in tokens]
    assert [row["linkId"] for row in rows] == ids[::-1]
    key = keys.key("management")
    for row in rows:
        assert row["key"] == {"id": key.id, "lastFour": key.last_four}
        assert is_timestamp(row["createdAt"])
        assert is_timestamp(row["expiresAt"])
        assert (row["useCount"], row["lastUsedAt"], row["revokedAt"]) == (0, None, None)
    assert not any(token in response.content.decode() for token in tokens)


def test_a_use_counts_for_its_link_alone(server: PartnerServer, nova: str) -> None:
    made = [server.post("generateAutoLoginUrl", {"accountId": nova}) for _ in range(2)]
    for _ in range(2):
        open_link(token_of(made[0]))
    assert sorted(AutoLoginLink.objects.values_list("use_count", flat=True)) == [0, 2]


def test_one_link_is_revoked_and_the_others_stay(server: PartnerServer, nova: str) -> None:
    first, second = (claims_of(server.post(PATH, {"accountId": nova}))["jti"] for _ in range(2))

    for _ in range(2):  # again changes nothing
        response = server.post("revokeAutoLoginLinks", {"accountId": nova, "linkId": first})
        assert response.status_code == 200
        assert response.json() == {"success": True, "message": "Auto-login link revoked."}
    assert list(AutoLoginLink.objects.not_revoked().values_list("id", flat=True)) == [second]
    entry = AuditEntry.objects.get(action="auto_login.revoked")
    assert entry.target == first


def test_all_links_of_an_account_are_revoked(server: PartnerServer, nova: str) -> None:
    other = server.create(5)
    for account_id in (nova, nova, other):
        server.post(PATH, {"accountId": account_id})

    response = server.post("revokeAutoLoginLinks/", {"accountId": nova})
    assert response.json() == {
        "success": True,
        "message": "Auto-login links revoked.",
        "revoked": 2,
    }
    assert AutoLoginLink.objects.not_revoked().get().account_id == other


def test_invalid_requests_name_the_field(server: PartnerServer, nova: str) -> None:
    other = server.create(5)
    link = claims_of(server.post(PATH, {"accountId": other}))["jti"]

    assert_error(server.get("autoLoginLinks"), 400, "accountId is required.")
    assert_error(server.get("autoLoginLinks", accountId=UNKNOWN_ID), 404, NOT_FOUND)
    assert_error(server.post("revokeAutoLoginLinks", {}), 400, "accountId is required.")
    assert_error(server.post("revokeAutoLoginLinks", {"accountId": "x"}), 404, NOT_FOUND)
    for link_id in (link, UNKNOWN_ID, "malformed"):
        response = server.post("revokeAutoLoginLinks", {"accountId": nova, "linkId": link_id})
        assert_error(response, 404, "Auto-login link not found.")
    assert AutoLoginLink.objects.not_revoked().count() == 1


def test_the_list_takes_as_many_queries_for_thirty_links_as_for_one(
    server: PartnerServer, nova: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            server.get("autoLoginLinks", accountId=nova, limit=100)
        return len(captured)

    server.post(PATH, {"accountId": nova})
    for_one = queries()
    for _ in range(29):
        server.post(PATH, {"accountId": nova})
    assert queries() == for_one == 2
