"""The page of alerts, and the link in each email that ends those of its kind."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.alerts import Finding, alert_kind
from accounts.models import AlertLimit, AlertPreference, AuditEntry, Member, Partner
from accounts.services.alerts import raise_alerts
from billing.models import AlertThreshold
from tests.billing.purchases import bill_to
from tests.factories import PartnerFactory
from tests.mails import link_in
from tests.users import browser_of, create_user

ALERTS = "/dashboard/alerts/"
LIMITS, HISTORY = f"{ALERTS}limits/", f"{ALERTS}history/"


@pytest.fixture
def partner(db: None) -> Partner:
    return PartnerFactory.create(name="Nova")


@pytest.fixture
def owner(partner: Partner) -> Client:
    return browser_of(create_user(partner, email="owner@nova.test"))


def limits(*thresholds: str, **changes: str) -> dict[str, str]:
    """The form of the company as sent."""
    names = ("balance-first", "balance-second", "balance-third")
    amounts = dict.fromkeys(names, "") | dict(zip(names, thresholds, strict=False))
    given = {"error_rate": "20", "unusual_spend": "100", **changes}
    return amounts | {f"limit-{name}": value for name, value in given.items()}


def thresholds_of(partner: Partner) -> list[int]:
    return AlertThreshold.objects.of(partner.pk).amounts()


def raise_alert(partner: Partner, kind: str = "low_balance") -> None:
    known = alert_kind(kind)
    finding = Finding(partner.pk, "subject", known.sample)
    raise_alerts(partner_id=partner.pk, kind=known, findings=[finding])


def receivers(partner: Partner, kind: str = "low_balance") -> list[str]:
    mail.outbox.clear()
    raise_alert(partner, kind)
    return [message.to[0] for message in mail.outbox]


def test_a_member_switches_own_emails_only(owner: Client, partner: Partner) -> None:
    create_user(partner, "admin", "admin@nova.test")
    page = owner.get(ALERTS).text
    assert page.count("checked") == 7

    sent = owner.post(ALERTS, {"mine-error_rate": "on"})

    assert sent.headers["Location"] == ALERTS
    assert owner.get(ALERTS).text.count("checked") == 1
    assert receivers(partner) == ["admin@nova.test"]


def test_who_may_buy_also_switches_the_billing_email(owner: Client, partner: Partner) -> None:
    assert "Billing email" not in owner.get(ALERTS).text
    bill_to(partner, email="books@nova.test")
    assert "Billing email" in owner.get(ALERTS).text

    owner.post(ALERTS, {"other-unusual_spend": "on", "mine-low_balance": "on"})

    assert receivers(partner) == ["owner@nova.test"]
    assert receivers(partner, "unusual_spend") == ["books@nova.test"]
    developer = browser_of(create_user(partner, "developer"))
    assert "Billing email" not in developer.get(ALERTS).text


def test_a_viewer_sees_kinds_of_the_role_and_no_limits(partner: Partner) -> None:
    viewer = browser_of(create_user(partner, "viewer"))
    for kind in ("low_balance", "key_expiring"):
        raise_alert(partner, kind)

    page, past = viewer.get(ALERTS).text, viewer.get(HISTORY).text

    assert "Unusual spend" in page
    assert "High error rate" not in page
    assert "Save limits" not in page
    assert ("480.25 points left" in past, "Storefront expires" in past) == (True, False)
    viewer.post(ALERTS, {"mine-low_balance": "on", "mine-key_expiring": "on"})
    assert set(AlertPreference.objects.values_list("kind", flat=True)) == {
        "low_balance",
        "unusual_spend",
    }


def test_limits_are_saved_and_audited(owner: Client, partner: Partner) -> None:
    sent = owner.post(LIMITS, limits("99.50", "", "500", error_rate="35"))

    assert sent.headers["Location"] == ALERTS
    assert thresholds_of(partner) == [50_000, 9_950]
    assert AlertLimit.objects.get().value == 35
    page = owner.get(ALERTS).text
    assert page.index('value="500"') < page.index('value="99.5"')
    assert 'value="35"' in page
    actions = AuditEntry.objects.order_by("action").values_list("action", flat=True)
    assert list(actions) == ["alert.limit_changed", "billing.alert_changed"]
    owner.post(LIMITS, limits(" "))
    assert thresholds_of(partner) == []


@pytest.mark.parametrize("text", ["0", "-5", "1.234", "many", "1e999999", "NaN", "\0", "9" * 40])
def test_an_odd_limit_is_refused_and_changes_nothing(
    owner: Client, partner: Partner, text: str
) -> None:
    for sent, field in (
        (limits("5", text), "balance-second"),
        (limits("5", error_rate=text), "limit-error_rate"),
    ):
        page = owner.post(LIMITS, sent)
        assert page.status_code == 200
        assert page.text.count('class="errorlist') == 1
        assert f'id="id_{field}_error"' in page.text
    assert thresholds_of(partner) == []
    assert not AlertLimit.objects.exists()


def test_errors_of_a_form_are_listed_at_the_top_with_links_to_their_fields(owner: Client) -> None:
    assert "error-summary" not in owner.get(ALERTS).text
    page = owner.post(LIMITS, limits("5", "-1", error_rate="0", unusual_spend="")).text

    summary, form = page.split('class="error-summary"')[1].split("</section>", 1)
    assert summary.count("<li>") == 3
    assert "autofocus" in summary
    for target in re.findall('href="#([^"]+)"', summary):
        assert f'id="{target}"' in form


def test_a_repeated_amount_is_reported_at_the_second(owner: Client, partner: Partner) -> None:
    page = owner.post(LIMITS, limits("5", "7", "5.00"))

    assert page.context["thresholds"].errors == {"third": ["Enter each amount only once."]}
    assert thresholds_of(partner) == []


def test_limits_of_another_partner_stay_theirs(owner: Client, partner: Partner) -> None:
    theirs = AlertThreshold.objects.create(partner=PartnerFactory.create(), points=777_700)

    assert 'value="7777"' not in owner.get(ALERTS).text
    owner.post(LIMITS, limits("5"))

    assert thresholds_of(theirs.partner) == [777_700]


def test_the_history_says_what_was_sent_when_and_to_whom(owner: Client, partner: Partner) -> None:
    create_user(partner, "admin", "admin@nova.test")
    raise_alert(partner)
    raise_alert(PartnerFactory.create(), "webhook_failing")

    page = owner.get(HISTORY).text

    assert "480.25 points left" in page
    assert "owner@nova.test, admin@nova.test" in page
    assert "Webhooks to" not in page
    Member.objects.get(user__email="admin@nova.test").delete()
    assert "owner@nova.test, a former member" in owner.get(HISTORY).text


def test_the_link_in_an_email_ends_emails_of_its_kind_for_its_recipient(
    owner: Client, partner: Partner
) -> None:
    """As a mail program presses it: no cookie, no token, one form (RFC 8058)."""
    create_user(partner, "admin", "admin@nova.test")
    raise_alert(partner)
    message = mail.outbox[0]
    path = link_in(message, "/unsubscribe/")
    headers = message.extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Unsubscribe"].endswith(f"{path}>")
    program = Client(enforce_csrf_checks=True)

    assert "Stop these emails?" in program.get(path).text
    assert not AlertPreference.objects.exists()
    done = program.post(path, {"List-Unsubscribe": "One-Click"})

    assert done.status_code == 200
    assert "sessionid" not in program.cookies
    kept = AlertPreference.objects.get()
    assert (kept.kind, kept.is_on, kept.member) == (
        "low_balance",
        False,
        Member.objects.get(user__email="owner@nova.test"),
    )


@pytest.mark.parametrize("change", ["cut", "member left", "nonsense"])
def test_a_link_that_is_not_ours_changes_nothing(
    owner: Client, partner: Partner, change: str
) -> None:
    raise_alert(partner)
    path = link_in(mail.outbox[0], "/unsubscribe/")
    if change == "member left":
        partner.members.all().delete()
    else:
        path = f"{path[:-4]}/" if change == "cut" else "/alerts/unsubscribe/W10/"

    for answer in (Client().get(path), Client().post(path)):
        assert answer.status_code == 404
        assert "This link is not valid" in answer.text
    assert not AlertPreference.objects.exists()


def test_the_billing_email_unsubscribes_without_a_member(partner: Partner) -> None:
    bill_to(partner, email="books@nova.test")
    raise_alert(partner)
    Client().post(link_in(mail.outbox[0], "/unsubscribe/"))

    assert receivers(partner, "unusual_spend") == ["books@nova.test"]
    kept = AlertPreference.objects.get()
    assert (kept.kind, kept.member, kept.is_on) == ("low_balance", None, False)


@pytest.mark.parametrize("name", ["<b>Nova</b> & Söhne", "नोवा"])
def test_an_email_has_text_and_html(partner: Partner, name: str) -> None:
    Partner.objects.update(name=name)
    create_user(partner)
    raise_alert(partner)
    [message] = mail.outbox
    alternatives: Any = getattr(message, "alternatives", [])
    [(html, kind)] = alternatives

    assert kind == "text/html"
    assert name in message.subject
    assert "<b>Nova" not in html
    for text in (str(message.body), html):
        assert "Your balance is 480.25 points, below your threshold of 500." in text
        assert "/dashboard/points/" in text
