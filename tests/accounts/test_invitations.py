"""Sending and accepting invitations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, Invitation, Member, User
from accounts.services.audit import record_audit
from tests.accounts.sign_ins import text
from tests.factories import PartnerFactory
from tests.mails import link_in
from tests.users import browser_of, create_user

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
TEAM = "/dashboard/team/"


@pytest.fixture
def owner() -> User:
    return create_user(PartnerFactory.create(name="Nova Retail"), email="owner@nova.test")


@pytest.fixture
def client(owner: User) -> Client:
    return browser_of(owner)


@pytest.fixture
def post(client: Client, django_capture_on_commit_callbacks: Any) -> Callable[..., Any]:
    """POSTs as the owner; mails leave after the commit."""

    def send(page: Any, **form: Any) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(TEAM + page, form, follow=True)

    return send


@pytest.fixture
def link(post: Callable[..., Any], mailoutbox: list[EmailMessage]) -> str:
    """Where the mail to new@nova.test leads."""
    post("invite/", email="New@Nova.test", role="developer")
    return link_in(mailoutbox[-1], "/invitations/")


def membership() -> Any:
    return Member.objects.exclude(role=Member.Role.OWNER).get()


def test_an_invitation_is_emailed_and_its_token_is_not_stored(
    link: str, mailoutbox: list[EmailMessage]
) -> None:
    [mail] = mailoutbox
    subject = "You are invited to join a team on ShopIQ"
    assert (mail.to, mail.subject) == (["new@nova.test"], subject)
    token = link.split("/")[2]
    assert token not in str(Invitation.objects.values_list().get())


def test_a_new_user_creates_a_login_and_joins(link: str) -> None:
    visitor = Client()
    assert "You will sign in with new@nova.test" in text(visitor.get(link))
    response = visitor.post(link, {"name": "Asha", "password": PASSWORD}, follow=True)
    assert response.redirect_chain == [("/dashboard/", 302)]
    member = membership()
    assert (member.user.email, member.user.name, member.role) == (
        "new@nova.test",
        "Asha",
        Member.Role.DEVELOPER,
    )
    again = Client().post("/login/", {"login": "new@nova.test", "password": PASSWORD})
    assert again.headers["Location"] == "/dashboard/"


@pytest.mark.parametrize(
    ("field", "value"), [("name", ""), ("name", "A\x00"), ("password", "short")]
)
def test_invalid_values_are_reported_at_their_field(link: str, field: str, value: str) -> None:
    form = {"name": "Asha", "password": PASSWORD, field: value}
    assert Client().post(link, form).context["form"].errors.keys() == {field}
    assert not User.objects.filter(email="new@nova.test").exists()


def test_an_existing_user_signs_in_and_joins_with_one_click(link: str) -> None:
    create_user(PartnerFactory.create(), email="new@nova.test", password=PASSWORD)
    visitor = Client()
    page = text(visitor.get(link))
    assert f'href="/login/?next={link}"' in page
    visitor.post(f"/login/?next={link}", {"login": "new@nova.test", "password": PASSWORD})
    offer = "invited you to join Nova Retail on ShopIQ. Your role: developer."
    assert offer in text(visitor.get(link))
    response = visitor.post(link, follow=True)
    assert "You joined the team" in text(response)
    assert 'sidebar-partner">Nova Retail<' in text(response)
    entry = AuditEntry.objects.get(action="invitation.accepted")
    assert (entry.actor, entry.target) == ("new@nova.test", "new@nova.test")


def test_the_link_alone_does_not_take_over_a_login(link: str) -> None:
    user = create_user(None, email="new@nova.test", password=PASSWORD)
    Client().post(link, {"name": "Mallory", "password": "another long one"})
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert not user.memberships.exists()


def test_another_address_cannot_accept(link: str) -> None:
    client = browser_of(create_user(None, email="mallory@nova.test"))
    assert "This invitation is for <strong>new@nova.test</strong>" in text(client.get(link))
    client.post(link)
    assert not Member.objects.exclude(role=Member.Role.OWNER).exists()


def test_an_existing_member_who_accepts_keeps_their_role(link: str, owner: User) -> None:
    partner = owner.memberships.get().partner
    browser_of(create_user(partner, Member.Role.ADMIN, email="new@nova.test")).post(link)
    assert membership().role == Member.Role.ADMIN


def test_an_invitation_works_once(link: str) -> None:
    Client().post(link, {"name": "Asha", "password": PASSWORD})
    response = Client().get(link)
    assert response.status_code == 404
    assert "This invitation is no longer valid" in text(response)


def test_an_invitation_is_valid_for_seven_days_and_can_be_resent(
    link: str, post: Callable[..., Any], client: Client, mailoutbox: list[EmailMessage]
) -> None:
    left = Invitation.objects.get().expires_at - timezone.now()
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(link).status_code == 404
    assert "Expired" in text(client.get(TEAM))
    post(f"invitations/{Invitation.objects.get().pk}/resend/")
    assert Client().get(link_in(mailoutbox[-1], "/invitations/")).status_code == 200
    assert Client().get(link).status_code == 404


def test_the_invitation_that_is_chosen_is_resent(
    link: str, post: Callable[..., Any], mailoutbox: list[EmailMessage]
) -> None:
    post("invite/", email="second@nova.test", role="viewer")
    for invitation in Invitation.objects.all():
        post(f"invitations/{invitation.pk}/resend/")
        assert mailoutbox[-1].to == [invitation.email]


def test_a_withdrawn_invitation_does_not_work(
    link: str, post: Callable[..., Any], client: Client
) -> None:
    page = f"invitations/{Invitation.objects.get().pk}/withdraw/"
    assert "stops working" in text(client.get(TEAM + page))
    post(page)
    assert Client().get(link).status_code == 404
    assert client.post(TEAM + page).status_code == 404
    assert "new@nova.test" not in text(client.get(TEAM))


@pytest.mark.parametrize(
    ("email", "refusal"),
    [
        ("owner@nova.test", "already belongs to a member"),
        ("NEW@nova.test", "This address already has a pending invitation"),
        ("no address", "Enter an email address"),
        ("a\x00@nova.test", "Remove the null characters"),
    ],
)
def test_who_cannot_be_invited(
    link: str, post: Callable[..., Any], email: str, refusal: str
) -> None:
    assert refusal in text(post("invite/", email=email, role="viewer"))
    assert Invitation.objects.count() == 1


def test_withdrawing_does_not_allow_more_than_a_hundred_emails_a_day(
    link: str, post: Callable[..., Any], owner: User, mailoutbox: list[EmailMessage]
) -> None:
    partner, sent = owner.memberships.get().partner, "invitation.resent"
    for _ in range(99):
        record_audit(partner=partner, actor=owner.email, action=sent)
    again = f"invitations/{Invitation.objects.get().pk}/resend/"
    for response in (post("invite/", email="x@nova.test", role="viewer"), post(again)):
        assert "You can send 100 invitations a day" in text(response)
    assert len(mailoutbox) == 1
    one_of_them = AuditEntry.objects.filter(action=sent).latest("at")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        AuditEntry.objects.filter(pk=one_of_them.pk).update(at=timezone.now() - timedelta(days=1))
    post(again)
    assert len(mailoutbox) == 2


def test_a_company_has_fifty_pending_invitations_at_most(
    post: Callable[..., Any], owner: User
) -> None:
    partner, end = owner.memberships.get().partner, timezone.now() + timedelta(days=1)
    Invitation.objects.bulk_create(
        Invitation(partner=partner, email=f"{n}@x.test", token_hash=b"%d" % n, expires_at=end)
        for n in range(49)
    )
    post("invite/", email="fiftieth@nova.test", role="viewer")
    refused = post("invite/", email="another@nova.test", role="viewer")
    assert "You can have 50 pending invitations." in text(refused)
    assert Invitation.objects.latest("created_at").email == "fiftieth@nova.test"
    assert Invitation.objects.count() == 50


def test_a_withdrawn_address_can_be_invited_again(link: str, post: Callable[..., Any]) -> None:
    post(f"invitations/{Invitation.objects.get().pk}/withdraw/")
    post("invite/", email="new@nova.test", role="viewer")
    assert Invitation.objects.open().get().role == Member.Role.VIEWER


def test_invitations_are_audited(link: str, post: Callable[..., Any]) -> None:
    invitation = Invitation.objects.get()
    post(f"invitations/{invitation.pk}/resend/")
    post(f"invitations/{invitation.pk}/withdraw/")
    entries = AuditEntry.objects.order_by("at").values_list("action", "actor", "target")
    assert list(entries) == [
        (f"invitation.{action}", "owner@nova.test", "new@nova.test")
        for action in ("sent", "resent", "withdrawn")
    ]


@pytest.mark.parametrize("token", ["x", "%00", "a" * 500])
def test_an_unknown_token_is_not_found(token: str) -> None:
    assert Client().get(f"/invitations/{token}/").status_code == 404
