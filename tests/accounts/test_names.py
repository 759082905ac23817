"""Names must not carry links into emails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.clients import ClientInfo
from accounts.models import Partner, User
from accounts.names import InvalidName, validate_name
from accounts.services.invitations import join_as_new_user
from accounts.services.partners import rename_partner, sign_up_partner
from accounts.services.staff import join_staff_as_new_user
from tests.factories import PartnerFactory
from tests.mails import link_in
from tests.users import browser_of, create_user

SIGN_UP = {
    "company": "Nova Retail",
    "name": "Priya Rao",
    "email": "priya@nova.test",
    "password1": "correct horse battery",
}
LOCKED = "your account is locked, unlock it at https://evil.example/unlock ."


@pytest.mark.parametrize(
    "name",
    [
        "S. K. Rao",
        "Dr. Asha D'Souza-Nair",
        "M/s Sharma & Sons Pvt. Ltd.",
        "24/7 Stores (India)",
        "A.B. Traders No.1",
        "नमस्ते क्‍ष ट्रेडर्स",
        "Ünal 3.14 GmbH",
    ],
)
def test_names_as_people_and_companies_have_them_are_accepted(name: str) -> None:
    validate_name(name)


@pytest.mark.parametrize(
    "name",
    [
        LOCKED,
        "evil.example",
        "Evil.example!",
        "www evil",
        "evil/unlock",
        "evil\\unlock",
        "mail me@evil",
        "tel:1800",
        "evil\uff0eexample",  # full-width full stop
        "evil\u3002example",  # ideographic full stop
        "https\uff1a\uff0f\uff0fevil",  # full-width signs
        "\u202elive.elpmaxe",  # written from right to left
        "Nova\u2028https",
        "Nova\r\nBcc",
    ],
)
def test_names_that_mail_programs_would_link_are_refused(name: str) -> None:
    with pytest.raises(InvalidName):
        validate_name(name)


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["company", "name"])
def test_a_sign_up_says_what_to_leave_out(
    field: str, client: Client, mailoutbox: list[EmailMessage]
) -> None:
    page = client.post("/signup/", {**SIGN_UP, field: LOCKED})
    assert page.context["form"].errors == {field: ["A name can't contain /, \\, : or @."]}
    page = client.post("/signup/", {**SIGN_UP, field: "evil.example"})
    assert "Put a space after a full stop" in page.context["form"].errors[field][0]
    assert mailoutbox == []


@pytest.mark.django_db
def test_services_commands_and_staff_forms_refuse_them_too() -> None:
    partner = PartnerFactory.create(name="Nova Retail")
    client = ClientInfo("127.0.0.1", "")
    new: dict[str, Any] = {"token": "x", "name": LOCKED, "password": "correct horse battery"}
    acts: list[Callable[[], object]] = [
        lambda: rename_partner(partner=partner, name=LOCKED, actor="priya@nova.test"),
        lambda: sign_up_partner(name=LOCKED, owner=create_user(None), actor="t"),
        lambda: join_as_new_user(**new),
        lambda: join_staff_as_new_user(**new, client=client),
    ]
    for act in acts:
        with pytest.raises(InvalidName):
            act()
    with pytest.raises(CommandError, match="can't contain"):
        call_command("create_partner", LOCKED, email="asha@nova.test")
    user, staff = create_user(partner), Client()
    staff.force_login(User.objects.create_superuser("root@shopiq.test", None))
    form = {"email": user.email, "name": LOCKED, "is_active": "on"}
    page = staff.post(f"/admin/accounts/user/{user.pk}/change/", form)
    assert "A name can&#x27;t contain" in page.content.decode()
    assert Partner.objects.get().name == "Nova Retail"


@pytest.mark.django_db
def test_mails_to_unconfirmed_addresses_name_no_one(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    client.post("/signup/", SIGN_UP)
    Client().post("/password/reset/", {"email": SIGN_UP["email"]})
    owner = create_user(PartnerFactory.create(name="Locked Account Department"))
    owner.name = "Unlock Now"
    owner.save()
    invite = {"email": "new@nova.test", "role": "viewer"}
    browser_of(owner).post("/dashboard/team/invite/", invite)
    assert len(mailoutbox) == 3
    for mail in mailoutbox:
        words = f"{mail.subject} {mail.body}"
        for name in ("Priya", "Nova Retail", "Locked", "Unlock", owner.email):
            assert name not in words
    page = client.get(link_in(mailoutbox[2], "invitations")).content.decode()
    assert "Unlock Now invited you" in " ".join(page.split())


@pytest.mark.django_db
def test_an_invitation_names_the_inviter_to_people_with_a_login(
    mailoutbox: list[EmailMessage],
) -> None:
    owner, other = create_user(PartnerFactory.create(name="Nova Retail")), create_user(None)
    invite = {"email": other.email, "role": "viewer"}
    browser_of(owner).post("/dashboard/team/invite/", invite)
    assert mailoutbox[0].subject == "Join Nova Retail on ShopIQ"
    assert f"({owner.email}) invited you to join Nova Retail" in mailoutbox[0].body
