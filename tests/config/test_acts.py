"""Every act of staff: it names a row, and what is typed stays text.

Who may do which is in `tests/backoffice/test_presses.py`.
"""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from accounts.models import Partner
from accounts.services.live_access import request_live_access
from billing.models import PointBucket
from config.admin.permissions import ADMIN
from deployments.pipeline import run_due
from imaging.models import ImageOperation
from integrations.models import WebhookDelivery
from tests.backoffice.presses import PRESSES
from tests.billing.approvals import receive_transfer
from tests.billing.purchases import buy
from tests.deployments.deployment_fakes import deploy, install_fakes
from tests.factories import Keys
from tests.merchants import PartnerServer
from tests.staff import business, in_group, member

#: The prefix of a page's name → what names its row.
ROWS = {
    "billing_purchase": "purchase",
    "billing_banktransfer": "transfer",
    "billing_pointbucket": "bucket",
}
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
    found = {}
    for press in PRESSES:
        head = press.page.rpartition("_")[0] or press.page.partition("-")[0]
        if row := rows.get(ROWS.get(head, head)):
            found[press.page] = reverse(f"admin:{press.page}", args=[row])
    return found


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
