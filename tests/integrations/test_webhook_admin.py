"""Webhooks and sites in the admin."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from integrations.models import WebhookDelivery
from integrations.services.webhooks import claim_deliveries, finish_attempts
from tests.deployments.deployment_fakes import SECRET, deploy
from tests.factories import Keys
from tests.integrations.outbox import add, endpoint_of, outcome
from tests.merchants import PartnerServer
from tests.staff import staff_with, superuser

LIST = "/admin/integrations/webhookdelivery/"
WORDS = "later please"


@pytest.fixture
def delivery(keys: Keys) -> WebhookDelivery:
    """One that was given up."""
    add(endpoint_of(keys.partner), "s" * 24, "website.building", message="नोवा")
    [claimed] = claim_deliveries(1)
    finish_attempts([(claimed, outcome(410, response_body=WORDS))])
    return WebhookDelivery.objects.get()


def choose(delivery: WebhookDelivery, **more: str) -> dict[str, str]:
    return {"action": "resend", "_selected_action": delivery.pk, **more}


def test_a_webhook_shows_its_payload_and_attempts_and_never_the_secret(
    delivery: WebhookDelivery,
) -> None:
    page = superuser().get(f"{LIST}{delivery.pk}/change/").content.decode()

    assert "नोवा" in page
    assert WORDS in page
    assert SECRET not in page
    assert delivery.endpoint.secret not in page


def test_resending_requires_confirmation(delivery: WebhookDelivery) -> None:
    staff = superuser("ops@shopiq.test")

    assert b"Resend these events?" in staff.post(LIST, choose(delivery)).content
    delivery.refresh_from_db()
    assert delivery.state == "failed"

    staff.post(LIST, choose(delivery, confirmed="yes"))
    delivery.refresh_from_db()
    assert delivery.state == "pending"
    assert AuditEntry.objects.get(action="webhook.resent").actor == "ops@shopiq.test"


def test_a_webhook_of_a_deleted_account_is_not_resent(delivery: WebhookDelivery) -> None:
    WebhookDelivery.objects.update(state="cancelled", ended_at=timezone.now())
    staff = superuser()

    page = staff.post(LIST, choose(delivery, confirmed="yes"), follow=True)
    assert b"cannot be resent: its account was deleted" in page.content

    resend = reverse("admin:delivery-resend", args=[delivery.pk])
    page = staff.post(resend, {"confirmed": "yes"}, follow=True)
    assert b"The account was deleted, so the event is not sent." in page.content
    assert WebhookDelivery.objects.get().state == "cancelled"


def test_staff_with_view_permission_cannot_resend(delivery: WebhookDelivery) -> None:
    staff = staff_with("integrations.view_webhookdelivery")
    assert staff.get(LIST).status_code == 200

    staff.post(LIST, choose(delivery, confirmed="yes"))

    assert WebhookDelivery.objects.get().state == "failed"


@pytest.mark.parametrize("model", ["website", "deployment", "takedown"])
def test_sites_are_read_only(server: PartnerServer, model: str) -> None:
    deployment = deploy(server)
    staff = superuser()
    keys = {"website": deployment.website_id, "deployment": deployment.id}

    assert staff.get(reverse(f"admin:deployments_{model}_changelist")).status_code == 200
    assert staff.get(reverse(f"admin:deployments_{model}_add")).status_code == 403
    if model in keys:
        path = reverse(f"admin:deployments_{model}_change", args=[keys[model]])
        assert staff.get(path).status_code == 200
        assert staff.post(path, {}).status_code == 403
