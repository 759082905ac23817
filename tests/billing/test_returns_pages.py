"""What partner and staff see of money that went back, and how staff book a flagged payment."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import AuditEntry, Member
from billing.models import PointBucket, Purchase
from billing.services import reconcile_purchase, sandbox
from config.db.ids import new_id
from tests.billing.approvals import Kind, ask
from tests.billing.fakes.razorpay import FakeRazorpay
from tests.billing.operations import start, succeed
from tests.billing.pages import act, checkout_of
from tests.billing.purchases import buy, settle
from tests.factories import Keys, partner_with_keys
from tests.staff import staff_with, superuser
from tests.users import browser_of, create_user

pytestmark = pytest.mark.django_db

POINTS, HOME, INDEX = "/dashboard/points/", "/dashboard/", "/admin/"


@pytest.fixture
def payer() -> Keys:
    return partner_with_keys()


@pytest.fixture
def purchase(payer: Keys) -> Purchase:
    """Of 5,000 points, of which 8 are used."""
    paid = sandbox.pay(buy(payer.partner))
    succeed(start(payer))
    return paid


@pytest.fixture
def owner(payer: Keys) -> Any:
    return browser_of(create_user(payer.partner, Member.Role.OWNER))


def text(browser: Any, address: str) -> str:
    return " ".join(browser.get(address).content.decode().split())


def test_frozen_points_are_shown_apart_from_the_balance(owner: Any, purchase: Purchase) -> None:
    assert "Frozen" not in text(owner, POINTS)
    sandbox.dispute(purchase)

    page = text(owner, POINTS)
    assert '<dt>Frozen</dt> <dd class="stat-value">4,992' in page
    assert '<dt>Balance</dt> <dd class="stat-value">0 ' in page
    assert "4,992 more are frozen" in text(owner, HOME)
    page = text(owner, purchase.get_absolute_url())
    assert "4,992 unused points of this purchase are frozen until that is decided." in page
    assert "In progress" in page


def test_a_partly_frozen_bucket_says_what_is_left(owner: Any, purchase: Purchase) -> None:
    PointBucket.objects.filter(purchase=purchase).update(held=100_000)

    assert '3,992 <span class="muted">of 5,000, 1,000 frozen</span>' in text(owner, POINTS)


def test_a_debt_is_shown_until_a_purchase_settles_it(
    owner: Any, payer: Keys, purchase: Purchase
) -> None:
    sandbox.refund_payment(purchase, paise=purchase.total_paise)

    assert '<dt>Debt</dt> <dd class="stat-value">8 ' in text(owner, POINTS)
    assert "Debt: 8 points" in text(owner, HOME)
    page = text(owner, purchase.get_absolute_url())
    assert "Credit note SQC/" in page
    assert "Refunded" in page

    settle(buy(payer.partner), "pay_2")
    page = text(owner, POINTS)
    assert "<dt>Debt</dt>" not in page
    assert '<dd class="stat-value">4,992 ' in page
    assert "Debt settled" in text(owner, f"{POINTS}ledger/")


def test_the_sandbox_refunds_disputes_and_decides(owner: Any, purchase: Purchase) -> None:
    act(owner, purchase, "refund-half")
    page = text(owner, purchase.get_absolute_url())
    assert "₹2,950.00 was refunded, and 2,500 points are no longer part of this purchase." in page
    act(owner, purchase, "dispute")
    assert "Decide the dispute" in text(owner, checkout_of(purchase))
    act(owner, purchase, "win")
    purchase.refresh_from_db()
    assert (purchase.state, purchase.returned_points) == ("paid", 250_000)

    act(owner, purchase, "dispute")
    act(owner, purchase, "lose")

    purchase.refresh_from_db()
    assert (purchase.state, purchase.returned_points) == ("refunded", 500_000)
    assert "Refund half" not in text(owner, checkout_of(purchase))


def test_staff_see_disputes_flagged_purchases_and_debts_first(
    payer: Keys, purchase: Purchase
) -> None:
    staff = superuser()
    before = text(staff, INDEX)
    for line in ("open dispute", "to review", "with a debt"):
        assert line not in before
    sandbox.refund_payment(purchase, paise=purchase.total_paise)
    sandbox.dispute(sandbox.pay(buy(payer.partner)))
    settle(buy(payer.partner), "pay_wrong", amount_paise=1)

    page = text(staff, INDEX)

    lists = {
        "1 open dispute": "/admin/billing/paymentreturn/?needs=disputes",
        "1 purchase to review": "/admin/billing/purchase/?needs=flagged_purchases",
    }
    for line, address in lists.items():
        assert f'{address}">{line}' in page
        assert staff.get(address).context["cl"].result_count == 1
    # The second purchase settled the debt.
    assert "with a debt" not in page
    assert "open dispute" not in text(staff_with("billing.view_tier"), INDEX)


def test_staff_find_who_owes_points(payer: Keys, purchase: Purchase) -> None:
    sandbox.refund_payment(purchase, paise=purchase.total_paise)
    staff = superuser()

    assert '?needs=debtors">1 partner with a debt of points' in text(staff, INDEX)
    for choice in ("needs=debtors", "debt=yes"):
        found = staff.get(f"/admin/billing/pointbucket/?{choice}").context["cl"]
        assert [bucket.pk for bucket in found.result_list] == [purchase.bucket_id]


def test_staff_book_a_flagged_payment_with_a_reason(fake: FakeRazorpay, payer: Keys) -> None:
    purchase = buy(payer.partner, "razorpay")
    paid = fake.pay(purchase.reference, amount=601_800)
    reconcile_purchase(purchase=purchase)
    address = f"/admin/billing/purchase/{purchase.pk}/book/"
    staff = superuser("asha@shopiq.test")
    assert address in text(staff, f"/admin/billing/purchase/{purchase.pk}/change/")
    assert f"{paid['id']}, ₹6,018.00" in text(staff, address)
    assert staff.post(address, {"payment_id": "pay_other", "reason": "x"}).status_code == 200

    form = {"payment_id": paid["id"], "reason": "Fee borne by the buyer"}
    asked = staff.post(address, {**form, "once": new_id()}).headers["Location"]
    again = staff.post(address, {**form, "once": new_id()}).headers["Location"]
    other = superuser("ravi@shopiq.test")
    assert "New bucket" in text(other, asked)
    other.post(asked.replace("change", "approve"))

    assert "₹118.00" in text(staff, f"/admin/billing/purchase/{purchase.pk}/change/")
    entry = AuditEntry.objects.get(action="purchase.payment_booked")
    assert (entry.actor, entry.detail["reason"]) == ("asha@shopiq.test", "Fee borne by the buyer")
    refused = other.post(again.replace("change", "approve"), follow=True).content.decode()
    assert "Not approved. Duplicate payment" in refused


def test_a_payment_of_less_is_not_booked_and_the_gateway_may_be_away(
    fake: FakeRazorpay, payer: Keys
) -> None:
    purchase = buy(payer.partner, "razorpay")
    paid = fake.pay(purchase.reference, amount=100)
    reconcile_purchase(purchase=purchase)
    address = f"/admin/billing/purchase/{purchase.pk}/book/"
    fields = {"payment_id": paid["id"], "reason": "Please", "once": new_id()}
    staff = superuser()

    assert (
        "No payment covers ₹5,900.00." in staff.post(address, fields, follow=True).content.decode()
    )
    terms: Any = {"purchase": purchase, "payment_id": paid["id"]}
    asked = ask(payer.partner, Kind.BOOKING, purchase.points, **terms)
    approval = f"/admin/billing/approval/{asked.pk}/change/"
    assert "but ₹5,900.00 was due" in text(superuser("mira@shopiq.test"), approval)
    fake.broken = 503
    assert "not responding" in text(superuser("ravi@shopiq.test"), approval)
    assert "not responding" in staff.post(address, fields, follow=True).content.decode()
    assert staff_with("billing.view_purchase").post(address, fields).status_code == 403
    purchase.refresh_from_db()
    assert not purchase.is_paid
