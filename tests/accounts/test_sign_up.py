"""Signing up, and confirming the address."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import AuditEntry, Member, Partner, User
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


def text(answer: Any) -> Any:
    return " ".join(answer.content.decode().split())


def test_a_sign_up_makes_a_person_and_a_partner_that_waits_for_approval(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    answer = sign_up(client)
    assert answer.redirect_chain == [("/confirm-email/", 302)]
    member = Member.objects.get()
    assert (member.user.email, member.user.name) == ("priya@nova.test", "Priya Rao")
    assert (member.partner.name, member.role) == ("Nova Retail", Member.Role.OWNER)
    assert member.partner.live_approved_at is None
    assert AuditEntry.objects.get(partner=member.partner).actor == "priya@nova.test"


def test_nobody_is_in_before_the_address_is_confirmed(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    sign_up(client)
    assert client.get("/dashboard/").status_code == 302
    assert "Check your inbox" in text(sign_in(Client()))


def test_opening_the_link_confirms_nothing_and_the_button_does_in_any_browser(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    sign_up(client)
    link, other = link_in(mailoutbox[0], "confirm-email"), Client()
    assert "Use <strong>priya@nova.test</strong>" in text(other.get(link))
    assert "Check your inbox" in text(sign_in(Client()))
    answer = other.post(link, follow=True)
    assert answer.redirect_chain == [("/login/", 302)]
    assert "priya@nova.test is confirmed." in text(answer)
    assert "Overview" in text(sign_in(other))


def test_confirming_the_first_address_is_no_change_of_it(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    sign_up(client)
    client.post(link_in(mailoutbox[0], "confirm-email"))
    assert [entry.action for entry in AuditEntry.objects.all()] == ["partner.signed_up"]


def test_the_browser_of_the_sign_up_is_signed_in_by_the_button(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    sign_up(client)
    answer = client.post(link_in(mailoutbox[0], "confirm-email"), follow=True)
    assert answer.redirect_chain == [("/dashboard/", 302)]


def test_a_link_that_ended_says_so(client: Client, mailoutbox: list[EmailMessage]) -> None:
    sign_up(client)
    link = link_in(mailoutbox[0], "confirm-email")
    Client().post(link)
    assert "This link has expired" in text(Client().get(link))
    assert "This link has expired" in text(Client().get("/confirm-email/made-up/"))


def test_a_taken_address_gets_the_same_answer_and_another_mail(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    fresh = sign_up(client)
    cache.clear()
    taken = sign_up(Client(), company="Somebody Else")
    assert taken.redirect_chain == fresh.redirect_chain
    assert text(taken).replace(csrf(taken), "") == text(fresh).replace(csrf(fresh), "")
    assert "already have a login" in mailoutbox[1].body
    assert (User.objects.count(), Partner.objects.count()) == (1, 1)


def csrf(answer: Any) -> Any:
    return str(answer.context["csrf_token"])


def test_the_link_is_sent_again_once_a_minute(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    sign_up(client)
    answer = client.post("/confirm-email/resend/", follow=True)
    assert "less than a minute ago" in text(answer)
    cache.clear()
    client.post("/confirm-email/resend/")
    assert [mail.to for mail in mailoutbox] == [["priya@nova.test"]] * 2


def test_a_browser_that_never_signed_up_has_nothing_sent(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    answer = client.post("/confirm-email/resend/", follow=True)
    assert answer.redirect_chain == [("/login/", 302)]
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
def test_what_cannot_be_taken_is_said_at_its_field_and_nothing_is_made(
    client: Client, field: str, value: str
) -> None:
    answer = sign_up(client, **{field: value})
    assert answer.context["form"].errors.keys() == {field}
    assert not User.objects.exists()
    assert not Partner.objects.exists()
