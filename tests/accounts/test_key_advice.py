"""Advice to let keys do no more than they are used for, and carrying it out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from random import Random

import pytest
from django.test import Client
from django.utils import timezone

from accounts.endpoints import endpoints_for, find_endpoint
from accounts.key_advice import Kind, find_advice, read_advice
from accounts.models import AllowedNetwork, ApiKey, AuditEntry, KeyActivity, Partner
from accounts.request_log.activity import ActivityNotes
from accounts.request_log.lines import LogLine
from accounts.request_log.rows import write_lines
from accounts.services.key_tightening import tighten_key
from accounts.services.whitelists import LastWhitelistEntry, remove_network
from tests.accounts.key_pages import (
    browser,
    generate_key,
    page_of,
    requires_reauthentication,
    text_of,
)
from tests.factories import PartnerFactory, mark_used

CREATE, USAGE = "/partner/v1/image/create", "/partner/v1/image/usage"
ADVICE = "/dashboard/keys/advice/"


@pytest.fixture
def partner(db: None) -> Partner:
    return PartnerFactory.create(requests_per_minute=60, requests_per_day=10_000)


def line(
    key: ApiKey, days: float, path: str = CREATE, address: str = "203.0.113.7", **facts: object
) -> LogLine:
    fields = {"status": 200, "code": "", "milliseconds": 9, "request_id": "r", "method": "POST"}
    at = datetime.now(UTC) - timedelta(days=days)
    given = {"partner_id": key.partner_id, "key_id": key.pk, "path": path, "address": address}
    return LogLine(at=at, **{**fields, **given, **facts})  # type: ignore[arg-type]


def aged(key: ApiKey, days: int) -> ApiKey:
    created = timezone.now() - timedelta(days=days)
    ApiKey.objects.filter(pk=key.pk).update(created_at=created)
    AllowedNetwork.objects.filter(key=key).update(created_at=created)
    key.refresh_from_db()
    return key


def kinds(partner: Partner) -> list[str]:
    return [advice.kind.value for advice in read_advice(partner)]


def test_a_key_may_do_what_it_is_used_for_and_no_more(partner: Partner, owner: Client) -> None:
    key = aged(generate_key(partner, "live", name="Shop"), 20)
    calls = [
        line(key, 20),
        line(key, 1, address="203.0.113.200"),
        line(key, 2, USAGE, "2001:db8::9"),
    ]
    # Those who may not are no use.
    refused = line(key, 1, address="192.0.2.1", status=403, code="ip_not_allowed")
    write_lines([*calls, refused])

    text = text_of(owner.get(ADVICE))
    assert "2 were called. " in text
    assert "Works from any IP address; all requests came from 2 networks." in text
    assert "Suggestions" in text_of(owner.get(page_of(key)))
    for kind in ("permissions", "networks"):
        page = owner.get(page_of(key, f"advice/{kind}/"))
        proposal = page.context["advice"].proposal
        assert "Before" in text_of(page)
        owner.post(page_of(key, f"advice/{kind}/"), {"proposal": proposal})

    key.refresh_from_db()
    assert set(key.permissions or ()) == {"image.create", "image.usage"}
    assert {str(entry) for entry in key.allowed_networks.all()} == {
        "203.0.113.0/24",
        "2001:db8::/64",
    }
    assert kinds(partner) == []
    actions = AuditEntry.objects.of(partner.pk).values_list("action", flat=True)
    assert {"key.edited", "whitelist.added"} <= set(actions)


@pytest.mark.parametrize("seed", range(4))
def test_no_advice_would_have_rejected_a_request(partner: Partner, seed: int) -> None:
    random = Random(seed)
    networks = ["203.0.113.0/24", "198.51.100.7/32", "192.0.2.0/28", "2001:db8::/48"]
    key = generate_key(partner, "live", networks=random.sample(networks, random.randint(0, 4)))
    aged(key, 300)
    paths = [endpoint.path for endpoint in endpoints_for("live")]
    entries = [ip_network(entry.network) for entry in key.allowed_networks.all()]
    choices = entries[: random.randint(1, 4)] or [ip_network(network) for network in networks]
    calls = [
        line(key, random.uniform(0, 29), random.choice(paths), str(random.choice(choices)[0]))
        for _ in range(random.randint(2, 6))
    ]
    write_lines([*calls, line(key, 29, calls[0].path, str(calls[0].address))])

    for advice in read_advice(partner):
        tighten_key(advice=advice, actor="t")

    key.refresh_from_db()
    after = [ip_network(entry.network) for entry in key.allowed_networks.all()]
    for call in calls:
        endpoint = find_endpoint(call.path)
        assert endpoint
        assert key.permissions is None or endpoint.name in key.permissions
        assert any(ip_address(str(call.address)) in network for network in after)
    # What is tightened is tight.
    assert set(kinds(partner)) == set()


def test_keys_are_judged_after_a_week_of_use_and_idle_ones_are_to_be_revoked(
    partner: Partner, owner: Client
) -> None:
    young = generate_key(partner, "live")
    write_lines([line(young, 6)])
    many = aged(generate_key(partner, "live", permissions=["image.create"]), 90)
    write_lines([line(many, 20 - n / 2, address=f"198.51.{n}.1") for n in range(11)])
    assert kinds(partner) == []

    idle = aged(generate_key(partner, "test", name="Forgotten"), 90)
    mark_used(idle, timezone.now() - timedelta(days=61))
    old = aged(generate_key(partner, "live", permissions=["image.create"]), 200)
    mark_used(old, timezone.now())
    assert kinds(partner) == [Kind.EXPIRY, Kind.IDLE]
    assert "2 suggestions to tighten your API keys." in owner.get("/dashboard/").content.decode()

    # A key that was called in the meantime is not revoked.
    proposal = owner.get(page_of(idle, "advice/idle/")).context["advice"].proposal
    write_lines([line(idle, 0)])
    owner.post(page_of(idle, "advice/idle/"), {"proposal": proposal})
    idle.refresh_from_db()
    assert idle.is_active


def test_an_idle_key_is_revoked_and_an_old_one_gets_a_year(partner: Partner) -> None:
    idle = aged(generate_key(partner, "test"), 90)
    old = aged(generate_key(partner, "live", permissions=["image.create"]), 200)
    mark_used(old, timezone.now())
    for advice in read_advice(partner):
        tighten_key(advice=advice, actor="t")
    idle.refresh_from_db()
    old.refresh_from_db()
    assert idle.revoked_at
    assert old.expires_at
    assert timedelta(days=364) < old.expires_at - timezone.now() <= timedelta(days=365)


def test_unused_entries_stay_if_the_used_one_was_removed_meanwhile(partner: Partner) -> None:
    """Without any entry, the key would work from everywhere."""
    key = aged(generate_key(partner, "live", networks=["203.0.113.0/24", "192.0.2.0/28"]), 60)
    write_lines([line(key, 20), line(key, 1)])
    advice = find_advice(key, Kind.ENTRIES)
    assert advice
    used = key.allowed_networks.get(network="203.0.113.0/24")
    remove_network(entry=used, actor="t", allow_empty=False)
    with pytest.raises(LastWhitelistEntry):
        tighten_key(advice=advice, actor="t")


def test_only_who_may_change_a_key_may_tighten_it_and_only_as_was_shown(partner: Partner) -> None:
    key = aged(generate_key(partner, "live"), 20)
    write_lines([line(key, 20), line(key, 1)])
    page = page_of(key, "advice/permissions/")

    assert browser(partner, "developer").get(page).status_code == 403
    assert "Ask an owner or admin" in text_of(browser(partner, "developer").get(ADVICE))
    assert requires_reauthentication(browser(partner, fresh=False).post(page))
    owner = browser(partner)
    assert "Nothing was changed yet" in owner.post(page, {"proposal": "permissions x"}).text
    assert owner.get(page_of(key, "advice/nonsense/")).status_code == 404
    key.refresh_from_db()
    assert key.permissions is None


def test_use_is_noted_once_in_ten_minutes_and_for_a_hundred_networks(partner: Partner) -> None:
    key, notes = generate_key(partner, "live"), ActivityNotes()
    first = line(key, 0)
    assert len(notes.take([first, first])) == 1
    assert notes.take([first._replace(at=first.at + timedelta(minutes=5))]) == []
    later = first._replace(at=first.at + timedelta(minutes=11))
    assert [row[-1] for row in notes.take([later])] == [later.at]
    flood = [later._replace(address=f"10.{n}.0.1") for n in range(250)]
    assert len(notes.take(flood)) == 100
    write_lines(flood)
    assert KeyActivity.objects.of(partner.pk).filter(network="").count() == 1
