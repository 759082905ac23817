"""What calls that are answered before their images exist send, and what becomes of them."""

from __future__ import annotations

from billing.models import Charge
from tests.deployments.deployment_fakes import RECEIVER

ASYNC = {"prefer": "respond-async"}
NOTES = {"externalId": "order-7", "metadata": {"shop": "Kolkata"}}
HOOK = {"webhookUrl": RECEIVER, "webhookSecret": "whsec_" + "a" * 32}


def state_of(operation_id: str) -> str:
    return Charge.objects.get(pk=operation_id).state
