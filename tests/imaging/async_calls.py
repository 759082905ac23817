"""Calls with `Prefer: respond-async`, and the events that announce their end."""

from __future__ import annotations

import json
from typing import Any

from integrations.models import WebhookDelivery
from tests.deployments.deployment_fakes import RECEIVER

ASYNC = {"prefer": "respond-async"}
NOTES = {"externalId": "order-7", "metadata": {"shop": "Kolkata"}}
HOOK = {"webhookUrl": RECEIVER, "webhookSecret": "whsec_" + "a" * 32}


def payloads() -> list[dict[str, Any]]:
    rows = WebhookDelivery.objects.order_by("created_at").values_list("body", flat=True)
    return [json.loads(bytes(body)) for body in rows]
