"""A key and those that replace it use one of a partner's slots."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from accounts.models import ApiKey, Partner
from accounts.services.key_rules import MAX_ACTIVE_IMAGE_KEYS, KeyRuleError, TooManyKeys
from accounts.services.keys import read_key_slots, revoke_key
from tests.accounts.key_pages import generate_key
from tests.accounts.rolled_keys import HOUR, NOW, roll
from tests.concurrency import run_concurrently
from tests.factories import PartnerFactory


def make_ten(partner: Partner) -> list[ApiKey]:
    return [generate_key(partner) for _ in range(MAX_ACTIVE_IMAGE_KEYS)]


def is_full(partner: Partner) -> bool:
    try:
        generate_key(partner)
    except TooManyKeys:
        return True
    return False


def test_keys_can_be_rolled_at_the_limit_without_freeing_slots(partner: Partner) -> None:
    for key in make_ten(partner):
        roll(key)

    assert partner.api_keys.active().count() == 2 * MAX_ACTIVE_IMAGE_KEYS
    assert is_full(partner)


def test_a_key_and_its_successor_use_one_slot(partner: Partner) -> None:
    *_, last = make_ten(partner)
    revoke_key(key=last, actor="t")
    roll(partner.api_keys.active().latest("created_at"))

    assert not is_full(partner)
    assert is_full(partner)


def test_a_chain_of_rolled_keys_uses_one_slot(partner: Partner) -> None:
    first, *_ = make_ten(partner)
    second = roll(first, timedelta(days=7))
    third = roll(second, NOW)
    assert is_full(partner)

    revoke_key(key=third, actor="t")
    assert is_full(partner)

    revoke_key(key=first, actor="t")
    assert not is_full(partner)


def test_the_limit_holds_under_concurrent_rolls_and_creations(live_db: None) -> None:
    partner = PartnerFactory.create()
    made = make_ten(partner)[:4]
    revoke_key(key=partner.api_keys.first() or made[0], actor="t")

    def press(number: int) -> None:
        with suppress(KeyRuleError):
            if number < len(made):
                roll(made[number], NOW if number % 2 else HOUR)
            else:
                generate_key(partner)

    run_concurrently(8, press)

    assert read_key_slots(partner).used == MAX_ACTIVE_IMAGE_KEYS
    assert is_full(partner)
