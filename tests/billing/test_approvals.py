"""Points and money move once a second person approves, once, and never otherwise."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import AuditEntry, User
from billing.models import Approval, LedgerEntry, PointBucket
from billing.services import (
    ApprovalRefused,
    NotApproved,
    NotCorrectable,
    NothingOwed,
    NotReturnable,
    approve,
    check_ledger,
    correct_points,
    decline_approval,
    grant_points,
    write_off_debt,
)
from billing.services import refund_purchase as refund_service
from billing.services.approval_preview import preview_approval
from billing.services.ledger import GrantTooLarge
from billing.services.sandbox import pay, refund_payment
from billing.services.settlement import book_payment as book_service
from config.db.owned import PLATFORM_ID
from tests.billing.approval_requests import ask_grant
from tests.billing.approvals import Kind, ask, ask_refund, receive_transfer
from tests.billing.operations import refund as refund_call
from tests.billing.operations import start, succeed
from tests.billing.purchases import balance, buy
from tests.factories import Keys, bucket
from tests.users import browser_of, create_user

ROOT = Path(__file__).resolve().parents[2]


def correct(filled: PointBucket, points: int, approver: User) -> Approval:
    asked = ask(filled.partner, Kind.CORRECTION, points, bucket=filled)
    return approve(approval=asked, approver=approver)


def test_a_grant_is_credited_when_another_person_approves(
    payer: Keys, ravi: User, mailoutbox: list[EmailMessage]
) -> None:
    asked = ask_grant(payer)
    assert balance(payer.partner) == 0
    assert [mail.to for mail in mailoutbox] == [["ravi@shopiq.test"]]
    with pytest.raises(ApprovalRefused, match="Another person has to approve"):
        approve(approval=asked, approver=asked.requested_by)

    approve(approval=asked, approver=ravi)

    made = PointBucket.objects.get()
    assert (made.pk, made.original, made.note) == (asked.pk, 50_000, "Agreed by phone")
    assert mailoutbox[-1].to == ["asha@shopiq.test"]
    seen = AuditEntry.objects.of(payer.partner.pk).get(action="points.credited")
    assert (seen.actor, seen.detail["approved_by"]) == ("asha@shopiq.test", ravi.email)
    trail = AuditEntry.objects.of(PLATFORM_ID).filter(target=asked.pk).order_by("at")
    assert [entry.action for entry in trail] == ["approval.requested", "approval.approved"]


def test_no_service_moves_anything_that_is_not_approved(payer: Keys, ravi: User) -> None:
    filled, purchase = bucket(payer.partner, 1_000), pay(buy(payer.partner))
    payment: Any = None
    terms: list[tuple[Any, Approval]] = [
        (grant_points, ask_grant(payer)),
        (correct_points, ask(payer.partner, Kind.CORRECTION, -1, bucket=filled)),
        (refund_service, ask_refund(purchase)),
        (write_off_debt, ask(payer.partner, Kind.WRITE_OFF, 1)),
        (
            partial(book_service, payment=payment),
            ask(payer.partner, Kind.BOOKING, 1, purchase=purchase, payment_id="pay_1"),
        ),
    ]
    before = list(LedgerEntry.objects.values_list("pk", flat=True))
    for service, asked in terms:
        asked.state = Approval.State.APPROVED  # in memory only
        with pytest.raises(NotApproved):
            service(approval=asked)
    approve(approval=terms[0][1], approver=ravi)
    for service, _ in terms:
        with pytest.raises(NotApproved):
            service(approval=terms[0][1])
    assert LedgerEntry.objects.count() == len(before) + 1


def test_only_commands_act_as_an_operator() -> None:
    allowed = re.compile(
        r"\w+/management/|billing/services/(onboarding|ledger)\.py|tests/|benchmarks/"
    )
    for path in ROOT.glob("*/**/*.py"):
        name = str(path.relative_to(ROOT))
        if not name.startswith(".") and not allowed.match(name):
            assert "Operator(" not in path.read_text(), name


def test_what_was_asked_and_decided_never_changes(payer: Keys, ravi: User) -> None:
    asked = ask_grant(payer)
    rows = Approval.objects.filter(pk=asked.pk)
    changes: list[dict[str, Any]] = [
        {"points": 1},
        {"reason": "Other"},
        {"expires_at": timezone.now()},
        {"state": "approved", "decided_by": asked.requested_by, "decided_at": timezone.now()},
        {"state": "approved"},
        {"carried_out_at": timezone.now()},
    ]
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    approve(approval=asked, approver=ravi)
    for change in ({"state": "pending"}, {"carried_out_at": None}, {"decided_by": None}):
        with pytest.raises(DatabaseError, match="has been decided"), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError, match="DELETE refused"), transaction.atomic():
        rows.delete()


def test_a_correction_moves_what_has_been_used_within_the_bucket(payer: Keys, ravi: User) -> None:
    filled = bucket(payer.partner, 2_000)
    succeed(start(payer))
    running = start(payer)
    with pytest.raises(NotCorrectable, match="Only 4 points of this bucket are unspent"):
        correct(filled, -401, ravi)
    with pytest.raises(NotCorrectable, match="Only 8 points of this bucket have been spent"):
        correct(filled, 801, ravi)

    correct(filled, 800, ravi)
    refund_call(running)
    assert balance(payer.partner) == 2_000
    correct(filled, -2_000, ravi)

    assert balance(payer.partner) == 0
    entries = LedgerEntry.objects.filter(kind="correction").in_order()
    assert list(entries.values_list("points", flat=True)) == [800, -2_000]
    assert check_ledger().ok
    page = browser_of(create_user(payer.partner)).get("/dashboard/points/ledger/")
    assert page.content.decode().count("Agreed by phone") == 2
    seen = AuditEntry.objects.of(payer.partner.pk).filter(action="points.corrected")
    assert {entry.detail["reason"] for entry in seen} == {"Agreed by phone"}


def indebted(payer: Keys) -> PointBucket:
    """Return the bucket of a purchase of which 8 points were used before its payment went back."""
    purchase = pay(buy(payer.partner))
    succeed(start(payer))
    refund_payment(purchase, paise=purchase.total_paise)
    made = PointBucket.objects.get(purchase=purchase)
    assert (made.remaining, made.owed) == (0, 800)
    return made


def test_points_given_back_to_a_bucket_settle_what_it_owes(payer: Keys, ravi: User) -> None:
    filled = indebted(payer)
    with pytest.raises(NotCorrectable, match="Only 8 points of this bucket have been spent"):
        correct(filled, 801, ravi)

    correct(filled, 700, ravi)

    filled.refresh_from_db()
    assert (filled.remaining, filled.owed) == (0, 100)
    assert AuditEntry.objects.get(action="points.corrected").detail["debt_settled"] == 700
    assert check_ledger().ok


def test_a_debt_is_written_off_and_never_beyond(payer: Keys, ravi: User) -> None:
    filled = indebted(payer)
    asked = ask(payer.partner, Kind.WRITE_OFF, 801)
    with pytest.raises(NothingOwed, match="debt is 8 points"):
        approve(approval=asked, approver=ravi)
    approve(approval=ask(payer.partner, Kind.WRITE_OFF, 500), approver=ravi)
    filled.refresh_from_db()
    assert filled.owed == 300
    entry = AuditEntry.objects.get(action="points.debt_written_off")
    assert (entry.partner_id, entry.detail["points"]) == (payer.partner.pk, 500)
    assert check_ledger().ok


def test_a_preview_shows_before_and_after_and_changes_nothing(payer: Keys, ravi: User) -> None:
    filled = bucket(payer.partner, 1_000)
    decline_approval(approval=ask_grant(payer), approver=ravi, note="No")
    asked = ask(payer.partner, Kind.CORRECTION, -400, bucket=filled)
    for viewer in (ravi, asked.requested_by):
        shown = preview_approval(approval=asked, viewer=viewer)
        assert (shown.before.points, shown.after.points, shown.problem) == (1_000, 600, "")
        assert shown.refund_paise == 0
        [change] = shown.changes
        assert change.before
        assert (change.before.remaining, change.bucket.remaining) == (1_000, 600)
    beyond = ask(payer.partner, Kind.CORRECTION, -1_001, bucket=filled)
    refused = preview_approval(approval=beyond, viewer=ravi)
    assert "Only 10 points" in refused.problem
    assert (refused.changes, refused.refund_paise) == ([], 0)
    assert (balance(payer.partner), LedgerEntry.objects.count()) == (1_000, 1)
    assert set(Approval.objects.values_list("state", flat=True)) == {"declined", "pending"}


def test_a_transfer_goes_back_only_from_its_own_purchase(payer: Keys, ravi: User) -> None:
    purchase, other = (buy(payer.partner, "manual") for _ in range(2))
    receive_transfer(purchase=purchase, reference="UTR1", amount_paise=1)
    asked = ask(payer.partner, Kind.RETURN, -1, purchase=other, payment_id="UTR1")

    with pytest.raises(NotReturnable):
        approve(approval=asked, approver=ravi)


def test_a_grant_has_a_ceiling_at_its_approval_too(payer: Keys, ravi: User) -> None:
    asked = ask_grant(payer, 100_000_001)
    with pytest.raises(GrantTooLarge):
        approve(approval=asked, approver=ravi)
