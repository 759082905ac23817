"""Measurable accessibility of all kinds of pages, in light and dark mode."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page

from accounts.models import User
from accounts.services.keys import create_key, revoke_key
from billing.models import LedgerCheck, Purchase
from tests.e2e.conftest import SETTLED
from tests.factories import bucket
from tests.staff import business, member

AUDIT = (Path(__file__).parent / "audit.js").read_text()
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

pytestmark = pytest.mark.e2e


def faults(page: Page, address: str) -> list[str]:
    """Open the page and return what is wrong with it in both modes."""
    page.emulate_media(reduced_motion="reduce")
    page.goto(address)
    return look(page)


def look(page: Page) -> list[str]:
    found: list[str] = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.evaluate(SETTLED)
        found += page.evaluate(AUDIT)
    return found


@pytest.fixture
def root(live_db: None, sign_in: Callable[..., Any]) -> User:
    user = User.objects.create_superuser("root@shopiq.test", None)
    sign_in(user)
    return user


def test_public_pages(page: Page) -> None:
    for address in ("/login/", "/signup/", "/confirm-email/", "/password/reset/", "/nowhere"):
        assert faults(page, address) == []


def test_the_refusal_to_sign_in(page: Page) -> None:
    faults(page, "/login/")
    page.get_by_label("Email").fill("nobody@shopiq.test")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("alert").wait_for()
    assert look(page) == []


def test_the_dashboard_with_seed_data(page: Page, sign_in: Callable[..., Any]) -> None:
    partner = business()
    bucket(partner, 10_000, tier="scale")
    revoke_key(key=create_key(partner=partner, environment="live", actor="test").key, actor="test")
    partner.is_active = False
    partner.save()
    sign_in(member(partner))
    assert faults(page, "/dashboard/") == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="More").click()
    assert look(page) == []


def test_the_page_of_a_user_without_a_partner(page: Page, root: User) -> None:
    assert faults(page, "/dashboard/") == []


def test_our_own_admin_pages(page: Page, root: User) -> None:
    business()
    LedgerCheck.objects.create(ok=False, buckets=1, drift=[{}])
    purchase = f"/admin/billing/purchase/{Purchase.objects.get().pk}/change/"
    for address in ("/admin/", "/admin/billing/pointbucket/grant/", purchase):
        assert faults(page, address) == []
