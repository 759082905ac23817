"""Alerts: who is emailed which, from which limits on, and what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, pgettext

from accounts.alerts import AlertKind, Wording, alert_kinds, describe_alert, find_alert_kind
from accounts.forms.alerts import LimitForm, PreferenceForm
from accounts.models import Alert, AlertLimit, AlertPreference, Member
from accounts.permissions import PartnerRequest, Permission, partner_view
from accounts.services.alert_settings import (
    default_limits,
    set_alert_limits,
    set_alert_preferences,
)
from billing.forms.thresholds import ThresholdForm
from billing.models import AlertThreshold, BillingProfile
from billing.services import set_alert_thresholds
from config.pages.pagination import paginate
from integrations.models import WebhookEndpoint

_SORTS = {"newest": "-raised_at"}


@dataclass(frozen=True, slots=True)
class KindRow:
    """A kind with its boxes; `has_event` tells whether the default endpoint gets its events."""

    kind: AlertKind
    mine: BoundField
    other: BoundField | None
    has_event: bool


@dataclass(frozen=True, slots=True)
class AlertRow:
    """`emailed` are the addresses that it was sent to as they are now."""

    alert: Alert
    kind: AlertKind | None
    wording: Wording
    emailed: list[str]


@partner_view(methods=("GET", "HEAD", "POST"), is_live_only=True)
def alerts(request: PartnerRequest) -> HttpResponse:
    """Choose one's own emails, and those to the billing email."""
    mine, other = _preference_forms(request)
    forms = [form for form in (mine, other) if form]
    if request.method == "POST" and all(form.is_valid() for form in forms):
        for form, member_id in ((mine, request.member.pk), (other, "")):
            if form:
                set_alert_preferences(
                    partner_id=request.partner.pk, member_id=member_id, choices=form.choices
                )
        messages.success(request, gettext("Alerts saved."))
        return redirect("alerts")
    return _page(request, mine, other)


@partner_view(Permission.BUY, methods=("POST",), is_live_only=True)
def limits(request: PartnerRequest) -> HttpResponse:
    """Choose from which values on the company's alerts are raised."""
    thresholds, limit_form = _limit_forms(request)
    if not (thresholds.is_valid() and limit_form.is_valid()):
        return _page(request, *_preference_forms(request, is_bound=False), thresholds, limit_form)
    actor = request.user.email
    set_alert_thresholds(partner=request.partner, thresholds=thresholds.thresholds, actor=actor)
    set_alert_limits(partner=request.partner, limits=limit_form.limits, actor=actor)
    messages.success(request, gettext("Limits saved."))
    return redirect("alerts")


@partner_view(is_live_only=True)
def history(request: PartnerRequest) -> HttpResponse:
    """List what was sent, when and to whom."""
    kinds = [kind.name for kind in _kinds_of(request)]
    mine = Alert.objects.of(request.partner.pk).filter(kind__in=kinds)
    page = paginate(mine, request.GET, sorts=_SORTS)
    context = {"page": page, "rows": _rows(request, page.rows)}
    return render(request, "alerts/history.html", context)


def _kinds_of(request: PartnerRequest) -> list[AlertKind]:
    """Return the kinds that the member's role may receive and see."""
    return [kind for kind in alert_kinds() if request.member.role in kind.roles]


def _rows(request: PartnerRequest, alerts: Sequence[Alert]) -> list[AlertRow]:
    members = Member.objects.of(request.partner.pk).select_related("user")
    emails = {member.pk: member.user.email for member in members}
    other = gettext("a former member")
    return [
        AlertRow(
            alert,
            find_alert_kind(alert.kind),
            describe_alert(alert),
            [emails.get(each, other) for each in alert.recipients],
        )
        for alert in alerts
    ]


def _preference_forms(
    request: PartnerRequest, *, is_bound: bool = True
) -> tuple[PreferenceForm, PreferenceForm | None]:
    """Return the form for the member, and one for the billing email, if there is one."""
    data = request.POST if is_bound and request.method == "POST" else None
    kinds, role = _kinds_of(request), request.member.role
    rows = AlertPreference.objects.of(request.partner.pk)
    mine = _choices(rows.filter(member_id=request.member.pk))
    on = {kind.name for kind in kinds if kind.is_on_for(role, mine.get(kind.name))}
    you = pgettext("email to", "you")
    form = PreferenceForm(data, kinds=kinds, on=on, to=you, prefix="mine")
    if not (request.can(Permission.BUY) and _billing_email(request)):
        return form, None
    others = [kind for kind in kinds if kind.has_other_address]
    chosen = _choices(rows.filter(member=None))
    on = {kind.name for kind in others if chosen.get(kind.name, True)}
    billing = pgettext("email to", "the billing email")
    return form, PreferenceForm(data, kinds=others, on=on, to=billing, prefix="other")


def _choices(rows: QuerySet[AlertPreference]) -> dict[str, bool]:
    return dict(rows.values_list("kind", "is_on"))


def _billing_email(request: PartnerRequest) -> str:
    return BillingProfile.objects.of(request.partner.pk).billing_email()


def _limit_forms(request: PartnerRequest) -> tuple[ThresholdForm, LimitForm]:
    data = request.POST if request.method == "POST" else None
    chosen = AlertLimit.objects.of(request.partner.pk).values_list("kind", "value")
    return (
        ThresholdForm(data, thresholds=AlertThreshold.objects.of(request.partner.pk).amounts()),
        LimitForm(data, limits={**default_limits(), **dict(chosen)}),
    )


def _page(
    request: PartnerRequest,
    mine: PreferenceForm,
    other: PreferenceForm | None,
    thresholds: ThresholdForm | None = None,
    limit_form: LimitForm | None = None,
) -> HttpResponse:
    if thresholds is None and request.can(Permission.BUY):
        thresholds, limit_form = _limit_forms(request)
    endpoint = WebhookEndpoint.objects.of(request.partner.pk).default().first()
    rows = [
        KindRow(
            kind,
            mine[kind.name],
            other[kind.name] if other and kind.name in other.fields else None,
            bool(endpoint and endpoint.takes(kind.event)),
        )
        for kind in _kinds_of(request)
    ]
    context = {
        "rows": rows,
        "billing_email": _billing_email(request) if other else "",
        "endpoint": endpoint,
        "thresholds": thresholds,
        "limit_form": limit_form,
    }
    return render(request, "alerts/settings.html", context)
