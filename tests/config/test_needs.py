"""What needs the member, on the home page of the dashboard."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import ApiKey, Partner, RequestLog
from billing.models import KeySpending
from integrations.models import WebhookReceiver
from tests.config.test_overview import read
from tests.usage_data import today


def test_what_needs_the_member_is_one_line_with_one_link(
    owner: Client, partner: Partner, settled: ApiKey
) -> None:
    WebhookReceiver.objects.create(
        partner=partner, url="https://hooks.example/x", failing_since=timezone.now()
    )
    ApiKey.objects.of(partner.pk).filter(pk=settled.pk).update(
        points_per_day=1,
        expires_at=timezone.now() + timedelta(days=2),
        created_at=timezone.now() - timedelta(days=6),
    )
    KeySpending.objects.create(
        partner=partner,
        subject=settled.rate_subject,
        day=today(),
        day_points=100,
        month=today().replace(day=1),
        month_points=100,
    )
    log = [
        RequestLog(
            partner_id=partner.pk,
            key=settled,
            status=422,
            code="content_blocked",
            at=at,
            milliseconds=9,
        )
        for at in [timezone.now()] * 20 + [timezone.now() - timedelta(hours=30)] * 5
    ]
    RequestLog.objects.bulk_create(log)
    page = read(owner)
    needs = page[page.index('id="needs-title"') : page.index('id="keys-title"')]
    needs = needs[needs.index("<ul") :]
    assert needs.count("<li") == needs.count("<a ") == 4
    for text in (
        "Webhooks to hooks.example have failed since",
        "Default has reached its limit of 1 points a day.",
        "content_blocked: 20 in the last 24 hours, 5 in the 24 before.",
        f"Default (…{settled.last_four}) expires on",
    ):
        assert text in needs, text


@pytest.mark.parametrize(
    ("lived", "left", "is_warned"),
    [
        ({"days": 90}, {"days": 6}, True),
        ({"days": 90}, {"days": 8}, False),
        ({"hours": 0}, {"hours": 12}, False),
        ({"hours": 11}, {"minutes": 50}, False),
        ({"days": 1}, {"days": 2}, False),
        ({"days": 2}, {"hours": 20}, True),
    ],
)
def test_a_key_that_was_made_to_live_shortly_does_not_need_the_member(
    owner: Client,
    settled: ApiKey,
    lived: dict[str, int],
    left: dict[str, int],
    is_warned: bool,
) -> None:
    now = timezone.now()
    times = {"created_at": now - timedelta(**lived), "expires_at": now + timedelta(**left)}
    ApiKey.objects.filter(pk=settled.pk).update(**times)
    assert (f"Default (…{settled.last_four}) expires on" in read(owner)) is is_warned
    assert ("Expiring" in read(owner, f"/dashboard/keys/{settled.pk}/")) is is_warned
