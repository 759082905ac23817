"""Staff look at a partner's dashboard, read-only, for half an hour; the partner's trail has it."""

from __future__ import annotations

from datetime import timedelta

from allauth.mfa.utils import is_mfa_enabled
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext

from accounts.models import Partner, PartnerViewing, User
from accounts.services.audit import record_audit

DURATION = timedelta(minutes=30)
PERMISSION = "accounts.view_as_partner"
_MAX_TARGET, _MAX_PAGE = 120, 500


class ViewingRefused(Exception):
    """The staff member may not look at dashboards; the message says why."""


def start_viewing(*, partner: Partner, staff: User, reason: str) -> PartnerViewing:
    """Begin to look at a partner's dashboard, which ends a former look.

    Raises `ViewingRefused` without the permission or two-factor authentication.
    """
    check_may_view(staff)
    with transaction.atomic():
        for former in PartnerViewing.objects.of_all().open().filter(staff=staff):
            end_viewing(viewing=former)
        viewing = PartnerViewing.objects.create(
            partner=partner, staff=staff, reason=reason, ends_at=Now() + DURATION
        )
        _record(viewing, "partner.viewing_started", partner.id, reason=reason)
    return viewing


def end_viewing(*, viewing: PartnerViewing) -> None:
    """End a viewing early; repeating it changes nothing."""
    with transaction.atomic():
        mine = PartnerViewing.objects.of(viewing.partner_id).filter(pk=viewing.pk)
        if mine.filter(ended_at=None).update(ended_at=Now()):
            _record(viewing, "partner.viewing_ended", viewing.partner_id)


def record_page(*, viewing: PartnerViewing, path: str, query: str) -> None:
    """Add an opened page to the partner's trail, once while it only refreshes itself."""
    page = f"{path}?{query}"[:_MAX_PAGE]
    with transaction.atomic():
        mine = PartnerViewing.objects.of(viewing.partner_id).filter(pk=viewing.pk)
        if mine.exclude(last_page=page).update(last_page=page):
            detail = {"query": query[:_MAX_PAGE]} if query else {}
            _record(viewing, "partner.page_viewed", path[:_MAX_TARGET], **detail)


def check_may_view(staff: User) -> None:
    """Raise `ViewingRefused`."""
    if not (staff.is_active and staff.is_staff and staff.has_perm(PERMISSION)):
        raise ViewingRefused(gettext("You may not look at the dashboards of partners."))
    if not is_mfa_enabled(staff):
        text = gettext("Set up two-factor authentication to look at dashboards.")
        raise ViewingRefused(text)


def _record(viewing: PartnerViewing, action: str, target: str, **detail: str) -> None:
    record_audit(
        partner=viewing.partner,
        actor=viewing.staff.email,
        action=action,
        target=target,
        **detail,
    )
