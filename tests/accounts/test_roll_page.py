"""The page on which a key is rolled."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.keys import hash_key
from accounts.models import ApiKey, Partner
from tests.accounts.key_pages import generate_key, page_of, secret_in, text_of
from tests.accounts.rolled_keys import roll


def test_the_page_shows_the_new_key_once(owner: Client, partner: Partner) -> None:
    key = generate_key(partner, "live", name="Shop")

    shown = owner.post(page_of(key, "roll/"), {"overlap": "86400"})
    again = owner.post(page_of(key, "roll/"), {"overlap": "86400"}, follow=True)

    new = ApiKey.objects.get(replaces=key)
    assert hash_key(secret_in(shown)) == bytes(new.secret_hash)
    assert "no-store" in shown.headers["Cache-Control"]
    assert f"The old key {key.masked} works until" in text_of(shown)
    assert not secret_in(again)
    assert "This key was already rolled" in text_of(again)
    assert partner.api_keys.count() == 2


def test_the_two_keys_link_to_each_other(owner: Client, partner: Partner) -> None:
    old = generate_key(partner)
    new = roll(old)

    assert f"Replaced by {new.masked}" in text_of(owner.get(page_of(old)))
    assert f"replacing {old.masked}" in text_of(owner.get(page_of(new)))
    assert "already rolled" in text_of(owner.get(page_of(old, "roll/")))


def test_without_an_overlap_the_page_says_that_the_old_key_stopped_working(
    owner: Client, partner: Partner
) -> None:
    key = generate_key(partner)

    shown = owner.post(page_of(key, "roll/"), {"overlap": "0"})

    assert f"The old key {key.masked} no longer works." in text_of(shown)


@pytest.mark.parametrize("overlap", ["", "1", "-3600", "9" * 400, "\0", "604801"])
def test_other_overlaps_are_rejected(owner: Client, partner: Partner, overlap: str) -> None:
    key = generate_key(partner)

    assert owner.post(page_of(key, "roll/"), {"overlap": overlap}).status_code == 200
    assert partner.api_keys.count() == 1
