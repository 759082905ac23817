"""Every act of staff: who may do it, that it is confirmed, and that what is typed stays text."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from accounts.models import AuditEntry, Partner
from accounts.services.live_access import request_live_access
from billing.models import PointBucket
from config.admin.pages import registered_pages
from config.admin.permissions import ADMIN, GROUPS
from deployments.pipeline import run_due
from imaging.models import ImageOperation
from integrations.models import WebhookDelivery
from tests.billing.approvals import receive_transfer
from tests.billing.purchases import buy
from tests.deployments.deployment_fakes import deploy, install_fakes
from tests.factories import Keys
from tests.merchants import PartnerServer
from tests.staff import business, in_group, member

EVERYONE, HELPERS, RUNNERS = set(GROUPS), {"support", "operations", ADMIN}, {"operations", ADMIN}
FINANCE = {"finance", ADMIN}
#: Page → who may do it, and what names the row.
MAY = {
    "partner-approve": RUNNERS,
    "partner-decline": RUNNERS,
    "partner-deactivate": RUNNERS,
    "partner-reactivate": RUNNERS,
    "partner-limits": RUNNERS,
    "partner-note": EVERYONE,
    "partner-owner": HELPERS,
    "partner-view": HELPERS,
    "partner-revoke-keys": RUNNERS,
    "partner-revoke-links": RUNNERS,
    "partner-sign-out": RUNNERS,
    "partner-resend-webhooks": HELPERS,
    "member-sign-out": RUNNERS,
    "member-second-factor": {ADMIN},
    "key-revoke": RUNNERS,
    "key-rules": RUNNERS,
    "deployment-retry": HELPERS,
    "deployment-cancel": RUNNERS,
    "website-rebuild": HELPERS,
    "website-take-down": RUNNERS,
    "website-restore": RUNNERS,
    "operation-take-down": RUNNERS,
    "operation-restore": RUNNERS,
    "delivery-resend": HELPERS,
    "purchase-transfer": FINANCE,
    "purchase-refund": FINANCE,
    "purchase-book": FINANCE,
    "transfer-return": FINANCE,
    "bucket-correct": FINANCE,
}
#: Pages of acts whose names are those of their rows' lists.
NAMES = {
    "purchase-transfer": "billing_purchase_transfer",
    "purchase-refund": "billing_purchase_refund",
    "purchase-book": "billing_purchase_book",
    "transfer-return": "billing_banktransfer_return",
    "bucket-correct": "billing_pointbucket_correct",
}
#: Pages with parameters that are in walks of their own, and files.
ELSEWHERE = re.compile("open-|staff_|report-|search_list|billing_approval_")
SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@pytest.fixture
def addresses(keys: Keys, server: PartnerServer, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return the URL of each act on a row that exists."""
    install_fakes(monkeypatch)
    deployment = deploy(server)
    run_due()
    business()
    person = member(keys.partner)
    purchase = buy(keys.partner, "manual")
    receive_transfer(purchase=purchase, amount_paise=100)
    rows = {
        "partner": keys.partner.pk,
        "member": person.memberships.get().pk,
        "key": keys.key("live").pk,
        "deployment": deployment.pk,
        "website": deployment.website_id,
        "operation": ImageOperation.objects.get().pk,
        "delivery": WebhookDelivery.objects.first().pk,  # type: ignore[union-attr]
        "purchase": purchase.pk,
        "transfer": purchase.transfers.get().pk,
        "bucket": PointBucket.objects.latest("id").pk,
    }
    return {
        name: reverse(f"admin:{NAMES.get(name, name)}", args=[rows[name.partition("-")[0]]])
        for name in MAY
    }


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_does_what_it_may_and_nothing_else(group: str, addresses: dict[str, str]) -> None:
    staff = in_group(group)
    before = AuditEntry.objects.count()
    for name, address in addresses.items():
        is_refused = group not in MAY[name]
        # A row to which the act does not apply redirects to its page.
        assert (staff.get(address).status_code == 403) is is_refused, name
        if is_refused:
            assert staff.post(address, {"reason": "x"}).status_code == 403, name
    assert AuditEntry.objects.count() == before


def test_every_act_is_in_the_walk() -> None:
    pages = {page.name for page in registered_pages() if "<" in page.route}
    acts = {name for name in pages if not ELSEWHERE.match(name)}
    assert acts == {NAMES.get(name, name) for name in MAY}


def test_unknown_rows_are_not_found(addresses: dict[str, str]) -> None:
    staff = in_group(ADMIN)
    for name, address in addresses.items():
        unknown = re.sub("[0-9a-f]{24}", "0" * 24, address)
        assert staff.get(unknown).status_code == 404, name


def test_scripts_and_odd_addresses_stay_text(keys: Keys, addresses: dict[str, str]) -> None:
    staff = in_group(ADMIN)
    Partner.objects.filter(pk=keys.partner.pk).update(live_approved_at=None)
    request_live_access(
        partner=keys.partner, website="https://nova.test/", purpose=SCRIPT, actor="p"
    )
    keys.partner.live_access_requests.update(website="javascript:alert(3)")
    staff.post(addresses["partner-note"], {"text": SCRIPT})
    staff.post(addresses["website-take-down"], {"reason": SCRIPT})
    staff.post(addresses["partner-deactivate"], {"reason": SCRIPT})
    invalid = staff.post(addresses["partner-limits"], {"requests_per_minute": SCRIPT})
    pages = [
        invalid.content.decode(),
        *(staff.get(address).content.decode() for address in addresses.values()),
        staff.get("/admin/accounts/partnernote/").content.decode(),
        staff.get("/admin/accounts/liveaccessrequest/").content.decode(),
        staff.get("/admin/accounts/auditentry/").content.decode(),
        staff.get(f"/admin/accounts/partner/{keys.partner.pk}/change/").content.decode(),
    ]
    assert any("alert(1)" in page for page in pages)
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert not re.search(r'(?:href|src|action)="\s*javascript:', page, re.I)
