"""Staff record bank transfers; a second person books them, or lets them go back."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import AuditEntry
from billing.gateways import Payment, gateway_named
from billing.gst import INDIAN_TIME
from billing.models import Approval, BankTransfer, Invoice, PaymentReturn, Purchase
from billing.services import (
    ApprovalRefused,
    NotApproved,
    NotBookable,
    NotReturnable,
    TransferRefused,
    approve,
    check_ledger,
    reconcile_purchase,
    record_transfer,
    request_return,
    return_transfer,
    settle_purchase,
)
from config.db.ids import new_id
from tests.billing.approvals import Kind, ask, person, receive_transfer
from tests.billing.chains import without_triggers
from tests.billing.parallel import only, race
from tests.billing.purchases import balance, buy
from tests.factories import PartnerFactory
from tests.staff import in_group, superuser

DUE = 590_000


@pytest.fixture
def purchase(live_db: None) -> Purchase:
    return buy(PartnerFactory.create(), "manual")


def record(purchase: Purchase, reference: str, paise: int = DUE) -> Approval | None:
    return record_transfer(
        purchase=purchase,
        reference=reference,
        amount_paise=paise,
        received_on=timezone.now().date(),
        staff=person("asha@shopiq.test"),
    )


def ask_return(reference: str) -> Approval:
    rows = BankTransfer.objects.select_related("partner", "purchase")
    transfer = rows.get(reference=reference)
    return request_return(
        transfer=transfer, asker=person("asha@shopiq.test"), reason="Wrong", once=new_id()
    )


def decide(asked: Approval | None) -> None:
    assert asked
    approve(approval=asked, approver=person("ravi@shopiq.test"))


def states() -> dict[str, str]:
    return dict(BankTransfer.objects.values_list("reference", "state"))


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_one_of_finance_records_and_another_books(purchase: Purchase) -> None:
    asha, ravi = in_group("finance", "asha@shopiq.test"), in_group("finance", "ravi@shopiq.test")
    page = f"/admin/billing/purchase/{purchase.pk}/transfer/"
    assert 'value="5900"' in text(asha.get(page)).replace("5900.00", "5900")
    day = purchase.created_at.astimezone(INDIAN_TIME).date()
    form = {"bank_reference": "utr 0001 42", "amount": "5900", "received_on": str(day)}
    for wrong in (
        {"bank_reference": "UTR<script>"},
        {"amount": "0"},
        {"received_on": "2999-01-01"},
        {"received_on": str(day - timedelta(days=1))},
    ):
        assert asha.post(page, form | wrong).status_code == 200
    asked = asha.post(page, form).headers["Location"]

    assert balance(purchase.partner) == 0
    received = f"₹5,900.00 on {day:%-d %b %Y}, received (₹5,900.00 due)"
    assert f"UTR000142</a>: {received}" in text(ravi.get(asked))
    own = text(asha.post(asked.replace("/change/", "/approve/"), follow=True))
    assert "Another person has to approve" in own
    ravi.post(asked.replace("/change/", "/approve/"))

    purchase.refresh_from_db()
    assert (purchase.payment_id, balance(purchase.partner)) == ("UTR000142", 500_000)
    entry = AuditEntry.objects.get(action="purchase.transfer_recorded")
    assert (entry.actor, entry.detail["amount_paise"]) == ("asha@shopiq.test", 590_000)
    entry = AuditEntry.objects.get(action="purchase.payment_booked")
    assert (entry.actor, entry.detail["approved_by"]) == ("asha@shopiq.test", "ravi@shopiq.test")
    assert states() == {"UTR000142": "booked"}
    again = text(asha.post(page, form, follow=True))
    assert "Transfer UTR000142 is recorded for" in again
    assert text(asha.post("/admin/search/", {"q": "utr000142"}, follow=True)).count("₹5,900.00")


def test_no_service_books_a_transfer_without_approval(purchase: Purchase) -> None:
    record(purchase, "UTR0001")
    with pytest.raises(NotApproved, match="staff book"):
        settle_purchase(
            purchase_id=purchase.pk,
            payment=Payment("UTR0001", DUE, "INR", True, timezone.now()),
            actor="staff@shopiq.test",
        )
    assert not reconcile_purchase(purchase=purchase).is_paid
    with pytest.raises(NotApproved):
        return_transfer(approval=ask_return("UTR0001"))
    assert (balance(purchase.partner), states()) == (0, {"UTR0001": "received"})


def test_a_part_is_flagged_until_the_rest_arrives(purchase: Purchase) -> None:
    assert record(purchase, "UTR0001", DUE - 100) is None
    purchase.refresh_from_db()
    assert "UTR0001 is ₹5,899.00; ₹5,900.00 is due" in purchase.attention
    terms: Any = {"purchase": purchase, "payment_id": "UTR0001"}
    too_little = ask(purchase.partner, Kind.BOOKING, purchase.points, **terms)
    with pytest.raises(NotBookable):
        decide(too_little)
    page = superuser().get(f"/admin/billing/purchase/{purchase.pk}/book/", follow=True)
    assert "No payment covers ₹5,900.00." in text(page)

    decide(record(purchase, "UTR0002", 100))

    purchase.refresh_from_db()
    assert (purchase.payment_id, purchase.excess_paise, purchase.attention) == ("UTR0001", 0, "")
    assert states() == {"UTR0001": "booked", "UTR0002": "booked"}
    assert Invoice.objects.get().total_paise == DUE
    assert check_ledger().ok


def test_more_than_is_due_is_flagged_booked_and_its_excess_sent_back(purchase: Purchase) -> None:
    assert record(purchase, "UTR0001", DUE + 10_000) is None
    staff = superuser("mira@shopiq.test")
    page = f"/admin/billing/purchase/{purchase.pk}/"
    assert f"{page}book/" in text(staff.get(f"{page}change/"))
    form = {"payment_id": "UTR0001", "reason": "Paid too much", "once": new_id()}
    decide(Approval.objects.get(pk=staff.post(f"{page}book/", form).headers["Location"][-32:-8]))
    purchase.refresh_from_db()
    assert (purchase.excess_paise, purchase.attention) == (10_000, "")

    assert "What was paid above the total: ₹100.00" in text(staff.get(f"{page}refund/"))
    staff.post(f"{page}refund/", {"extent": "excess", "reason": "Too much", "once": new_id()})
    back = Approval.objects.get(kind="refund")
    with pytest.raises(ApprovalRefused):
        approve(approval=back, approver=back.requested_by)
    decide(back)

    purchase.refresh_from_db()
    assert (purchase.state, purchase.returned_paise) == ("paid", 0)
    assert PaymentReturn.objects.get().amount_paise == 10_000
    assert balance(purchase.partner) == 500_000
    assert not Invoice.objects.filter(kind="credit_note").exists()


def test_a_transfer_goes_back_when_a_second_person_approves(purchase: Purchase) -> None:
    record(purchase, "UTR0001", 1)
    record(purchase, "UTR0002", 1)
    staff = superuser("mira@shopiq.test")
    transfer = BankTransfer.objects.get(reference="UTR0001")
    shown = f"/admin/billing/banktransfer/{transfer.pk}/"
    assert f"{shown}return/" in text(staff.get(f"{shown}change/"))
    staff.post(f"{shown}return/", {"reason": "Not ours", "once": new_id()})
    asked = Approval.objects.get()
    assert asked.points == -1  # though a paisa buys less
    decide(asked)

    purchase.refresh_from_db()
    assert (states(), purchase.is_paid) == ({"UTR0001": "returned", "UTR0002": "received"}, False)
    assert "UTR0001" not in purchase.attention
    assert "UTR0002" in purchase.attention
    assert AuditEntry.objects.get(action="purchase.transfer_returned").detail["reason"]
    with pytest.raises(TransferRefused, match="is recorded for"):
        record(purchase, "utr0001")
    with pytest.raises(NotReturnable):
        decide(ask_return("UTR0001"))


def test_the_transfers_of_a_purchase_are_one_payment_by_the_name_of_the_first(
    purchase: Purchase,
) -> None:
    other = buy(purchase.partner, "manual")
    for number, (paid, paise) in enumerate(((purchase, 1), (other, 2), (purchase, 4))):
        record(paid, f"UTR000{number}", paise)
    change = "UPDATE billing_banktransfer SET recorded_at = 'epoch' WHERE reference = 'UTR0002'"
    with without_triggers() as cursor:  # the clock was set back
        cursor.execute(change)

    gateway = gateway_named("manual")
    fetched = [payment for each in (purchase, other) for payment in gateway.fetch(each)]
    assert [(x.id, x.amount_paise) for x in fetched] == [("UTR0002", 5), ("UTR0001", 2)]


def test_a_second_transfer_of_a_paid_purchase_is_flagged(purchase: Purchase) -> None:
    decide(record(purchase, "UTR0001"))
    assert record(purchase, "UTR0002") is None
    purchase.refresh_from_db()
    assert "Duplicate payment UTR0002" in purchase.attention
    decide(ask_return("UTR0002"))
    assert balance(purchase.partner) == 500_000
    assert states() == {"UTR0001": "booked", "UTR0002": "returned"}


def test_a_transfer_is_booked_or_returned_whoever_is_faster(purchase: Purchase) -> None:
    booking, back = record(purchase, "UTR0001"), ask_return("UTR0001")

    refused = (ApprovalRefused, NotBookable, NotReturnable)
    only(refused, race(*[partial(decide, each) for each in (booking, back) for _ in range(4)]))  # type: ignore[arg-type]

    purchase.refresh_from_db()
    end = {"UTR0001": "booked" if purchase.is_paid else "returned"}
    assert (states(), balance(purchase.partner)) == (end, 500_000 if purchase.is_paid else 0)


def test_many_who_record_one_transfer_record_it_once(purchase: Purchase) -> None:
    other = buy(purchase.partner, "manual")

    only(TransferRefused, race(*[partial(record, x, "UTR0001") for x in (purchase, other) * 4]))

    assert (BankTransfer.objects.count(), Approval.objects.count()) == (1, 1)


def test_what_arrived_never_changes(purchase: Purchase) -> None:
    receive_transfer(purchase=purchase)
    rows = BankTransfer.objects.filter(purchase=purchase)
    for change in ({"amount_paise": 1}, {"state": "received", "closed_at": None}):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError, match="DELETE refused"), transaction.atomic():
        rows.delete()


def test_only_purchases_by_bank_transfer_take_one(live_db: None) -> None:
    with pytest.raises(TransferRefused, match="not paid by bank transfer"):
        record(buy(PartnerFactory.create()), "UTR0001")
