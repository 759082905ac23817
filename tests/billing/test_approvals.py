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

from accounts.models import AuditEntry, StaffInvitation, User
from billing.jobs import end_lapsed_approvals
from billing.models import Approval, LedgerEntry, PointBucket, Tier
from billing.services import (
    AlreadyRequested,
    ApprovalRefused,
    NotApproved,
    NotCorrectable,
    NothingOwed,
    approve,
    check_ledger,
    correct_points,
    decline_approval,
    grant_points,
    withdraw_approval,
    write_off_debt,
)
from billing.services import refund_purchase as refund_service
from billing.services.approval_preview import preview_approval
from billing.services.sandbox import give_back, pay
from billing.services.settlement import book_payment as book_service
from config.db.owned import PLATFORM_ID
from tests.billing.approvals import Kind, ask, ask_refund, let_lapse, person
from tests.billing.operations import refund as refund_call
from tests.billing.operations import start, succeed
from tests.billing.parallel import only, race
from tests.billing.purchases import balance, buy
from tests.factories import Keys, bucket, partner_with_keys
from tests.staff import in_group
from tests.users import browser_of, create_user

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def payer(live_db: None) -> Keys:
    return partner_with_keys()


@pytest.fixture
def ravi(live_db: None) -> User:
    return person("ravi@shopiq.test")


def ask_grant(payer: Keys, points: int = 50_000, **terms: Any) -> Approval:
    return ask(payer.partner, Kind.GRANT, points, tier=Tier.objects.get(pk="starter"), **terms)


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
    give_back(purchase, purchase.total_paise)
    made = PointBucket.objects.get(purchase=purchase)
    assert (made.remaining, made.owed) == (0, 800)
    return made


def test_points_given_back_to_a_bucket_settle_what_it_owes(payer: Keys, ravi: User) -> None:
    filled = indebted(payer)

    correct(filled, 700, ravi)

    filled.refresh_from_db()
    assert (filled.remaining, filled.owed) == (0, 100)
    assert check_ledger().ok


def test_a_debt_is_written_off_and_never_beyond(payer: Keys, ravi: User) -> None:
    filled = indebted(payer)
    asked = ask(payer.partner, Kind.WRITE_OFF, 801)
    with pytest.raises(NothingOwed, match="debt is 8 points"):
        approve(approval=asked, approver=ravi)
    approve(approval=ask(payer.partner, Kind.WRITE_OFF, 500), approver=ravi)
    filled.refresh_from_db()
    assert filled.owed == 300
    assert check_ledger().ok


def test_what_a_person_asks_for_and_approves_in_a_day_is_limited(
    payer: Keys, settings: Any
) -> None:
    settings.APPROVAL_DAILY_POINTS = {"finance": 700, "admin": 0}
    asha, ravi = _finance("asha"), _finance("ravi")
    first = ask_grant(payer, by=asha.email)
    with pytest.raises(ApprovalRefused, match="request 700 points in 24 hours; 200 are left"):
        ask_grant(payer, 20_001, by=asha.email)
    approve(approval=first, approver=ravi)
    second = ask_grant(payer, 20_100, by=_finance("mira").email)
    with pytest.raises(ApprovalRefused, match="approve 700 points in 24 hours; 200 are left"):
        approve(approval=second, approver=ravi)
    approve(approval=second, approver=_finance("dev"))
    with pytest.raises(ApprovalRefused, match="no longer has the permission"):
        ask_grant(payer, 1, by=in_group_user("support").email)


def test_a_small_sum_takes_one_person_by_setting(payer: Keys, settings: Any) -> None:
    settings.APPROVAL_SINGLE_POINTS = 10
    # Small ones count together.
    for points, is_single in ((1_001, False), (600, True), (401, False), (400, True), (1, False)):
        asked = ask_grant(payer, points)
        if is_single:
            assert approve(approval=asked, approver=asked.requested_by).is_single
        else:
            with pytest.raises(ApprovalRefused):
                approve(approval=asked, approver=asked.requested_by)
    assert balance(payer.partner) == 1_000


def test_who_was_invited_by_the_person_who_asks_is_no_second_person(
    payer: Keys, ravi: User, settings: Any
) -> None:
    asha, mira = person(), _finance("mira")
    now, tie = timezone.now(), {"invited_by": asha, "groups": [], "completed_at": timezone.now()}
    for number, invited in enumerate((ravi, mira)):  # her second and third mailbox
        StaffInvitation.objects.create(
            accepted_by=invited, token_hash=bytes([number]), expires_at=now, **tie
        )
    for asker, approver in ((asha, ravi), (mira, ravi), (ravi, asha)):
        asked = ask_grant(payer, by=asker.email)
        with pytest.raises(ApprovalRefused, match="ties you and"):
            approve(approval=asked, approver=approver)
    settings.APPROVAL_SINGLE_POINTS = 10
    small = [ask_grant(payer, 600, by=mira.email) for _ in range(2)]
    assert approve(approval=small[0], approver=ravi).is_single
    with pytest.raises(ApprovalRefused, match="10 points of your own"):
        approve(approval=small[1], approver=asha)
    StaffInvitation.objects.filter(accepted_by=ravi).update(
        confirmed_by=person("dev@shopiq.test"), confirmed_at=now
    )
    assert not approve(approval=asked, approver=asha).is_single


def test_a_request_ends_once(payer: Keys, ravi: User) -> None:
    declined, withdrawn, lapsed = ask_grant(payer), ask_grant(payer), ask_grant(payer)
    with pytest.raises(ApprovalRefused, match="Withdraw"):
        decline_approval(approval=declined, approver=declined.requested_by, note="No")
    with pytest.raises(ApprovalRefused, match="Only the person who asked"):
        withdraw_approval(approval=withdrawn, asker=ravi)
    decline_approval(approval=declined, approver=ravi, note="Not agreed")
    withdraw_approval(approval=withdrawn, asker=withdrawn.requested_by)
    let_lapse(lapsed)
    with pytest.raises(ApprovalRefused, match="has lapsed"):
        approve(approval=lapsed, approver=ravi)
    end_lapsed_approvals()
    states = set(Approval.objects.values_list("state", flat=True))
    assert states == {"declined", "withdrawn", "lapsed"}
    for asked in (declined, withdrawn, lapsed):
        with pytest.raises(ApprovalRefused, match="already"):
            approve(approval=asked, approver=ravi)
    with pytest.raises(AlreadyRequested):
        ask_grant(payer, approval_id=declined.pk)
    assert balance(payer.partner) == 0


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"is_staff": False}, {"is_superuser": False}], ids=str
)
def test_an_approver_who_lost_the_right_in_between_is_refused(
    payer: Keys, ravi: User, change: dict[str, bool]
) -> None:
    asked = ask_grant(payer)
    assert ravi.has_perm("billing.decide_approval")
    User.objects.filter(pk=ravi.pk).update(**change)
    with pytest.raises(ApprovalRefused, match="no longer has the permission"):
        approve(approval=asked, approver=ravi)
    assert balance(payer.partner) == 0


def test_two_who_approve_at_once_approve_once(payer: Keys, ravi: User, threads: Any) -> None:
    asked = ask_grant(payer)
    people = [ravi, *(person(f"person-{n}@shopiq.test") for n in range(threads(32) - 1))]

    done = only(
        ApprovalRefused, race(*[partial(approve, approval=asked, approver=x) for x in people])
    )

    assert len(done) == 1
    assert balance(payer.partner) == 50_000
    assert AuditEntry.objects.filter(action="points.credited").count() == 1


def test_one_person_stays_within_the_limit_with_many_at_once(
    payer: Keys, ravi: User, settings: Any
) -> None:
    settings.APPROVAL_DAILY_POINTS = {"admin": 1_000}
    asked = [ask_grant(payer, 20_000, by=f"p{n}@shopiq.test") for n in range(8)]
    done = only(
        ApprovalRefused, race(*[partial(approve, approval=x, approver=ravi) for x in asked])
    )
    assert (len(done), balance(payer.partner)) == (5, 100_000)


def test_a_preview_shows_before_and_after_and_changes_nothing(payer: Keys, ravi: User) -> None:
    filled = bucket(payer.partner, 1_000)
    asked = ask(payer.partner, Kind.CORRECTION, -400, bucket=filled)
    for viewer in (ravi, asked.requested_by):
        shown = preview_approval(approval=asked, viewer=viewer)
        assert (shown.before.points, shown.after.points, shown.problem) == (1_000, 600, "")
        [change] = shown.changes
        assert change.before
        assert (change.before.remaining, change.bucket.remaining) == (1_000, 600)
    beyond = ask(payer.partner, Kind.CORRECTION, -1_001, bucket=filled)
    assert "Only 10 points" in preview_approval(approval=beyond, viewer=ravi).problem
    assert (balance(payer.partner), LedgerEntry.objects.count()) == (1_000, 1)
    assert set(Approval.objects.values_list("state", flat=True)) == {"pending"}


def _finance(name: str) -> User:
    return in_group_user("finance", f"{name}.f@shopiq.test")


def in_group_user(group: str, email: str = "") -> User:
    email = email or f"{group}@shopiq.test"
    if not User.objects.filter(email=email).exists():
        in_group(group, email)
    return User.objects.get(email=email)
