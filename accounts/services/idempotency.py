"""`Idempotency-Key`: a call that is sent twice happens once.

After draft-ietf-httpapi-idempotency-key-header.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from accounts.models import IdempotencyRecord
from accounts.services.authorization import Admission
from config.db.encryption import lookup_hash


class KeyInUse(Exception):
    """Another attempt with this key is under way."""


class KeyReused(Exception):
    """The key was used with another request."""


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """The first answer, to be given again byte for byte."""

    status: int
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Claim:
    """Holds the key for this attempt until it is answered or released, or its lease runs out."""

    record_id: str


def claim(
    *,
    admission: Admission,
    endpoint: str,
    key: str,
    body: Mapping[str, Any],
    lease_seconds: int,
) -> Claim | StoredResponse:
    """Takes the key for this attempt, or finds the answer of an earlier one.

    Raises `KeyReused` for another body and `KeyInUse` while the first attempt is under way.
    """
    scope = {
        "partner_id": admission.partner_id,
        "environment": admission.environment,
        "endpoint": endpoint,
        "key": key,
    }
    fresh = IdempotencyRecord(
        **scope,
        body_hash=_hash(body),
        lease_until=Now() + timedelta(seconds=lease_seconds),
    )
    # Again only where another attempt gave the key up between the two statements, as after a 402.
    while True:
        with transaction.atomic():
            IdempotencyRecord.objects.bulk_create([fresh], ignore_conflicts=True)
            held = IdempotencyRecord.objects.select_for_update().filter(**scope).first()
            if held is not None:
                return Claim(fresh.id) if held.id == fresh.id else _resolve(held, fresh)


def store(claimed: Claim, response: StoredResponse) -> bool:
    """Stores the answer; False where the claim was lost to a later attempt.

    True also where this attempt has stored one before: its acknowledgement may have been lost.
    """
    record = IdempotencyRecord(id=claimed.record_id)
    # Encrypted: an answer may repeat what identifies a person.
    record.set_encrypted("answer", response.body.decode())
    return bool(
        _held(claimed).update(
            status=response.status, answer=record.answer, headers=dict(response.headers)
        )
        or IdempotencyRecord.objects.filter(id=claimed.record_id).exists()
    )


def release(claimed: Claim) -> None:
    """Gives the key up without an answer, so that a retry starts afresh."""
    _held(claimed).delete()


def _held(claimed: Claim) -> Any:
    return IdempotencyRecord.objects.filter(id=claimed.record_id, status=None)


def _resolve(held: IdempotencyRecord, fresh: IdempotencyRecord) -> Claim | StoredResponse:
    is_old = IdempotencyRecord.objects.filter(
        id=held.id, created_at__lt=Now() - timedelta(hours=settings.IDEMPOTENCY_HOURS)
    ).exists()
    if not is_old and bytes(held.body_hash) != fresh.body_hash:
        raise KeyReused
    if held.status is not None and not is_old:
        return StoredResponse(held.status, held.get_decrypted("answer").encode(), held.headers)
    died = IdempotencyRecord.objects.filter(id=held.id, lease_until__lt=Now()).exists()
    if not died:
        raise KeyInUse
    held.delete()
    fresh.save(force_insert=True)
    return Claim(fresh.id)


def _hash(body: Mapping[str, Any]) -> bytes:
    """Of the values, not of the bytes: a client may write the same object in another order.

    Keyed: from a plain hash, an email address or a phone number could be guessed.
    """
    canonical = json.dumps(body, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return lookup_hash("idempotency", canonical)
