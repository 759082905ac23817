"""What needs the member now: one sentence and one link each, the most urgent first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, ngettext

from accounts.alerts import describe_alert
from accounts.key_advice import advise_on
from accounts.models import Alert, ApiKey, Partner, RequestLog
from accounts.models.key import TEST_ENVIRONMENTS
from accounts.permissions import Permission
from billing.balance import Balance
from billing.models import KeySpending, Purchase
from billing.money import rupees
from billing.points import SCALE, format_points
from billing.runway import Runway
from config.grouping import group_digits
from config.pages.charts import describe_day
from integrations.models import WebhookReceiver

Can = Callable[[Permission], bool]
_FEW_DAYS = 7
_DAY = timedelta(days=1)
#: An error rises if there are this many in a day, and this many times those of the day before.
_MANY_ERRORS = 20
_RISE = 3
#: Of each kind.
_MOST = 3
_MONTH_REACHED = gettext_lazy("%(key)s has reached its limit of %(points)s points a month.")
_DAY_REACHED = gettext_lazy("%(key)s has reached its limit of %(points)s points a day.")


@dataclass(frozen=True, slots=True)
class Need:
    """`tone` is "bad" for what fails now and "warn" for what will."""

    tone: str
    text: str
    address: str
    label: str


def read_needs(
    partner: Partner, keys: Sequence[ApiKey], balance: Balance, runway: Runway, can: Can
) -> list[Need]:
    """What needs a member is live, whatever the mode of the page; `keys` are all, newest first."""
    active = [key for key in keys if key.is_active]
    found = [
        *(_points(partner, balance, runway) if can(Permission.BUY) else ()),
        *(_receivers(partner) if can(Permission.SEE_CALLS) else ()),
        *_spending(partner, active),
        *_alerts(partner, can),
        *(_errors(partner, keys) if can(Permission.SEE_CALLS) else ()),
        *(_transfers(partner) if can(Permission.BUY) else ()),
        *_keys(active),
        *(_advice(active) if can(Permission.MANAGE_KEYS) else ()),
    ]
    return sorted(found, key=lambda need: need.tone != "bad")


def _points(partner: Partner, balance: Balance, runway: Runway) -> Iterator[Need]:
    address = reverse("points")
    if balance.owed:
        text = gettext("You owe %(points)s points. Your next purchase settles them.")
        text %= {"points": format_points(balance.owed)}
        yield Need("warn", text, address, gettext("Buy points"))
    elif not balance.points and partner.live_approved_at is None:
        return  # There are no live requests yet that could need points.
    elif not balance.points:
        text = gettext("You have no points left. Live requests return 402.")
        yield Need("bad", text, address, gettext("Buy points"))
    elif runway.ends_on and runway.days is not None and runway.days < _FEW_DAYS:
        text = gettext("At the current rate, your points end on %(day)s.")
        text %= {"day": describe_day(runway.ends_on)}
        yield Need("warn", text, address, gettext("Buy points"))


def _receivers(partner: Partner) -> Iterator[Need]:
    receivers = WebhookReceiver.objects.of(partner.pk)
    failing = receivers.filter(Q(failing_since__isnull=False) | Q(disabled_at__isnull=False))
    for receiver in failing.order_by("-failing_since")[:_MOST]:
        if receiver.disabled_at:
            text = gettext("Webhooks to %(host)s are disabled since %(time)s.")
        else:
            text = gettext("Webhooks to %(host)s have failed since %(time)s.")
        since = _when(receiver.disabled_at or receiver.failing_since)
        text %= {"host": receiver.host, "time": since}
        address = reverse("webhook-endpoint", args=[receiver.pk])
        yield Need("bad", text, address, gettext("View endpoint"))


def _spending(partner: Partner, active: list[ApiKey]) -> Iterator[Need]:
    """Name the keys that have reached a spend limit."""
    today = partner.today
    keys = {
        key.rate_subject: key
        for key in active
        if (key.points_per_day, key.points_per_month) != (None, None)
    }
    if not keys:
        return
    for spent in KeySpending.objects.of(partner.pk).filter(pk__in=keys):
        key = keys[spent.pk]
        day = spent.day_points if spent.day == today else 0
        month = spent.month_points if spent.month == today.replace(day=1) else 0
        for limit, used, text in (
            (key.points_per_month, month, _MONTH_REACHED),
            (key.points_per_day, day, _DAY_REACHED),
        ):
            if limit is not None and used >= limit * SCALE:
                values = {"key": key.name, "points": format_points(limit * SCALE)}
                address = reverse("key", args=[key.pk])
                yield Need("bad", text % values, address, gettext("View key"))
                break


def _alerts(partner: Partner, can: Can) -> Iterator[Need]:
    """Name open alerts about what is not found here in another way."""
    kinds = ["unusual_spend", *(["error_rate"] if can(Permission.SEE_CALLS) else [])]
    for alert in Alert.objects.of(partner.pk).open().filter(kind__in=kinds)[:_MOST]:
        wording = describe_alert(alert)
        text = gettext("%(sentence)s.") % {"sentence": wording.title}
        yield Need("warn", text, wording.page, wording.button)


def _errors(partner: Partner, keys: Sequence[ApiKey]) -> Iterator[Need]:
    """Name the errors that are many, and several times as many as a day before."""
    now = timezone.now()
    rows = RequestLog.objects.of(partner.pk).filter(at__gt=now - 2 * _DAY, status__gte=400)
    tests = [key.pk for key in keys if key.environment in TEST_ENVIRONMENTS]
    live = rows.exclude(key__in=tests)
    counts = live.order_by().values("code")
    counts = counts.annotate(
        today=Count("pk", filter=Q(at__gt=now - _DAY)),
        before=Count("pk", filter=Q(at__lte=now - _DAY)),
    )
    rising = counts.filter(today__gte=_MANY_ERRORS).filter(today__gte=F("before") * _RISE)
    for row in rising.order_by("-today")[:_MOST]:
        # Translators: %(error)s is the code of an error, or "Errors" where there is none
        text = gettext("%(error)s: %(many)s in the last 24 hours, %(few)s in the 24 before.") % {
            "error": row["code"] or gettext("Errors"),
            "many": group_digits(row["today"]),
            "few": group_digits(row["before"]),
        }
        yield Need("warn", text, reverse("request-errors"), gettext("View errors"))


def _transfers(partner: Partner) -> Iterator[Need]:
    waiting = Purchase.objects.of(partner.pk).filter(state=Purchase.State.PENDING, gateway="manual")
    for purchase in waiting.order_by("-created_at")[:_MOST]:
        text = gettext("%(reference)s waits for your bank transfer of %(amount)s.") % {
            "reference": purchase.reference,
            "amount": rupees(purchase.total_paise),
        }
        address = reverse("purchase", args=[purchase.pk])
        yield Need("warn", text, address, gettext("View purchase"))


def _keys(active: list[ApiKey]) -> Iterator[Need]:
    """Name the keys that expire soon for their life and have no replacement."""
    ends = {
        key: key.expires_at
        for key in active
        if key.expires_at and key.expiry_warning() and not key.was_rolled
    }
    for key in sorted(ends, key=ends.__getitem__)[:_MOST]:
        text = gettext("%(key)s (…%(last_four)s) expires on %(time)s.") % {
            "key": key.name,
            "last_four": key.last_four,
            "time": _when(key.expires_at),
        }
        yield Need("warn", text, reverse("key", args=[key.pk]), gettext("View key"))


def _advice(active: list[ApiKey]) -> Iterator[Need]:
    """Say that keys may do what they don't need."""
    if number := len(advise_on(active)):
        text = ngettext(
            "%(number)s suggestion to tighten your API keys.",
            "%(number)s suggestions to tighten your API keys.",
            number,
        )
        text %= {"number": number}
        yield Need("warn", text, reverse("key-advice"), gettext("View suggestions"))


def _when(at: datetime | None) -> str:
    assert at
    local = timezone.localtime(at)
    return f"{describe_day(local.date())}, {local:%H:%M}"
