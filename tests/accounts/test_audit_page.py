"""The audit page of a partner."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Member, User
from accounts.services.audit import record_audit
from tests.factories import Keys, partner_with_keys
from tests.users import browser_of, create_user

AUDIT, EXPORT = "/dashboard/audit/", "/dashboard/audit.csv"


@pytest.fixture
def made(db: None) -> Keys:
    return partner_with_keys(name="Nova")


@pytest.fixture
def owner(made: Keys) -> Client:
    return browser_of(create_user(made.partner, "owner", "olga@nova.test"))


def shown(client: Client, query: str = "") -> str:
    response = client.get(AUDIT + query)
    assert response.status_code == 200
    return str(response.content.decode())


def count_rows(page: str) -> int:
    return page.count("<tr") - 1


def export(client: Client, query: str = "") -> list[dict[str, str]]:
    response: Any = client.get(EXPORT + query)
    return list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


@pytest.mark.parametrize(
    ("role", "status"), [("owner", 200), ("admin", 200), ("developer", 403), ("viewer", 403)]
)
def test_only_owners_and_admins_can_see_the_audit_trail(made: Keys, role: str, status: int) -> None:
    client = browser_of(create_user(made.partner, role))
    assert client.get(AUDIT).status_code == client.get(EXPORT).status_code == status


def test_entries_of_another_partner_are_not_shown(made: Keys, owner: Client) -> None:
    theirs = partner_with_keys(name="Stranger")
    record_audit(partner=theirs.partner, actor="test", action="partner.renamed", before="Secretive")
    record_audit(partner=None, actor="test", action="price.changed", note="Secretive")
    assert "Secretive" not in shown(owner)
    assert "Secretive" not in str(export(owner))


def test_actors_are_shown_by_name(made: Keys, owner: Client) -> None:
    management = made.key("management")
    staff = User.objects.create_user("asha@shopiq.test", None, is_staff=True)
    for actor in (
        "olga@nova.test",
        f"key:{management.pk}",
        staff.email,
        "command:create_key",
        "gone@nova.test",
    ):
        record_audit(partner=made.partner, actor=actor, action="key.revoked", target=management.pk)

    names = [row["who"] for row in export(owner)][:5]
    assert names == [
        "gone@nova.test",
        "ShopIQ",
        "ShopIQ staff (asha@shopiq.test)",
        f"Key {management}",
        "Person 0 (olga@nova.test)",
    ]
    page = shown(owner)
    assert all(name in page for name in names)


def test_a_member_who_is_also_staff_is_shown_by_name(made: Keys, owner: Client) -> None:
    both = create_user(made.partner, "admin", "both@shopiq.test")
    both.is_staff = True
    both.save()
    record_audit(partner=made.partner, actor=both.email, action="key.revoked")
    assert export(owner)[0]["who"] == f"{both.name} (both@shopiq.test)"


def test_a_key_of_another_partner_is_not_named(made: Keys, owner: Client) -> None:
    foreign = partner_with_keys().key("live")
    record_audit(partner=made.partner, actor=f"key:{foreign.pk}", action="account.created")
    assert export(owner)[0]["who"] == "ShopIQ"


def test_an_entry_has_a_label_and_a_link_to_its_target(made: Keys, owner: Client) -> None:
    key = made.key("live")
    record_audit(partner=made.partner, actor="test", action="key.revoked", target=key.pk)
    record_audit(
        partner=made.partner,
        actor="test",
        action="points.credited",
        target="b",
        points=725,
        note="",
    )
    record_audit(partner=made.partner, actor="test", action="purchase.paid", total_paise=11805050)
    page = shown(owner)
    assert f'<a href="{reverse("key", args=[key.pk])}">Revoked an API key</a>' in page
    assert "7.25" in page
    assert "₹1,18,050.50" in page


def test_details_are_formatted_as_text(made: Keys, owner: Client) -> None:
    record_audit(
        partner=made.partner,
        actor="test",
        action="whitelist.added",
        after={"name": "Shop", "limit": None, "permissions": ["image.create", "image.usage"]},
        before={"name": "Default", "requests_per_day": 5},
        networks=[{"network": "203.0.113.0/24", "note": "office"}, {"network": "::1", "note": ""}],
        active=True,
        expires_at=None,
    )
    page = shown(owner)
    assert page.index("name Default, requests per day 5") < page.index(
        "name Shop, limit none, permissions image.create; image.usage"
    )
    assert "203.0.113.0/24 (office); ::1" in page
    assert "Expires at" not in page


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(604_800, "7 days"), (3_600, "1 hour"), (5_400, "90 minutes"), (1, "1 second"), (0, "none")],
)
def test_a_duration_is_shown_in_its_largest_unit(
    made: Keys, owner: Client, seconds: int, words: str
) -> None:
    record_audit(partner=made.partner, actor="test", action="key.rolled", overlap_seconds=seconds)
    assert f'<span class="muted">Overlap</span> {words}</span>' in shown(owner)


def test_a_second_factor_is_shown_by_its_label(made: Keys, owner: Client) -> None:
    action = "login.second_factor_added"
    record_audit(partner=made.partner, actor="test", action=action, target="WebAuthn")
    assert "<code>passkey</code>" in shown(owner)
    assert export(owner)[0]["target"] == "passkey"


def test_a_purchase_is_shown_by_its_reference_with_a_link(made: Keys, owner: Client) -> None:
    record_audit(
        partner=made.partner,
        actor="test",
        action="purchase.paid",
        target="a" * 24,
        reference="SQ-7K4MPX",
    )
    page = shown(owner)
    assert f'<a href="{reverse("purchase", args=["a" * 24])}">Settled a purchase</a>' in page
    assert page.count("SQ-7K4MPX") == 1
    assert "a" * 24 + "<" not in page
    assert export(owner)[0]["target"] == "SQ-7K4MPX"


def test_a_target_that_is_not_an_id_has_no_link(made: Keys, owner: Client) -> None:
    record_audit(partner=made.partner, actor="test", action="key.revoked", target="<b>nothing")
    page = shown(owner)
    assert "&lt;b&gt;nothing" in page
    assert "<b>nothing" not in page


@pytest.mark.parametrize(
    ("query", "actions"),
    [
        ("?subject=keys", {"key.revoked"}),
        ("?subject=team", {"member.left"}),
        ("?subject=points", {"points.credited"}),
        ("?actor=people", {"key.revoked"}),
        ("?actor=olga@nova.test", {"key.revoked"}),
        ("?actor=keys", {"account.created"}),
        ("?actor=shopiq", {"points.credited", "member.left"}),
        ("?period=hour&subject=merchants", {"account.created"}),
        ("?until=2020-01-01T00:00", set()),
    ],
)
def test_entries_are_filtered(made: Keys, owner: Client, query: str, actions: set[str]) -> None:
    staff = User.objects.create_user("asha@shopiq.test", None, is_staff=True)
    Member.objects.create(partner=partner_with_keys().partner, user=staff)
    marker = {"mark": "here"}
    for actor, action in (
        ("olga@nova.test", "key.revoked"),
        (f"key:{made.key('management').pk}", "account.created"),
        (staff.email, "points.credited"),
        ("command:x", "member.left"),
    ):
        record_audit(partner=made.partner, actor=actor, action=action, **marker)

    found = {row["action"] for row in export(owner, query) if "here" in row["details"]}
    assert found == actions
    assert ("No entries match" in shown(owner, query)) == (not actions)


@pytest.mark.parametrize(
    "query", ["?actor=%00", "?actor=x", "?subject=%00", "?since=x", "?after=%00", "?sort=%00"]
)
def test_invalid_filters_still_show_the_page(owner: Client, query: str) -> None:
    assert shown(owner, query)
    assert owner.get(EXPORT + query).status_code in (200, 302)


def test_a_page_takes_as_many_queries_for_fifty_entries_as_for_one(
    made: Keys, owner: Client
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            shown(owner, "?subject=merchants")
        return len(captured)

    def add(action: str) -> None:
        for actor in ("olga@nova.test", f"key:{made.key('management').pk}"):
            record_audit(partner=made.partner, actor=actor, action=action, target="a" * 24)

    add("account.created")
    shown(owner)
    few = queries()
    for _ in range(30):
        add("account.created")
    assert count_rows(shown(owner, "?subject=merchants")) == 25
    assert queries() == few <= 14


def test_the_export_has_every_entry_and_escapes_formulas(
    made: Keys, owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.views.audit._CHUNK", 4)
    before = len(export(owner))
    for number in range(9):
        record_audit(
            partner=made.partner, actor="test", action="key.revoked", target=f"=1+{number}"
        )
    rows = export(owner)
    assert len(rows) == before + 9
    assert {row["target"] for row in rows[:9]} == {f"'=1+{number}" for number in range(9)}
