"""What is done to one login, company or call leaves the others as they were."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.clients import ClientInfo
from accounts.models import (
    ApiKey,
    AutoLoginLink,
    IdempotencyRecord,
    Member,
    Partner,
    StaffInvitation,
    User,
)
from accounts.services.auto_login import open_link
from accounts.services.idempotency import (
    Claim,
    KeyReused,
    StoredResponse,
    claim,
    release,
    store,
)
from accounts.services.live_access import approve_partner
from accounts.services.members import set_second_factor_rule
from accounts.services.partners import deactivate_partner, reactivate_partner
from accounts.services.sign_ups import clear_other_access
from accounts.services.staff import confirm_staff, invite_staff, remove_staff
from accounts.services.staff_actions import Staff, record_changes, remove_second_factors
from accounts.services.staff_revocations import revoke_all_keys, revoke_all_links, sign_out_member
from deployments.models import Takedown
from tests.billing.operations import admission_of
from tests.deployments.deployment_fakes import deploy
from tests.factories import Keys, partner_with_keys
from tests.merchants import PartnerServer
from tests.rows import count_changed
from tests.users import create_user

Changes = dict[str, tuple[Callable[[], object], dict[str, int]]]
BY = Staff("staff@shopiq.test", ClientInfo("127.0.0.1", ""))


def user_with_access(partner: Partner | None) -> User:
    """Return a login with a second factor, a former address and an open session."""
    user = create_user(partner)
    EmailAddress.objects.create(user=user, email=f"former-{user.email}")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    UserSession.objects.create(user=user, session_key=f"{user.pk:032}", ip="::1", user_agent="B")
    return user


@pytest.fixture
def other(keys: Keys) -> Keys:
    """Another company; both have two people with access and a shop with a link to its account."""
    made = partner_with_keys(name="Other")
    for number, each in enumerate((keys, made)):
        for _ in range(2):
            user_with_access(each.partner)
        server = PartnerServer(each.management)
        account_id = deploy(server, number).website.account_id
        for _ in range(2):
            server.post("generateAutoLoginUrl", {"accountId": account_id})
    return made


def count(changes: Changes) -> dict[str, dict[str, int]]:
    return {name: dict(count_changed(change)) for name, (change, _) in changes.items()}


def expected(changes: Changes) -> dict[str, dict[str, int]]:
    return {name: counts for name, (_, counts) in changes.items()}


def test_of_logins(keys: Keys, other: Keys) -> None:
    first, second = User.objects.filter(memberships__partner=keys.partner).order_by("pk")
    changes: Changes = {
        "second factor": (
            lambda: remove_second_factors(user=first, reason="Lost", staff=BY),
            {"accounts_user": 1, "mfa_authenticator": 1, "usersessions_usersession": 1},
        ),
        "signed out": (
            lambda: sign_out_member(member=second.memberships.get(), reason="", staff=BY),
            {"accounts_user": 1, "usersessions_usersession": 1},
        ),
        "set up by a stranger": (
            lambda: clear_other_access(user=second),
            {"accounts_user": 1, "mfa_authenticator": 1},
        ),
        "address": (
            lambda: record_changes(
                user=second, before={"email": "x@example.com"}, after={}, staff=BY
            ),
            {"accounts_user": 1, "account_emailaddress": 1},
        ),
    }
    assert count(changes) == expected(changes)


def test_of_staff(live_db: None) -> None:
    root = User.objects.create_superuser("root@shopiq.test", None)
    for name in ("asha", "ravi"):
        invite_staff(email=f"{name}@shopiq.test", groups=[], inviter=root, actor="t")
        user = User.objects.create_user(f"{name}@shopiq.test", None, is_staff=True)
        user.groups.add(*Group.objects.all())
        StaffInvitation.objects.filter(email=user.email).update(accepted_by=user)
    asha = User.objects.get(email="asha@shopiq.test")
    by = User.objects.create_superuser("third@shopiq.test", None)
    changes: Changes = {
        "invited again": (
            lambda: invite_staff(email="new@shopiq.test", groups=[], inviter=root, actor="t"),
            {},
        ),
        "removed": (
            lambda: remove_staff(user=asha, by=by, staff=BY),
            {
                "accounts_user": 1,
                "accounts_user_groups": asha.groups.count(),
                "accounts_staffinvitation": 1,
            },
        ),
    }
    assert count(changes) == expected(changes)
    used = StaffInvitation.objects.exclude(accepted_by=None)
    used.update(withdrawn_at=None, completed_at=timezone.now())
    confirm = (
        lambda: confirm_staff(user=User.objects.get(email="ravi@shopiq.test"), by=by, actor="t"),
        {"accounts_staffinvitation": 1},
    )
    assert count({"confirmed": confirm}) == expected({"confirmed": confirm})


def test_of_companies(keys: Keys, other: Keys) -> None:
    partner = keys.partner
    owner = Member.objects.of(partner.pk).earliest("pk").user
    Partner.objects.update(live_approved_at=None)
    account_id = AutoLoginLink.objects.of(partner.pk)[0].account_id
    link = PartnerServer(keys.management).post("generateAutoLoginUrl", {"accountId": account_id})
    token = link.json()["redirectUrl"].partition("token=")[2]
    changes: Changes = {
        "rule": (
            lambda: set_second_factor_rule(partner=partner, required=True, owner=owner),
            {"accounts_partner": 1},
        ),
        "approved": (
            lambda: approve_partner(partner=partner, actor="t"),
            {"accounts_partner": 1},
        ),
        "link opened": (lambda: open_link(token), {"accounts_autologinlink": 1}),
        "links revoked": (
            lambda: revoke_all_links(partner=partner, reason="", actor="t"),
            {"accounts_autologinlink": AutoLoginLink.objects.of(partner.pk).count()},
        ),
        "keys revoked": (
            lambda: revoke_all_keys(partner=partner, reason="", actor="t"),
            {"accounts_apikey": ApiKey.objects.of(partner.pk).count()},
        ),
        "deactivated": (
            lambda: deactivate_partner(partner=partner, actor="t", reason="Fraud"),
            {"accounts_partner": 2},  # and its sandbox
        ),
        "reactivated": (
            lambda: reactivate_partner(partner=partner, actor="t"),
            {"accounts_partner": 2, "deployments_website": 1},
        ),
    }
    assert count(changes) == expected(changes)
    assert {each.partner_id for each in Takedown.objects.all()} == {partner.pk}


def test_of_calls(keys: Keys, other: Keys) -> None:
    """With other keys of idempotency: of the same company, and the same ones of another."""
    claims = [
        claim(admission=admission_of(each), endpoint="create", key=key, body={}, lease_seconds=60)
        for each in (keys, other)
        for key in "abc"
    ]
    first, second, third = (each for each in claims[:3] if isinstance(each, Claim))
    response = StoredResponse(200, b"{}", {})
    changes: Changes = {
        "stored": (lambda: store(first, response=response), {"accounts_idempotencyrecord": 1}),
        "stored again": (lambda: store(first, response=response), {}),
        "released": (lambda: release(second), {"accounts_idempotencyrecord": 1}),
    }
    assert count(changes) == expected(changes)
    assert not store(second, response=response)
    assert store(third, response=response)
    assert store(third, response=response), "its acknowledgement may have been lost"

    past = timezone.now() - timedelta(days=3)
    IdempotencyRecord.objects.filter(pk=first.record_id).update(created_at=past, lease_until=past)
    with pytest.raises(KeyReused):
        claim(
            admission=admission_of(keys),
            endpoint="create",
            key="c",
            body={"other": 1},
            lease_seconds=60,
        )
