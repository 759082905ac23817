"""Idempotency keys: a call that is sent twice is carried out once.

This follows draft-ietf-httpapi-idempotency-key-header.
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
from config.db.encryption import lookup_hash, lookup_hashes

_PURPOSE = "idempotency"
#: How often another attempt may release the key, as after a 402, just before it would be read here.
_TRIES = 3


class KeyInUse(Exception):
    """Another attempt with this key is in progress."""


class KeyReused(Exception):
    """The key was used with a different request."""


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """The first response, to be replayed byte for byte."""

    status: int
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Claim:
    """The hold of this attempt on a key, until it stores a response, releases the key or its lease
    expires."""

    partner_id: str
    record_id: str


def claim(
    *,
    admission: Admission,
    endpoint: str,
    key: str,
    body: Mapping[str, Any],
    lease_seconds: int,
) -> Claim | StoredResponse:
    """Take the key for this attempt, or return the response of an earlier one.

    Raises `KeyReused` for a different body and `KeyInUse` while an earlier attempt is in progress.
    """
    scope = {
        "environment": admission.environment,
        "endpoint": endpoint,
        "key": key,
    }
    new = IdempotencyRecord(
        partner_id=admission.partner_id,
        **scope,
        body_hash=lookup_hash(_PURPOSE, _canonical(body)),
        lease_until=Now() + timedelta(seconds=lease_seconds),
    )
    for _ in range(_TRIES):
        with transaction.atomic():
            IdempotencyRecord.objects.bulk_create([new], ignore_conflicts=True)
            mine = IdempotencyRecord.objects.of(admission.partner_id).filter(**scope)
            held = mine.select_for_update().first()
            if held is not None:
                return _claim_of(new) if held.id == new.id else _resolve(held, new, body)
    raise KeyInUse


def store(claimed: Claim, *, response: StoredResponse) -> bool:
    """Store the response; return False if a later attempt has taken over the key.

    Also True if this attempt has stored one before: its acknowledgement may have been lost.
    """
    record = IdempotencyRecord(id=claimed.record_id)
    # Encrypted, because a response may contain personal data.
    record.set_encrypted("response_body", response.body.decode())
    return bool(
        _held(claimed).update(
            status=response.status,
            response_body=record.response_body,
            headers=dict(response.headers),
        )
        or _record_of(claimed).exists()
    )


def release(claimed: Claim) -> None:
    """Drop the key without a response, so that a retry starts over."""
    _held(claimed).delete()


def _claim_of(record: IdempotencyRecord) -> Claim:
    return Claim(record.partner_id, record.id)


def _record_of(claimed: Claim) -> Any:
    return IdempotencyRecord.objects.of(claimed.partner_id).filter(id=claimed.record_id)


def _held(claimed: Claim) -> Any:
    return _record_of(claimed).filter(status=None)


def _resolve(
    held: IdempotencyRecord, new: IdempotencyRecord, body: Mapping[str, Any]
) -> Claim | StoredResponse:
    record = IdempotencyRecord.objects.of(held.partner_id).filter(id=held.id)
    is_old = record.filter(
        created_at__lt=Now() - timedelta(hours=settings.IDEMPOTENCY_HOURS)
    ).exists()
    if not is_old and not _has_body(held, body):
        raise KeyReused
    if held.status is not None and not is_old:
        return StoredResponse(
            held.status, held.get_decrypted("response_body").encode(), held.headers
        )
    died = record.filter(lease_until__lt=Now()).exists()
    if not died:
        raise KeyInUse
    held.delete()
    new.save(force_insert=True)
    return _claim_of(new)


def _has_body(held: IdempotencyRecord, body: Mapping[str, Any]) -> bool:
    return bytes(held.body_hash) in lookup_hashes(_PURPOSE, _canonical(body))


def _canonical(body: Mapping[str, Any]) -> str:
    """Return the values rather than the bytes: clients may order the same object differently.

    Only its hash is stored, which is keyed, because email addresses and phone numbers could be
    guessed from a plain one.
    """
    return json.dumps(body, sort_keys=True, separators=(",", ":"))
