"""What staff do with partners, their keys, links and sessions."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import ApiKey, AuditEntry, AutoLoginLink, Member, Partner, PartnerNote, User
from accounts.services.partner_notes import NotStaff, assign_owner
from config.db.owned import PLATFORM_ID
from tests.accounts.sign_ins import actions, regular, signed_in, text
from tests.factories import Keys, partner_with_keys
from tests.merchants import PartnerServer
from tests.staff import in_group
from tests.web import WebServer

pytestmark = pytest.mark.usefixtures("live_db")


@pytest.fixture
def staff() -> Client:
    return in_group("operations", "asha@shopiq.test")


@pytest.fixture
def priya(keys: Keys) -> User:
    return regular(keys.partner)


def page(partner: Partner, act: str) -> str:
    return f"/admin/accounts/partner/{partner.pk}/{act}/"


def last(partner_id: str) -> AuditEntry:
    return AuditEntry.objects.of(partner_id).latest("at")


def test_a_deactivation_is_effective_at_once_and_says_who_when_and_why(
    keys: Keys, staff: Client, priya: User, mailoutbox: list[EmailMessage], web_server: Any
) -> None:
    server: WebServer = web_server()
    assert server.get("/partner/v1/image/usage", keys.live).status == 200
    other = partner_with_keys().partner
    staff.post(page(keys.partner, "deactivate"), {"reason": "Chargeback fraud"})
    other.refresh_from_db()
    assert other.is_active
    assert server.get("/partner/v1/image/usage", keys.live).status == 403
    shown = text(staff.get(page(keys.partner, "reactivate")))
    assert "asha@shopiq.test" in shown
    assert "Chargeback fraud" in shown
    assert mailoutbox[0].to == [priya.email]
    assert "Reason: Chargeback fraud" in mailoutbox[0].body
    assert last(keys.partner.pk).detail == {"reason": "Chargeback fraud"}

    staff.post(page(keys.partner, "reactivate"), {"reason": "Cleared by the bank"})
    assert server.get("/partner/v1/image/usage", keys.live).status == 200
    keys.partner.refresh_from_db()
    assert keys.partner.deactivated_at is None
    assert keys.partner.deactivation_reason == ""


def test_a_reason_is_needed(keys: Keys, staff: Client) -> None:
    shown = staff.post(page(keys.partner, "deactivate"), {"reason": " "})
    assert "errorlist" in text(shown)
    keys.partner.refresh_from_db()
    assert keys.partner.is_active


def test_notes_keep_author_and_time_and_are_staffs_alone(keys: Keys, staff: Client) -> None:
    for words in ("Called: wants GST on the proforma", "Pays in January"):
        staff.post(page(keys.partner, "note"), {"text": words})
    notes = [(note.author, note.text) for note in PartnerNote.objects.of(keys.partner.pk)]
    assert notes == [
        ("asha@shopiq.test", "Pays in January"),
        ("asha@shopiq.test", "Called: wants GST on the proforma"),
    ]
    assert last(keys.partner.pk).actor != "asha@shopiq.test"


def test_only_staff_look_after_a_partner(keys: Keys, staff: Client, priya: User) -> None:
    asha = User.objects.get(email="asha@shopiq.test")
    staff.post(page(keys.partner, "owner"), {"owner": asha.pk})
    keys.partner.refresh_from_db()
    assert keys.partner.staff_owner == asha
    staff.post(page(keys.partner, "owner"), {"owner": priya.pk})
    keys.partner.refresh_from_db()
    assert keys.partner.staff_owner == asha
    assert last(PLATFORM_ID).action == "partner.owner_assigned"
    assert last(PLATFORM_ID).detail == {"before": None, "after": "asha@shopiq.test"}
    for person in (priya, User(is_staff=True, is_active=False)):
        with pytest.raises(NotStaff):
            assign_owner(partner=keys.partner, owner=person, actor="t")


def test_all_keys_are_revoked_with_one_mail(
    keys: Keys, staff: Client, priya: User, mailoutbox: list[EmailMessage]
) -> None:
    form = {"reason": "Leaked on GitHub"}
    shown = text(staff.post(page(keys.partner, "revoke-keys"), form, follow=True))
    assert "Keys revoked: 4." in shown
    assert not ApiKey.objects.filter(revoked_at=None).exists()
    assert actions(keys.partner.pk)[-3:] == ["key.revoked"] * 3
    assert last(keys.partner.pk).detail["reason"] == "Leaked on GitHub"
    [mail] = mailoutbox
    assert "All 4 of its API keys were revoked." in mail.body


def test_one_key_is_revoked_or_restricted(
    keys: Keys, staff: Client, priya: User, mailoutbox: list[EmailMessage]
) -> None:
    key = keys.key("live")
    form = {"permissions": ["image.create"], "requests_per_minute": "5", "points_per_day": "40"}
    staff.post(f"/admin/accounts/apikey/{key.pk}/rules/", form)
    key.refresh_from_db()
    assert (key.permissions, key.requests_per_minute) == (["image.create"], 5)
    assert (key.points_per_day, key.points_per_month) == (40, None)
    assert last(keys.partner.pk).action == "key.edited"
    staff.post(f"/admin/accounts/apikey/{key.pk}/revoke/", {"reason": "Leaked"})
    key.refresh_from_db()
    assert key.revoked_at
    assert keys.key("test").revoked_at is None
    [mail] = mailoutbox
    assert f"The API key {key} was revoked and no longer works." in mail.body


def test_links_of_all_accounts_are_revoked(
    keys: Keys,
    server: PartnerServer,
    staff: Client,
    priya: User,
    mailoutbox: list[EmailMessage],
) -> None:
    for number in range(2):
        account = server.create(number)
        server.post("generateAutoLoginUrl", {"accountId": account})
    form = {"reason": "Forwarded by mistake"}
    shown = text(staff.post(page(keys.partner, "revoke-links"), form, follow=True))
    assert "Links revoked: 2." in shown
    assert not AutoLoginLink.objects.filter(revoked_at=None).exists()
    entry = last(keys.partner.pk)
    assert entry.action == "auto_login.all_of_partner_revoked"
    assert entry.detail == {"links": 2, "reason": "Forwarded by mistake"}
    [mail] = mailoutbox
    assert "All auto-login links of its accounts, 2 in number, were revoked." in mail.body


@pytest.mark.parametrize("is_all", [True, False])
def test_members_are_signed_out(
    keys: Keys, staff: Client, priya: User, mailoutbox: list[EmailMessage], is_all: bool
) -> None:
    browser = signed_in()
    mailoutbox.clear()
    member = Member.objects.of(keys.partner.pk).get()
    one = f"/admin/accounts/member/{member.pk}/sign-out/"
    path = page(keys.partner, "sign-out") if is_all else one
    shown = text(staff.post(path, {"reason": "Lost laptop"}, follow=True))
    assert is_all == ("Members signed out: 1." in shown)
    assert browser.get("/dashboard/").status_code == 302
    assert "Reason: Lost laptop" in mailoutbox[0].body
    assert last(keys.partner.pk).action == "login.signed_out_by_staff"


def test_a_second_factor_is_reset_with_a_reason(
    keys: Keys, priya: User, mailoutbox: list[EmailMessage]
) -> None:
    TOTP.activate(priya, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    member = Member.objects.of(keys.partner.pk).get()
    staff = in_group("admin")
    url = f"/admin/accounts/member/{member.pk}/second-factor/"
    for answer in ("Removed.", "It was not set up."):
        page = staff.post(url, {"reason": "Verified by phone"}, follow=True)
        assert answer in text(page)
    assert not Authenticator.objects.filter(user=priya).exists()
    assert "Reason: Verified by phone" in mailoutbox[0].body
    assert last(keys.partner.pk).detail["reason"] == "Verified by phone"
    User.objects.filter(pk=priya.pk).update(is_staff=True, is_superuser=True)
    assert staff.post(url, {"reason": "Take over"}).status_code == 403


def test_what_was_done_already_is_said(keys: Keys, staff: Client) -> None:
    Partner.objects.update(live_approved_at=None)
    key = f"/admin/accounts/apikey/{keys.key('live').pk}/revoke/"
    answers = {
        page(keys.partner, "approve"): ("Live access approved.", "was approved already."),
        key: ("Key revoked.", "The key was revoked already."),
        page(keys.partner, "deactivate"): ("Partner deactivated.", "was inactive already."),
        page(keys.partner, "reactivate"): ("Partner reactivated.", "was active already."),
    }
    for path, expected in answers.items():
        for answer in expected:
            assert answer in text(staff.post(path, {"reason": "x"}, follow=True))
