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

from accounts.error_codes import (
    IDEMPOTENCY_KEY_IN_USE,
    IDEMPOTENCY_KEY_REUSED,
    INVALID_IDEMPOTENCY_KEY,
)
from accounts.models import IdempotencyRecord
from accounts.services.authorization import Admission
from config.api.errors import ApiError, bad_request
from config.db.encryption import lookup_hash

MAX_KEY_LENGTH = 255
#: Answers that a retry may turn into success, so the next call starts afresh.
NOT_KEPT = frozenset({400, 401, 402, 429, 503})


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """The first answer, to be given again byte for byte."""

    status: int
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Claim:
    """This attempt holds the key until it keeps or releases it, or its lease runs out."""

    record_id: str


def check_key(text: str) -> str:
    """The header's value; raises 400 for one that is empty, too long or not printable."""
    if not 0 < len(text) <= MAX_KEY_LENGTH or not text.isascii() or not text.isprintable():
        raise bad_request(
            f"Idempotency-Key must have 1 to {MAX_KEY_LENGTH} printable ASCII characters",
            code=INVALID_IDEMPOTENCY_KEY,
        )
    return text


def claim(
    *,
    admission: Admission,
    endpoint: str,
    key: str,
    body: Mapping[str, Any],
    lease_seconds: int,
) -> Claim | StoredResponse:
    """Takes the key for this attempt, or finds the answer of an earlier one.

    Raises 409 for another body under the same key and while the first attempt is in flight.
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


def keep(claimed: Claim, answer: StoredResponse) -> bool:
    """Keeps the answer; False where the claim was lost to a later attempt.

    True also where this attempt has kept one before: its acknowledgement may have been lost.
    """
    record = IdempotencyRecord(id=claimed.record_id)
    # Sealed: an answer may repeat what identifies a person.
    record.set_encrypted("answer", answer.body.decode())
    return bool(
        _held(claimed).update(
            status=answer.status, answer=record.answer, headers=dict(answer.headers)
        )
        or IdempotencyRecord.objects.filter(id=claimed.record_id).exists()
    )


def release(claimed: Claim) -> None:
    """Gives the key up without an answer, so that a retry starts afresh."""
    _held(claimed).delete()


def in_use() -> ApiError:
    """409: another attempt with this key is under way."""
    return ApiError(
        409,
        "A request with this Idempotency-Key is still in progress",
        code=IDEMPOTENCY_KEY_IN_USE,
        retry_after=5,
    )


def _held(claimed: Claim) -> Any:
    return IdempotencyRecord.objects.filter(id=claimed.record_id, status=None)


def _resolve(held: IdempotencyRecord, fresh: IdempotencyRecord) -> Claim | StoredResponse:
    is_old = IdempotencyRecord.objects.filter(
        id=held.id, created_at__lt=Now() - timedelta(hours=settings.IDEMPOTENCY_HOURS)
    ).exists()
    if not is_old and bytes(held.body_hash) != fresh.body_hash:
        raise ApiError(
            409,
            "Idempotency-Key was already used with a different request",
            code=IDEMPOTENCY_KEY_REUSED,
        )
    if held.status is not None and not is_old:
        return StoredResponse(held.status, held.get_decrypted("answer").encode(), held.headers)
    died = IdempotencyRecord.objects.filter(id=held.id, lease_until__lt=Now()).exists()
    if not died:
        raise in_use()
    held.delete()
    fresh.save(force_insert=True)
    return Claim(fresh.id)


def _hash(body: Mapping[str, Any]) -> bytes:
    """Of the values, not of the bytes: a client may write the same object in another order.

    Keyed: from a plain hash, an email address or a phone number could be guessed.
    """
    canonical = json.dumps(body, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return lookup_hash("idempotency", canonical)
