"""Test keys for the samples: short-lived, and never more than one pair."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import ApiKey, Environment, Member
from accounts.services.keys import create_key
from config.documentation.samples import PLACEHOLDERS
from tests.factories import PartnerFactory
from tests.staff import member
from tests.users import browser_of

pytestmark = pytest.mark.django_db
PATH = "/docs/keys/"


def make_member(role: str) -> Member:
    user = member(PartnerFactory.create())
    user.memberships.update(role=role)
    return user.memberships.get()


def test_a_pair_of_test_keys_is_returned_once() -> None:
    member = make_member(Member.Role.DEVELOPER)
    created = browser_of(member.user).post(PATH).json()
    assert created["image"].startswith("sq_test_")
    assert created["management"].startswith("sq_mgmt_test_")
    keys = ApiKey.objects.of(member.partner_id)
    assert {key.environment for key in keys} == {Environment.TEST, Environment.MANAGEMENT_TEST}
    ends = [key.expires_at for key in keys if key.expires_at]
    hours = [(end - timezone.now()) / timedelta(hours=1) for end in ends]
    assert all(11 < left < 12 for left in hours)
    assert len(ends) == 2


def test_a_second_pair_replaces_the_first() -> None:
    member = make_member(Member.Role.OWNER)
    own = create_key(partner=member.partner, environment=Environment.TEST, actor="a@shopiq.test")
    browser = browser_of(member.user)
    # Their names are in the language of the reader, who may change it.
    first, second = (browser.post(prefix + PATH).json() for prefix in ("", "/hi"))
    assert first != second
    active = ApiKey.objects.of(member.partner_id).filter(revoked_at=None)
    assert active.count() == 3
    assert own.key in active


def test_a_full_company_is_told_why() -> None:

    member = make_member(Member.Role.OWNER)
    for _ in range(10):
        create_key(partner=member.partner, environment=Environment.TEST, actor="a@shopiq.test")
    response = browser_of(member.user).post(PATH)
    assert response.status_code == 409
    assert response.json() == {
        "message": "All 10 keys are in use. Revoke one that you no longer need."
    }


@pytest.mark.parametrize("language", ["", "/hi", "/as"])
def test_the_quick_start_takes_the_keys_of_its_reader(language: str) -> None:
    browser = browser_of(make_member(Member.Role.OWNER).user)
    html = browser.get(f"{language}/docs/quick-start/").content.decode()
    assert "data-keys" in html
    for placeholder in PLACEHOLDERS.values():
        assert f'"{placeholder}"</span>' in html  # whole, where the script looks for it
    assert "data-keys" not in browser.get(f"{language}/docs/changelog/").content.decode()


def test_viewers_and_visitors_get_none() -> None:
    viewer = make_member(Member.Role.VIEWER)
    assert browser_of(viewer.user).post(PATH).status_code == 403
    assert browser_of(viewer.user).get(PATH).status_code == 405
    assert not ApiKey.objects.of(viewer.partner_id).exists()
