"""Signing up, and verifying the email address."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import ApiKey, AuditEntry, Member, Partner, User
from accounts.services.keys import create_key
from tests.accounts.sign_ins import text
from tests.mails import link_in

pytestmark = pytest.mark.django_db

FORM = {
    "company": "Nova Retail",
    "name": "Priya Rao",
    "email": "Priya@Nova.test",
    "password1": "correct horse battery",
}


def sign_up(client: Any, **changes: Any) -> Any:
    return client.post("/signup/", {**FORM, **changes}, follow=True)


def sign_in(client: Any) -> Any:
    form = {"login": "priya@nova.test", "password": FORM["password1"]}
    return client.post("/login/", form, follow=True)


def test_a_sign_up_creates_a_user_and_a_partner_awaiting_approval(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    response = sign_up(client)
    assert response.redirect_chain == [("/confirm-email/", 302)]
    member = Member.objects.get()
    assert (member.user.email, member.user.name) == ("priya@nova.test", "Priya Rao")
    assert (member.partner.name, member.role) == ("Nova Retail", Member.Role.OWNER)
    assert member.partner.live_approved_at is None
    assert AuditEntry.objects.get(partner=member.partner).actor == "priya@nova.test"


def test_sign_in_requires_a_verified_address(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    sign_up(client)
    assert client.get("/dashboard/").status_code == 302
    assert "Check your inbox" in text(sign_in(Client()))


def test_the_button_rather_than_the_link_verifies_the_address(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    sign_up(client)
    link = link_in(mailoutbox[0], "confirm-email")
    assert "Use <strong>priya@nova.test</strong>" in text(client.get(link))
    assert "Check your inbox" in text(sign_in(Client()))
    assert "Your first request" in text(client.post(link, follow=True))
    assert "Overview" in text(sign_in(Client()))


def test_verifying_the_first_address_is_not_audited_as_a_change(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    sign_up(client)
    client.post(link_in(mailoutbox[0], "confirm-email"))
    actions = [entry.action for entry in AuditEntry.objects.order_by("at")]
    assert actions == ["partner.signed_up", "login.signed_in", "key.created"]


def test_verifying_signs_in_the_browser_of_the_sign_up(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    sign_up(client)
    client.post(link_in(mailoutbox[0], "confirm-email"))
    assert "Overview" in text(client.get("/dashboard/"))


def test_an_owner_confirms_and_gets_a_test_key_in_code_that_works(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    sign_up(client)
    page = client.post(link_in(mailoutbox[0], "confirm-email"))

    secret = page.context["secret"]
    code = unescape(page.content.decode())
    assert code.count(f"X-API-Key: {secret}") == 2  # curl, PHP
    assert code.count(f'"X-API-Key": "{secret}"') == 2  # Python, Node
    assert 'href="/dashboard/"' in code
    body = {"prompt": "A terracotta vase"}
    answer = client.post(
        "/partner/v1/image/create", body, "application/json", headers={"X-API-Key": secret}
    )
    assert answer.status_code == 200
    assert answer.json()["data"]["testMode"] is True
    assert ApiKey.objects.of_all().get().name == "First test key"
    assert secret not in str(dict(client.session))
    assert secret not in text(client.get("/dashboard/"))


def test_the_owner_of_a_company_with_keys_goes_to_the_overview(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    sign_up(client)
    create_key(partner=Partner.objects.get(), environment="test", actor="staff@shopiq.test")
    response = client.post(link_in(mailoutbox[0], "confirm-email"))
    assert (response.status_code, response.headers["Location"]) == (302, "/dashboard/")


def test_an_expired_link_explains_itself(client: Client, mailoutbox: list[EmailMessage]) -> None:
    sign_up(client)
    link = link_in(mailoutbox[0], "confirm-email")
    client.post(link)
    assert "This link has expired" in text(Client().get(link))
    assert "This link has expired" in text(Client().get("/confirm-email/made-up/"))


def test_a_taken_address_gets_the_same_response_and_another_email(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    fresh = sign_up(client)
    cache.clear()
    taken = sign_up(Client(), company="Somebody Else")
    assert taken.redirect_chain == fresh.redirect_chain
    assert text(taken).replace(csrf(taken), "") == text(fresh).replace(csrf(fresh), "")
    assert "already have a login" in mailoutbox[1].body
    assert (User.objects.count(), Partner.objects.count()) == (1, 1)


def csrf(response: Any) -> Any:
    return str(response.context["csrf_token"])


def test_the_link_can_be_resent_once_a_minute(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    sign_up(client)
    response = client.post("/confirm-email/resend/", follow=True)
    assert "less than a minute ago" in text(response)
    cache.clear()
    client.post("/confirm-email/resend/")
    assert [mail.to for mail in mailoutbox] == [["priya@nova.test"]] * 2


def test_a_browser_without_a_sign_up_cannot_resend(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    response = client.post("/confirm-email/resend/", follow=True)
    assert response.redirect_chain == [("/login/", 302)]
    assert mailoutbox == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("company", ""),
        ("company", "x" * 121),
        ("company", "Nova\r\nBcc: all@nova.test"),
        ("name", "Priya\x00"),
        ("email", "no address"),
        ("email", "priya\x00@nova.test"),
        ("password1", "short"),
        ("password1", "priya@nova.test"),
        ("password1", "password1234"),
    ],
)
def test_invalid_values_are_reported_at_their_field_and_nothing_is_created(
    client: Client, field: str, value: str
) -> None:
    response = sign_up(client, **{field: value})
    assert response.context["form"].errors.keys() == {field}
    assert not User.objects.exists()
    assert not Partner.objects.exists()
