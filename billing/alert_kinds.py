"""Alerts about the balance and about what is spent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from django.db.models import Sum
from django.urls import reverse
from django.utils import dateformat
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy

from accounts.alerts import (
    BUYERS,
    EVERYONE,
    AlertKind,
    Facts,
    Finding,
    Limit,
    Limits,
    Wording,
    register_alert_kinds,
)
from accounts.models import Alert, Partner
from accounts.today import group_by_today
from billing.models import BillingProfile, DailyUsage
from billing.points import SCALE, format_points, to_number
from billing.unusual_spend import FACTOR, FEWEST_DAYS, WEEKS, is_unusual, same_weekdays, usual_spend
from config.db.chunks import in_chunks
from config.pages.charts import describe_day

_MOST_POINTS = 1_000_000


def _points(number: float) -> str:
    return format_points(round(number * SCALE))


def _billing_email(partner_id: str) -> str:
    return BillingProfile.objects.of(partner_id).billing_email()


def _describe_balance(facts: Facts) -> Wording:
    points = _points(facts["balance"])
    return Wording(
        gettext("%(points)s points left") % {"points": points},
        gettext(
            "Your balance is %(points)s points, below your threshold of %(threshold)s."
            " Live image requests return 402 when there are not enough points."
        )
        % {"points": points, "threshold": _points(facts["threshold"])},
        gettext("Buy points"),
        reverse("points"),
    )


def find_unusual_days(limits: Limits) -> Iterator[Finding]:
    """Look at today of every partner, in the partner's time zone, by the rollups of days."""
    for partners in in_chunks(Partner.objects.filter(is_active=True).only("time_zone")):
        for today, ids in group_by_today(partners).items():
            yield from _find_unusual(today, ids, limits)


def _find_unusual(today: date, ids: Sequence[str], limits: Limits) -> Iterator[Finding]:
    spent_today = {
        partner_id: points
        for (partner_id, _), points in _spent(ids, [today]).items()
        if points >= limits[partner_id] * SCALE
    }
    days = same_weekdays(today)
    before = _spent(list(spent_today), days) if spent_today else {}
    for partner_id, points in spent_today.items():
        usual = usual_spend([before.get((partner_id, day), 0) for day in days])
        if is_unusual(points, usual, limits[partner_id] * SCALE):
            assert usual is not None
            facts = {
                "day": today.isoformat(),
                "points": to_number(points),
                "usualPoints": to_number(usual),
            }
            yield Finding(partner_id, today.isoformat(), facts)


def _spent(ids: Sequence[str], days: Sequence[date]) -> dict[tuple[str, date], int]:
    used = DailyUsage.objects.of_live().filter(partner_id__in=ids, day__in=days, is_test=False)
    sums = used.order_by().values("partner_id", "day").annotate(sum=Sum("points"))
    return {(row["partner_id"], row["day"]): row["sum"] for row in sums}


def _over_days(alerts: list[Alert], _limits: Limits) -> Iterable[Alert]:
    """A day alerts once, also if refunds bring it below the limit in between."""
    ids = {alert.partner_id for alert in alerts}
    today = {partner.pk: partner.today for partner in Partner.objects.filter(pk__in=ids)}
    return [alert for alert in alerts if alert.subject < today[alert.partner_id].isoformat()]


def _describe_day(facts: Facts) -> Wording:
    day = date.fromisoformat(facts["day"])
    usual = facts["usualPoints"]
    words = {
        "spent": _points(facts["points"]),
        "day": describe_day(day),
        "factor": f"{facts['points'] / usual:.1f}",
        "usual": _points(usual),
        "weekday": dateformat.format(day, "l"),
    }
    return Wording(
        gettext("%(spent)s points spent on %(day)s") % words,
        gettext(
            "Your live requests spent %(spent)s points on %(day)s, %(factor)s times the %(usual)s"
            " points that are usual for a %(weekday)s."
        )
        % words,
        gettext("View usage"),
        reverse("usage"),
    )


LOW_BALANCE = AlertKind(
    name="low_balance",
    label=gettext_lazy("Low balance"),
    explanation=gettext_lazy("Your balance falls below one of your company's thresholds."),
    roles=EVERYONE,
    default_roles=BUYERS,
    describe=_describe_balance,
    sample={"balance": 480.25, "threshold": 500},
    other_address=_billing_email,
)
register_alert_kinds(
    LOW_BALANCE,
    AlertKind(
        name="unusual_spend",
        label=gettext_lazy("Unusual spend"),
        explanation=format_lazy(
            gettext_lazy(
                "A day spends more than {factor} times what is usual for its weekday: the median of"
                " the last {weeks} weeks, of which at least {fewest} have use."
            ),
            factor=FACTOR,
            weeks=WEEKS,
            fewest=FEWEST_DAYS,
        ),
        roles=EVERYONE,
        default_roles=BUYERS,
        describe=_describe_day,
        sample={"day": "2026-11-24", "points": 1840, "usualPoints": 420.5},
        find=find_unusual_days,
        over=_over_days,
        limit=Limit(
            gettext_lazy("Unusual spend from"),
            gettext_lazy("points"),
            100,
            1,
            _MOST_POINTS,
            gettext_lazy("Days that spend less are never unusual."),
        ),
        other_address=_billing_email,
    ),
)
