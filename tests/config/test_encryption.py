"""Ciphertexts are bound to their column and row; lookup hashes need the lookup key."""

from __future__ import annotations

import base64
import os
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Account
from config.db.encryption import (
    DecryptionError,
    EncryptionContext,
    current_version,
    decrypt,
    encrypt,
    lookup_hash,
)
from tests.merchants import PartnerServer

HERE = EncryptionContext("accounts_account.email", "665a1f2e3b4c5d6e7f8a9b0c")


def key_entry(version: int) -> str:
    return f"{version}:{base64.urlsafe_b64encode(os.urandom(32)).decode()}"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_decryption_reverses_encryption(text: str) -> None:
    assert decrypt(encrypt(text, HERE), HERE) == text


def test_equal_values_have_different_ciphertexts() -> None:
    assert len({encrypt("sarah@novaretail.com", HERE) for _ in range(20)}) == 20


@pytest.mark.parametrize(
    "place",
    [
        EncryptionContext("accounts_account.phone", HERE.row),
        EncryptionContext(HERE.column, "0" * 24),
    ],
)
def test_a_value_cannot_be_decrypted_in_another_column_or_row(place: EncryptionContext) -> None:
    with pytest.raises(DecryptionError):
        decrypt(encrypt("sarah@novaretail.com", HERE), place)


def test_every_changed_byte_is_detected() -> None:
    ciphertext = encrypt("sarah@novaretail.com", HERE)
    for at in range(len(ciphertext.partition(".")[0]) + 1, len(ciphertext) - 1):
        other = "A" if ciphertext[at] != "A" else "B"
        with pytest.raises(DecryptionError):
            decrypt(ciphertext[:at] + other + ciphertext[at + 1 :], HERE)


@pytest.mark.parametrize(
    "damaged", ["", "v1", "v1.", ".", "v.AAAA", "vx.AAAA", "v1.A", "v1.é", "sarah@novaretail.com"]
)
def test_malformed_ciphertexts_are_rejected(damaged: str) -> None:
    with pytest.raises(DecryptionError):
        decrypt(damaged, HERE)


def test_values_of_an_older_configured_key_can_be_decrypted(settings: Any) -> None:
    old, new = key_entry(1), key_entry(2)
    settings.FIELD_ENCRYPTION_KEYS = [old]
    ciphertext = encrypt("text", HERE)

    settings.FIELD_ENCRYPTION_KEYS = [new, old]
    assert current_version() == 2
    assert decrypt(ciphertext, HERE) == "text"
    assert encrypt("text", HERE).startswith("v2.")

    settings.FIELD_ENCRYPTION_KEYS = [new]
    with pytest.raises(DecryptionError, match="FIELD_ENCRYPTION_KEYS has no version 1"):
        decrypt(ciphertext, HERE)


def test_a_key_that_is_not_the_first_is_only_read(settings: Any) -> None:
    old, new = key_entry(1), key_entry(2)
    settings.FIELD_ENCRYPTION_KEYS = [new]
    ciphertext = encrypt("text", HERE)

    settings.FIELD_ENCRYPTION_KEYS = [old, new]
    assert decrypt(ciphertext, HERE) == "text"
    assert encrypt("text", HERE).startswith("v1.")


def test_a_wrong_key_is_reported(settings: Any) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [key_entry(1)]
    ciphertext = encrypt("text", HERE)
    settings.FIELD_ENCRYPTION_KEYS = [key_entry(1)]

    with pytest.raises(DecryptionError, match="made with another key") as caught:
        decrypt(ciphertext, HERE)
    assert HERE.row in str(caught.value)
    assert ciphertext not in str(caught.value)


def test_a_lookup_hash_depends_on_key_purpose_and_text(settings: Any) -> None:
    hashes = {lookup_hash("email", "a@b.co"), lookup_hash("phone", "a@b.co")}
    hashes.add(lookup_hash("email", "a@b.com"))
    settings.LOOKUP_KEY = "x" * 40
    hashes.add(lookup_hash("email", "a@b.co"))

    assert len(hashes) == 4
    assert lookup_hash("email", "a@b.co") in hashes
    assert all(len(value) == 32 for value in hashes)


def test_ciphertexts_swapped_in_the_database_cannot_be_decrypted(server: PartnerServer) -> None:
    first, second = (Account.objects.get(pk=server.create(number)) for number in range(2))
    swaps: list[dict[str, Any]] = [
        {"email": second.email},  # row to row
        {"phone": second.phone},
        {"profile": second.profile},
        {"email": first.phone},  # column to column
    ]
    for swap in swaps:
        Account.objects.filter(pk=first.pk).update(**swap)
        response = server.get(f"getAccount/{first.pk}")
        assert response.status_code == 500
        assert response.json()["message"] == "Internal server error"
        Account.objects.filter(pk=first.pk).update(
            email=first.email, phone=first.phone, profile=first.profile
        )
    assert server.get(f"getAccount/{first.pk}").status_code == 200
