"""A live shop follows its account: what the shop shows of it is published again by itself."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from PIL import Image

from accounts.models import AuditEntry
from accounts.services.locks import lock_partner
from config.db.clock import database_now
from deployments.builder.base import Merchant
from deployments.models import Deployment, Takedown, Website
from deployments.pipeline import run_due
from deployments.services.updates import update_is_due, update_next_shop
from tests.concurrency import overlap, waits_for
from tests.deployments.deployment_fakes import (
    PATH,
    WHOLE,
    Fakes,
    deploy,
    events,
    payloads,
    shop_body,
)
from tests.deployments.shop_changes import follow, live, states, update
from tests.merchants import PartnerServer
from tests.servers import Reply, serve

pytestmark = pytest.mark.usefixtures("fakes")


def test_a_change_waits_two_seconds_for_others(server: PartnerServer) -> None:
    website, before = live(server), database_now()
    assert update_next_shop() is False
    update(server, website.account_id, about="Handmade shoes.")
    update_at = Website.objects.get().update_at
    assert update_at
    assert before <= update_at - timedelta(seconds=2) <= database_now()


#: Fields of the account, and what the shop shows of them.
CHANGES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"email": "new@example.com"}, {"email": "new@example.com"}),
    (
        {"mobileNumber": {"value": "9811122233", "countryCode": 91}},
        {"phone": "+91 9811122233", "whatsapp": "+91 9811122233"},
    ),
    ({"businessName": "Nova Private Limited"}, {"business_name": "Nova Private Limited"}),
    (
        {"address": {"addLineOne": "1 Hill Road", "city": "Pune", "pincode": "411001"}},
        {"address_lines": ("1 Hill Road", "Pune 411001")},
    ),
    ({"about": "Handmade shoes."}, {"about": "Handmade shoes."}),
    ({"currency": "USD"}, {"currency": "USD"}),
    (
        {"socialMedia": [{"name": "Instagram", "url": "https://social.test/n"}]},
        {"social_links": (("Instagram", "https://social.test/n"),)},
    ),
]


def test_a_change_that_the_shop_shows_is_published(server: PartnerServer, fakes: Fakes) -> None:
    website = live(server)

    for number, (fields, shown) in enumerate(CHANGES, start=1):
        update(server, website.account_id, **fields)
        follow()

        assert states() == ["replaced"] * number + ["live"], fields
        merchant: Merchant = fakes.builder.build_inputs[-1].merchant
        assert {name: getattr(merchant, name) for name in shown} == shown
    assert events() == WHOLE * (len(CHANGES) + 1)
    assert {each.get("reason") for each in payloads()[3:]} == {"update"}
    assert {each["identifier"] for each in payloads()} == {website.identifier}
    trail = AuditEntry.objects.filter(action="deployment.updated")
    assert set(trail.values_list("actor", flat=True)) == {"system"}
    assert trail.count() == len(CHANGES)


def test_nothing_is_built_for_what_the_shop_does_not_show(server: PartnerServer) -> None:
    website = live(server)

    update(server, website.account_id, firstName="Sarah", typeOfBusiness="Retail")
    update(server, website.account_id, email="merchant0@example.com", currency="₹")
    follow()

    assert states() == ["live"]
    assert Website.objects.get().update_at is None


def test_changes_in_quick_succession_are_built_once(server: PartnerServer) -> None:
    website = live(server)

    for number in range(5):
        update(server, website.account_id, about=f"About {number}")
        run_due()
    assert states() == ["live"], "the pause is not over"
    follow()

    assert states() == ["replaced", "live"]


def test_the_brand_follows_the_business_name_that_it_was(
    server: PartnerServer, fakes: Fakes
) -> None:
    account_id = server.create(businessName="Nova Retail")
    body = {
        "accountId": account_id,
        "businessCategory": ["Footwear"],
        "brandName": "Nova Retail",
        "webhookUrl": "http://127.0.0.1:9/",
    }
    assert server.post("createAndDeploy", body).status_code == 202
    run_due()

    update(server, account_id, businessName="Nova Living")
    follow()

    assert fakes.builder.build_inputs[-1].brand_name == "Nova Living"
    update(server, account_id, businessName=None)
    follow()
    assert fakes.builder.build_inputs[-1].brand_name == "Nova Living"


def test_an_update_keeps_a_logo_that_can_no_longer_be_downloaded(
    server: PartnerServer, fakes: Fakes
) -> None:
    logos: list[bytes] = []
    fakes.builder.before = lambda build_input: logos.append(
        build_input.logo.read_bytes() if build_input.logo else b""
    )
    replies = iter([Reply(200, picture("teal")), Reply(404), Reply(200, picture("red"))])
    with serve(lambda request: next(replies)) as host:
        account_id = server.create(logoUrl=f"{host.url}/logo")
        server.post(PATH, shop_body(account_id))
        run_due()
        update(server, account_id, about="New.")
        follow()
        update(server, account_id, logoUrl=f"{host.url}/new")
        follow()

    first, kept, new = logos
    assert first == kept != b""
    assert new not in (first, b"")
    _, notice, _ = Deployment.objects.order_by("created_at").values_list("notice", flat=True)
    assert notice == (
        "logoUrl was not used: the server answered with status 404; its former version is shown "
        "instead."
    )


def picture(colour: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(file, "PNG")
    return file.getvalue()


def test_workers_at_the_same_time_build_a_change_once(server: PartnerServer) -> None:
    first, other = live(server), live(server, number=1)
    for website in (first, other):
        update(server, website.account_id, about="New.")
    Website.objects.update(update_at=Now())
    mine = Website.objects.filter(pk=first.pk)
    mine.update(update_at=Now() - timedelta(minutes=1))

    assert overlap(lambda: mine.update(update_at=None), update_next_shop) is None

    assert states() == ["live", "live"]


def test_a_change_is_due_whatever_happens_to_another_shop(server: PartnerServer) -> None:
    mine, other = live(server), deploy(server, 1).website
    Website.objects.update(update_at=Now())
    assert update_is_due(), "the other one is being built"
    removal = {"partner_id": mine.partner_id, "due_at": Now()}
    Takedown.objects.create(identifier=other.identifier, **removal)
    assert update_is_due(), "the other one is being removed"
    Takedown.objects.create(identifier=mine.identifier, **removal)
    assert not update_is_due()
    Takedown.objects.all().delete()
    Deployment.objects.filter(website=other).update(state="failed")
    Website.objects.filter(pk=mine.pk).update(update_at=None)
    assert not update_is_due(), "the other one is not live"


def test_an_update_waits_for_other_changes_of_the_partner(server: PartnerServer) -> None:
    website = live(server)
    Website.objects.update(update_at=Now())
    assert waits_for(lambda: lock_partner(website.partner_id), update_next_shop)
