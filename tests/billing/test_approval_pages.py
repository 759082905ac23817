"""Staff ask on one page and approve on another."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Partner, User
from billing.models import Approval, PointBucket, Tier
from billing.services.sandbox import pay
from config.db.ids import new_id
from tests.billing.approvals import Kind, ask
from tests.billing.purchases import balance, buy
from tests.clocks import moved_clocks
from tests.factories import PartnerFactory, bucket
from tests.staff import in_group, superuser

pytestmark = pytest.mark.django_db
LIST = "/admin/billing/approval/"


@pytest.fixture
def partner() -> Partner:
    return PartnerFactory.create(name="Nova <b>Retail</b>")


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def decide(staff: Client, address: str, how: str, **form: str) -> str:
    return text(staff.post(address.replace("/change/", f"/{how}/"), form, follow=True))


def test_one_of_finance_asks_and_another_approves(partner: Partner) -> None:
    filled = bucket(partner, 100_000)
    asha, ravi = in_group("finance", "asha@shopiq.test"), in_group("finance", "ravi@shopiq.test")
    form = {"direction": "remove", "points": "250.5", "reason": "Not <i>charged</i>"}
    page = f"/admin/billing/pointbucket/{filled.pk}/correct/"
    assert page in asha.get(f"/admin/billing/pointbucket/{filled.pk}/change/").content.decode()
    assert "1,000 of 1,000 points" in text(asha.get(page))
    asked = asha.post(page, {**form, "once": new_id()}).headers["Location"]

    own = text(asha.get(asked))
    assert "Another person has to approve" in own
    assert "Approve and carry out" not in own
    assert "Another person has to approve" in decide(asha, asked, "approve")
    shown = text(ravi.get(asked))
    assert '<td class="number">1,000</td> <td class="number">749.5</td>' in shown
    assert "Not &lt;i&gt;charged&lt;/i&gt;" in shown
    assert balance(partner) == 100_000
    assert "Approved and carried out." in decide(ravi, asked, "approve")
    assert balance(partner) == 74_950
    assert "approved already" in decide(ravi, asked, "approve")


def test_the_asker_of_a_small_sum_is_told_that_no_second_person_is_needed(
    partner: Partner, settings: Any
) -> None:
    settings.APPROVAL_SINGLE_POINTS = 100
    filled, asha = bucket(partner, 100_000), in_group("finance")
    page = f"/admin/billing/pointbucket/{filled.pk}/correct/"
    form = {"direction": "remove", "reason": "Charged twice"}
    small = asha.post(page, {**form, "points": "100", "once": new_id()}, follow=True)
    assert "You can approve it yourself" in text(small)
    large = asha.post(page, {**form, "points": "101", "once": new_id()}, follow=True)
    assert "once another person approves it" in text(large)


def test_an_approver_who_loses_the_right_after_opening_the_request_is_refused(
    partner: Partner,
) -> None:
    asked, ravi = ask(partner, Kind.GRANT, 100, tier=Tier.objects.first()), in_group("finance")
    address = f"{LIST}{asked.pk}/change/"
    assert "Approve and carry out" in text(ravi.get(address))
    User.objects.get(email="finance@shopiq.test").groups.clear()
    assert ravi.post(f"{LIST}{asked.pk}/approve/").status_code == 403
    asked.refresh_from_db()
    assert (asked.state, balance(partner)) == ("pending", 0)


def test_a_request_is_declined_with_a_reason_or_withdrawn(partner: Partner) -> None:
    asha, ravi = superuser("asha@shopiq.test"), superuser("ravi@shopiq.test")
    declined, withdrawn = (ask(partner, Kind.WRITE_OFF, 100) for _ in range(2))
    address = f"{LIST}{declined.pk}/change/"
    assert "cannot be carried out now. The debt is 0 points now." in text(ravi.get(address))
    assert "Say why you decline." in decide(ravi, address, "decline")
    assert "Request declined." in decide(ravi, address, "decline", note="No debt")
    assert "No debt" in text(asha.get(address))
    assert "Request withdrawn." in decide(asha, f"{LIST}{withdrawn.pk}/change/", "withdraw")
    assert set(Approval.objects.values_list("state", flat=True)) == {"declined", "withdrawn"}


def test_what_is_unspent_of_a_purchase_and_a_debt(partner: Partner) -> None:
    purchase, staff = pay(buy(partner)), superuser("asha@shopiq.test")
    PointBucket.objects.update(remaining=400_000, owed=5_000)
    form = {"extent": "unspent", "reason": "Leaves us", "once": new_id()}
    request = staff.post(f"/admin/billing/purchase/{purchase.pk}/refund/", form)
    # Four fifths of ₹5,900.00.
    assert '<td class="number">₹4,720.00</td>' in text(staff.get(request.headers["Location"]))
    page = f"{LIST}write-off/{partner.pk}/"
    assert 'value="50"' in text(staff.get(page))
    staff.post(page, {"points": "50", "reason": "Goodwill", "once": new_id()})
    asked = Approval.objects.order_by("pk").values_list("kind", "points", "is_unspent_only")
    assert set(asked) == {("refund", -400_000, True), ("write_off", 5_000, False)}


def test_a_request_that_has_lapsed_offers_no_decision(partner: Partner) -> None:
    asked = ask(partner, Kind.GRANT, 100, tier=Tier.objects.get(pk="starter"))
    with moved_clocks(asked.expires_at + timedelta(minutes=1)):
        page = text(superuser().get(f"{LIST}{asked.pk}/change/"))
    assert "Lapsed on" in page
    assert "Approve and carry out" not in page


@pytest.mark.parametrize("group", ["support", "operations"])
def test_other_groups_neither_ask_nor_see_nor_approve(partner: Partner, group: str) -> None:
    asked, staff = ask(partner, Kind.WRITE_OFF, 100), in_group(group)
    for page in ("/admin/billing/pointbucket/grant/", LIST, f"{LIST}{asked.pk}/change/"):
        assert staff.get(page).status_code == 403
    for how in ("approve", "decline", "withdraw"):
        assert staff.post(f"{LIST}{asked.pk}/{how}/").status_code == 403
        seen = superuser(f"{how}@shopiq.test").get(f"{LIST}{asked.pk}/{how}/")
        assert seen.headers["Location"] == f"{LIST}{asked.pk}/change/"
    assert Approval.objects.get().state == "pending"


def test_a_limit_is_told_on_the_page(partner: Partner, settings: Any) -> None:
    settings.APPROVAL_DAILY_POINTS = {"finance": 10}
    form = {"partner": partner.pk, "tier": "starter", "points": "11", "reason": "x"}
    page = in_group("finance").post(
        "/admin/billing/pointbucket/grant/", {**form, "once": new_id()}, follow=True
    )
    assert "You may request 10 points in 24 hours; 10 are left." in text(page)
