"""Rewrites the hashes by which accounts are found, under the newest lookup key."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import IntegrityError, transaction

from accounts.models import Account
from config.db.canaries import renew_lookup_canary

_BATCH = 200
_HASHES = ("email_hash", "phone_hash", "phone_whole_hash", "phone_bare_hash")


class SameMerchant(Exception):
    """Another account has the data of this one: a process with the former key created it."""


def rotate_lookup_key() -> Iterator[int]:
    """Yield the number of accounts after each batch; it can be interrupted and repeated.

    Raises `SameMerchant`, and `DecryptionError` at the first account that cannot be decrypted.
    """
    done, last = 0, ""
    while batch := _rewrite_batch(last):
        done, last = done + len(batch), batch[-1]
        yield done
    renew_lookup_canary()


def _rewrite_batch(last: str) -> list[str]:
    """Lock each row, so that concurrent changes are not overwritten."""
    with transaction.atomic():
        rows = Account.objects.of_all().filter(pk__gt=last).order_by("pk")
        batch = list(rows.select_for_update()[:_BATCH])
        for account in batch:
            account.hash_again()
            _save(account)
    return [account.pk for account in batch]


def _save(account: Account) -> None:
    try:
        with transaction.atomic():
            account.save(update_fields=_HASHES)
    except IntegrityError:
        raise SameMerchant(account.pk) from None
