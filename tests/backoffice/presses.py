"""Every act of staff on one row: how it is brought about, what its form says, and who may do it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP
from django.utils import timezone

from accounts.models import Invitation, Member, Partner, StaffInvitation, User
from accounts.services.live_access import request_live_access
from accounts.services.partners import deactivate_partner
from billing.gst import INDIAN_TIME
from billing.models import Approval, BillingProfile, PointBucket, Purchase, SandboxPayment
from billing.services.approval_rules import REQUEST
from config.admin.permissions import ADMIN, GROUPS
from config.db.ids import new_id
from deployments.models import Deployment, Website
from deployments.services.site_takedowns import take_down_site
from imaging.models import ImageOperation
from imaging.services.takedowns import take_down_images
from tests.billing.approvals import ask, receive_transfer
from tests.seed import Side

EVERYONE, HELPERS, RUNNERS = set(GROUPS), {"support", "operations", ADMIN}, {"operations", ADMIN}
FINANCE, OPENERS = {"finance", ADMIN}, {"support", "finance", ADMIN}
_DESK, _PAYMENT = "desk@shopiq.test", "a" * 24
Form = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scene:
    """The partner, the person who presses, and a colleague."""

    side: Side
    user: User
    colleague: User


@dataclass(frozen=True, slots=True)
class Press:
    """`prepare` brings the row into a state to which the act applies and returns its key."""

    page: str
    may: set[str]
    prepare: Callable[[Scene], Any]
    form: Form = field(default_factory=dict)

    def filled(self) -> Form:
        """Return what the form asks for; most ask for a reason."""
        today = datetime.now(INDIAN_TIME).date().isoformat()
        given = {"reason": "Agreed by phone", "once": new_id(), "received_on": today}
        return {**given, **self.form}


def _partner(scene: Scene) -> str:
    return scene.side.partner.pk


def _row(name: str) -> Callable[[Scene], str]:
    return lambda scene: scene.side.rows[name]


def _with_owner(scene: Scene) -> str:
    Partner.objects.filter(pk=_partner(scene)).update(staff_owner=scene.colleague)
    return _partner(scene)


def _is_not_approved(scene: Scene) -> str:
    Partner.objects.filter(pk=_partner(scene)).update(live_approved_at=None)
    return _partner(scene)


def _asks_for_access(scene: Scene) -> str:
    _is_not_approved(scene)
    scene.side.partner.refresh_from_db()
    request_live_access(
        partner=scene.side.partner, website="https://nova.test/", purpose="Shops", actor="p"
    )
    return _partner(scene)


def _is_inactive(scene: Scene) -> str:
    deactivate_partner(partner=scene.side.partner, actor=_DESK, reason="Unpaid")
    return _partner(scene)


def _with_second_factor(scene: Scene) -> str:
    TOTP.activate(scene.user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    return _partner(scene)


def _has_second_factor(scene: Scene) -> str:
    return str(Member.objects.of(_partner(scene)).get(user=scene.side.people["admin"]).pk)


def _is_building(scene: Scene) -> str:
    row = scene.side.rows["created_deployment"]
    assert Deployment.objects.of(_partner(scene)).running().filter(pk=row).exists()
    return row


def _website(scene: Scene) -> str:
    return Deployment.objects.get(pk=scene.side.rows["live_deployment"]).website_id


def _taken_down_site(scene: Scene) -> str:
    website = Website.objects.get(pk=_website(scene))
    take_down_site(website=website, reason="Illegal", actor=_DESK)
    return website.pk


def _taken_down_images(scene: Scene) -> str:
    operation = ImageOperation.objects.get(pk=scene.side.rows["operation"])
    take_down_images(operation=operation, reason="Illegal", actor=_DESK)
    return operation.pk


def _paid_too_much(scene: Scene) -> str:
    purchase = Purchase.objects.get(pk=scene.side.rows["sandbox_purchase"])
    SandboxPayment.objects.create(
        id=_PAYMENT,
        partner=purchase.partner,
        purchase=purchase,
        amount_paise=purchase.total_paise + 100,
        currency="INR",
        is_captured=True,
        happens_at=timezone.now(),
    )
    return purchase.pk


def _paid_in_part(scene: Scene) -> str:
    purchase = Purchase.objects.get(pk=scene.side.rows["purchase"])
    receive_transfer(purchase=purchase, reference="UTR400000", amount_paise=100)
    return str(purchase.transfers.get().pk)


def _owes(scene: Scene) -> str:
    PointBucket.objects.of(_partner(scene)).update(owed=500)
    return _partner(scene)


def _asked(by: Callable[[Scene], User]) -> Callable[[Scene], str]:
    def prepare(scene: Scene) -> str:
        bucket = PointBucket.objects.get(pk=scene.side.rows["bucket"])
        kind = Approval.Kind.CORRECTION
        return ask(bucket.partner, kind, -100, by=by(scene).email, bucket=bucket).pk

    return prepare


def _asker(scene: Scene) -> User:
    return scene.user if scene.user.has_perm(REQUEST) else scene.colleague


def _invitation(**fields: Any) -> StaffInvitation:
    now = timezone.now()
    email, expires_at = "mira@shopiq.test", now + timedelta(days=1)
    return StaffInvitation.objects.create(
        email=email, groups=["support"], token_hash=b"1", expires_at=expires_at, **fields
    )


def _tied_colleague(scene: Scene) -> int:
    inviter = User.objects.create_user(_DESK, None, is_staff=True)
    _invitation(invited_by=inviter, accepted_by=scene.colleague, completed_at=timezone.now())
    return scene.colleague.pk


PRESSES = (
    Press("partner-approve", RUNNERS, _is_not_approved),
    Press("partner-decline", RUNNERS, _asks_for_access),
    Press("partner-deactivate", RUNNERS, _partner),
    Press("partner-reactivate", RUNNERS, _is_inactive),
    Press("partner-limits", RUNNERS, _partner, {"requests_per_minute": "7"}),
    Press("partner-note", EVERYONE, _partner, {"text": "Called them"}),
    Press("partner-owner", HELPERS, _with_owner),
    Press("partner-view", HELPERS, _with_second_factor),
    Press("partner-revoke-keys", RUNNERS, _partner),
    Press("partner-revoke-links", RUNNERS, _partner),
    Press("partner-sign-out", RUNNERS, _partner),
    Press("partner-resend-webhooks", HELPERS, _partner),
    Press("member-sign-out", RUNNERS, _row("member")),
    Press("member-second-factor", {ADMIN}, _has_second_factor),
    Press("key-revoke", RUNNERS, _row("key")),
    Press("key-rules", RUNNERS, _row("key"), {"requests_per_minute": "5"}),
    Press("deployment-retry", HELPERS, _row("failed_deployment")),
    Press("deployment-cancel", RUNNERS, _is_building),
    Press("website-rebuild", HELPERS, _website),
    Press("website-take-down", RUNNERS, _website),
    Press("website-restore", RUNNERS, _taken_down_site),
    Press("operation-take-down", RUNNERS, _row("operation")),
    Press("operation-restore", RUNNERS, _taken_down_images),
    Press("delivery-resend", HELPERS, _row("failed_webhook")),
    Press(
        "billing_purchase_transfer",
        FINANCE,
        _row("purchase"),
        {"bank_reference": "UTR700000", "amount": "1"},
    ),
    Press("billing_purchase_refund", FINANCE, _row("paid_purchase"), {"extent": "unspent"}),
    Press("billing_purchase_book", FINANCE, _paid_too_much, {"payment_id": _PAYMENT}),
    Press("billing_banktransfer_return", FINANCE, _paid_in_part),
    Press(
        "billing_pointbucket_correct",
        FINANCE,
        _row("bucket"),
        {"direction": "remove", "points": "1"},
    ),
    Press("billing_approval_write_off", FINANCE, _owes, {"points": "1"}),
    Press("billing_approval_approve", FINANCE, _asked(lambda scene: scene.colleague)),
    Press(
        "billing_approval_decline",
        FINANCE,
        _asked(lambda scene: scene.colleague),
        {"note": "Not agreed"},
    ),
    Press("billing_approval_withdraw", FINANCE, _asked(_asker)),
    Press("staff_groups", {ADMIN}, lambda scene: scene.colleague.pk, {"groups": ["support"]}),
    Press("staff_remove", {ADMIN}, lambda scene: scene.colleague.pk),
    Press("staff_confirm", {ADMIN}, _tied_colleague),
    Press("staff_withdraw", {ADMIN}, lambda scene: _invitation(invited_by=scene.colleague).pk),
    Press("open-account", OPENERS, _row("account")),
    Press("open-member", OPENERS, _row("member")),
    Press(
        "open-invitation",
        OPENERS,
        lambda scene: Invitation.objects.of(_partner(scene)).latest("created_at").pk,
    ),
    Press("open-invoice", OPENERS, _row("invoice")),
    Press(
        "open-billingprofile",
        OPENERS,
        lambda scene: BillingProfile.objects.of(_partner(scene)).get().pk,
    ),
)
