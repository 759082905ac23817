"""Alerts about webhooks that do not arrive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from accounts.alerts import (
    BUILDERS,
    AlertKind,
    Facts,
    Finding,
    Limits,
    Wording,
    register_alert_kinds,
)
from accounts.models import Alert
from config.api.timestamps import timestamp
from config.pages.times import zoned_time
from integrations.models import WebhookDelivery, WebhookReceiver

#: A receiver that is being deployed or restarted is no news.
FAILING_FOR = timedelta(hours=1)
#: Of one event, which takes a while.
_FEWEST_ATTEMPTS = 3


def receiver_facts(receiver: WebhookReceiver) -> dict[str, str]:
    assert receiver.failing_since
    return {
        "webhookId": receiver.pk,
        "webhookUrl": receiver.url,
        "failingSince": timestamp(receiver.failing_since),
    }


def find_failing_receivers(_limits: Limits) -> Iterator[Finding]:
    """Find those that nothing has reached for an hour and that are still tried."""
    failing = WebhookReceiver.objects.of_live().failing_since(timezone.now() - FAILING_FOR)
    retried = WebhookDelivery.objects.of(OuterRef("partner_id")).waiting_for_retry().wanted()
    retried = retried.filter(attempts_made__gte=_FEWEST_ATTEMPTS, endpoint__url=OuterRef("url"))
    for receiver in failing.filter(Exists(retried), partner__is_active=True):
        yield Finding(receiver.partner_id, receiver.pk, receiver_facts(receiver))


def _over_failing(alerts: list[Alert], _limits: Limits) -> Iterable[Alert]:
    """A receiver is over it when an attempt succeeds, or when it is disabled, another alert."""
    failing = WebhookReceiver.objects.of_live().exclude(failing_since=None).filter(disabled_at=None)
    return _without(failing.values_list("pk", flat=True), alerts)


def _over_disabled(alerts: list[Alert], _limits: Limits) -> Iterable[Alert]:
    disabled = WebhookReceiver.objects.of_live().exclude(disabled_at=None)
    return _without(disabled.values_list("pk", flat=True), alerts)


def _without(ids: Iterable[str], alerts: list[Alert]) -> list[Alert]:
    known = set(ids)
    return [alert for alert in alerts if alert.subject not in known]


def _host(facts: Facts) -> str:
    return WebhookReceiver(url=facts["webhookUrl"]).host


def _since(facts: Facts) -> str:
    return zoned_time(datetime.fromisoformat(facts["failingSince"]))


def _describe_failing(facts: Facts) -> Wording:
    return Wording(
        gettext("Webhooks to %(host)s fail") % {"host": _host(facts)},
        gettext(
            "No event has been delivered to %(url)s since %(time)s. We keep the events and retry"
            " them. After five days we disable the endpoint."
        )
        % {"url": facts["webhookUrl"], "time": _since(facts)},
        gettext("View endpoint"),
        reverse("webhook-endpoint", args=[facts["webhookId"]]),
    )


def _describe_disabled(facts: Facts) -> Wording:
    return Wording(
        gettext("Your webhook endpoint %(host)s was disabled") % {"host": _host(facts)},
        gettext(
            "No event has been delivered to %(url)s since %(time)s. Events are kept, but not sent."
            " When the endpoint works again, enable it and resend what it missed."
        )
        % {"url": facts["webhookUrl"], "time": _since(facts)},
        gettext("View endpoint"),
        reverse("webhook-endpoint", args=[facts["webhookId"]]),
    )


_SAMPLE = {
    "webhookId": "665a1f2e3b4c5d6e7f8a9b11",
    "webhookUrl": "https://partner.example/webhooks/shopiq",
    "failingSince": "2026-11-24T09:30:00.000Z",
}
WEBHOOK_DISABLED = AlertKind(
    name="webhook_disabled",
    label=gettext_lazy("Webhook endpoint disabled"),
    explanation=gettext_lazy(
        "No event has been delivered to an endpoint for five days: it gets no more events until you"
        " enable it."
    ),
    roles=BUILDERS,
    default_roles=BUILDERS,
    describe=_describe_disabled,
    sample=_SAMPLE,
    over=_over_disabled,
)
register_alert_kinds(
    AlertKind(
        name="webhook_failing",
        label=gettext_lazy("Webhook endpoint failing"),
        explanation=gettext_lazy(
            "No event has been delivered to an endpoint for an hour, after at least three attempts."
        ),
        roles=BUILDERS,
        default_roles=BUILDERS,
        describe=_describe_failing,
        sample=_SAMPLE,
        find=find_failing_receivers,
        over=_over_failing,
    ),
    WEBHOOK_DISABLED,
)
