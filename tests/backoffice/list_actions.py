"""Every action of a list, the row that it is pressed on, and who may; and pages without a row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import AutoLoginLink, Partner
from accounts.services.partners import deactivate_partner
from billing.models import Package, Purchase, Tier
from billing.services import schedule_package_price, schedule_price
from config.admin.permissions import ADMIN
from config.mail.models import OutgoingMail
from tests.backoffice.presses import EVERYONE, FINANCE, HELPERS, RUNNERS
from tests.seed import Side
from tests.seed.decisions import add_failed_mail

#: Page without a row → who opens it; reports are for finance.
PAGES = {
    "search": EVERYONE,
    "staff": {ADMIN},
    "staff_invite": {ADMIN},
    "reports": FINANCE,
    "billing_pointbucket_grant": FINANCE,
}
_TOMORROW = timezone.now() + timedelta(days=1)
#: What one action or another asks for.
FORM = {"confirmed": "yes", "reason": "Agreed by phone", "requests_per_minute": "7"}


def _row(name: str) -> Callable[[Side], str]:
    return lambda side: side.rows[name]


def _partner(side: Side) -> str:
    return side.partner.pk


def _is_not_approved(side: Side) -> str:
    Partner.objects.filter(pk=side.partner.pk).update(live_approved_at=None)
    return side.partner.pk


def _is_inactive(side: Side) -> str:
    deactivate_partner(partner=side.partner, actor="desk", reason="Unpaid")
    return side.partner.pk


def _link(side: Side) -> str:
    return AutoLoginLink.objects.of(side.partner.pk).active().latest("created_at").pk


def _second_factor(side: Side) -> int:
    return side.people["admin"].pk


def _price(_: Side) -> int:
    tier = Tier.objects.get(pk="starter")
    terms: dict[str, Any] = {"tier": tier, "action": "create", "mode": "fast", "points": 975}
    return schedule_price(**terms, starts_at=_TOMORROW, actor="desk").pk


def _package_price(_: Side) -> int:
    package = Package.objects.get(pk="pack_5000")
    return schedule_package_price(
        package=package, price_paise=100, starts_at=_TOMORROW, actor="desk"
    ).pk


def _purchase(side: Side) -> str:
    row = side.rows["paid_purchase"]
    Purchase.objects.of(side.partner.pk).filter(pk=row).update(attention="Paid twice")
    return row


def _mail(_: Side) -> str:
    add_failed_mail()
    return OutgoingMail.objects.latest("pk").pk


#: Action of a list → who may press it, and how the row is brought about.
ACTIONS: dict[str, tuple[set[str], Callable[[Side], Any]]] = {
    "accounts.account:revoke_links": (RUNNERS, _row("account")),
    "accounts.apikey:revoke": (RUNNERS, _row("key")),
    "accounts.autologinlink:revoke": (RUNNERS, _link),
    "accounts.partner:approve": (RUNNERS, _is_not_approved),
    "accounts.partner:change_limits": (RUNNERS, _partner),
    "accounts.partner:deactivate": (RUNNERS, _partner),
    "accounts.partner:reactivate": (RUNNERS, _is_inactive),
    "accounts.user:remove_second_factor": ({ADMIN}, _second_factor),
    "billing.operationprice:withdraw": ({ADMIN}, _price),
    "billing.packageprice:withdraw": ({ADMIN}, _package_price),
    "billing.purchase:resolve_review": (FINANCE, _purchase),
    "email.outgoingmail:resend": (HELPERS, _mail),
    "integrations.webhookdelivery:resend": (HELPERS, _row("failed_webhook")),
}
