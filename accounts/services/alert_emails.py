"""The emails of alerts, each with a link that ends those of its kind for its recipient."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from accounts.alerts import AlertKind, Wording, describe_alert, find_alert_kind
from accounts.models import Alert, Member, Partner
from accounts.services.alert_settings import Recipient, set_alert_preferences
from accounts.services.users import languages_of
from config.mail.send import send_mail

_SALT = "alerts.unsubscribe"
#: Further alerts that an email names one by one.
_MOST_NAMED = 10


class InvalidUnsubscribeLink(Exception):
    """The link was changed, or its member or kind is gone."""


def send_alerts(
    *, partner: Partner, kind: AlertKind, alerts: Sequence[Alert], to: Sequence[Recipient]
) -> None:
    """Write one email to each recipient about all of these alerts, in the company's time zone."""
    # Functions, which the template calls: each email is in its recipient's language.
    wording = partial(_describe, alerts[0], partner)
    titles = partial(_titles, alerts[1 : _MOST_NAMED + 1], partner)
    page = wording().page
    languages = languages_of([each.email for each in to])
    first = next((languages[each.email] for each in to if each.email in languages), "")
    for recipient in to:
        path = unsubscribe_path(partner_id=partner.pk, member_id=recipient.member_id, kind=kind)
        link = f"{settings.PUBLIC_URL}{path}"
        send_mail(
            "alert",
            [recipient.email],
            headers={
                "List-Unsubscribe": f"<{link}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
            partner=partner,
            kind=kind,
            wording=wording,
            others=titles,
            more=len(alerts) - 1,
            url=f"{settings.PUBLIC_URL}{page}",
            settings_url=f"{settings.PUBLIC_URL}{reverse('alerts')}",
            unsubscribe_url=link,
            fallback=first,
        )


def _describe(alert: Alert, partner: Partner) -> Wording:
    with timezone.override(ZoneInfo(partner.time_zone)):
        return describe_alert(alert)


def _titles(alerts: Sequence[Alert], partner: Partner) -> list[str]:
    return [_describe(alert, partner).title for alert in alerts]


def unsubscribe_path(*, partner_id: str, member_id: str, kind: AlertKind) -> str:
    token = signing.dumps([partner_id, member_id, kind.name], salt=_SALT)
    return reverse("alert-unsubscribe", args=[token])


def read_unsubscribe_link(token: str) -> tuple[Partner, Member | None, AlertKind]:
    """Return whose emails of which kind the link ends. Raises `InvalidUnsubscribeLink`."""
    try:
        partner_id, member_id, name = signing.loads(token, salt=_SALT)
        partner = Partner.objects.get(pk=partner_id)
        member = Member.objects.of(partner_id).get(pk=member_id) if member_id else None
    except (signing.BadSignature, ValueError, Partner.DoesNotExist, Member.DoesNotExist):
        raise InvalidUnsubscribeLink from None
    kind = find_alert_kind(name)
    if kind is None:
        raise InvalidUnsubscribeLink
    return partner, member, kind


def unsubscribe(*, token: str) -> tuple[Partner, AlertKind]:
    """End the emails that the link is about. Raises `InvalidUnsubscribeLink`."""
    partner, member, kind = read_unsubscribe_link(token)
    member_id = member.pk if member else ""
    set_alert_preferences(partner_id=partner.pk, member_id=member_id, choices={kind.name: False})
    return partner, kind
