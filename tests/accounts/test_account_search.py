"""Accounts are found by business name: beginnings of words, with one typing error in each."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from accounts.models import Account
from config.db.owned import sandbox_id
from tests.factories import Keys, partner_with_keys
from tests.merchants import PartnerServer
from tests.users import browser_of, create_user


def find_accounts(browser: Client, term: str) -> list[str]:
    """Return the addresses of the accounts that the search in the header lists."""
    text = browser.get("/dashboard/search/", {"q": term}).text
    return re.findall(r'href="(/dashboard/accounts/\w{24}/)"', text)


NAMES = {"Sharma Textiles": 0, "Shah & Sons": 1, "Café Déjà Vu": 2, "हिन्दी वस्त्र भंडार": 3}


@pytest.fixture
def shops(keys: Keys) -> dict[str, str]:
    server = PartnerServer(keys.management)
    return {name: server.create(number, businessName=name) for name, number in NAMES.items()}


@pytest.mark.parametrize(
    ("term", "name"),
    [
        ("sha", "Sharma Textiles"),
        ("sha", "Shah & Sons"),
        ("TEXT sharm", "Sharma Textiles"),
        ("shrma", "Sharma Textiles"),
        ("sharmma textlies", "Sharma Textiles"),
        ("cafe deja", "Café Déjà Vu"),
        ("वस्त", "हिन्दी वस्त्र भंडार"),
    ],
)
def test_accounts_are_found_by_their_business_name(
    keys: Keys, shops: dict[str, str], term: str, name: str
) -> None:
    owner = browser_of(create_user(keys.partner))

    assert f"/dashboard/accounts/{shops[name]}/" in find_accounts(owner, term)
    assert shops[name] in owner.get("/dashboard/accounts/", {"who": term}).text


def test_other_words_and_other_partners_find_no_account(keys: Keys, shops: dict[str, str]) -> None:
    owner = browser_of(create_user(keys.partner))
    for term in ("sharma steel", "harm", "shxxma", "tex-tile"):
        assert find_accounts(owner, term) == [], term
    stranger = browser_of(create_user(partner_with_keys().partner))
    assert find_accounts(stranger, "sharma") == []


def test_a_changed_name_is_found_and_its_former_one_is_not(keys: Keys) -> None:
    server = PartnerServer(keys.management)
    account = server.create(businessName="Old Lantern")
    server.put("updateAccount", {"accountId": account, "businessName": "New Lamp"})
    owner = browser_of(create_user(keys.partner))

    assert find_accounts(owner, "lantern") == []
    assert find_accounts(owner, "lamp") == [f"/dashboard/accounts/{account}/"]


def test_accounts_of_test_keys_are_found_and_say_so(keys: Keys) -> None:
    account = PartnerServer(keys.management_test).create(businessName="Trial Shop")
    owner = browser_of(create_user(keys.partner))

    assert Account.objects.get().partner_id == sandbox_id(keys.partner.pk)
    assert find_accounts(owner, "trial") == [f"/dashboard/accounts/{account}/"]
