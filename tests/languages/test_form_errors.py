"""Errors of forms are in the language of the person, also where Django has the words."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils.translation import override

import accounts.forms
import billing.forms
from tests.accounts.sign_ins import sign_in
from tests.factories import PartnerFactory
from tests.languages.test_catalogues import NAMES
from tests.users import create_user

pytestmark = pytest.mark.django_db

SCRIPTS = {"hi": "[\u0900-\u0963]", "as": "[\u0980-\u09ff]"}
#: Forms of staff pages, which are English.
_STAFF = {"approvals", "reports", "staff", "staff_people"}
#: Placeholders, markup and examples of addresses.
_OTHER = re.compile(r"%\(\w+\)[sdr]|\{\w*\}|<[^>]+>|https?://\S+|\S+@\S+")


def english_words(text: str) -> set[str]:
    return set(re.findall("[A-Za-z]{2,}", _OTHER.sub("", text))) - NAMES - {"PIN", "PAN", "IP"}


@pytest.mark.parametrize(("language", "title"), [
    ("hi", "बहुत ज़्यादा कोशिशें"), ("as", "বহুবাৰ চেষ্টা কৰা হ’ল"),
])  # fmt: skip
def test_the_page_of_too_many_attempts_is_in_the_language_of_its_reader(
    settings: Any, language: str, title: str
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    create_user(PartnerFactory.create(), email="priya@nova.test", password="a long one")
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    sign_in(client, password="wrong")
    response = sign_in(client, password="wrong")

    page = response.content.decode()
    assert response.status_code == 429
    assert f'<html lang="{language}"' in page
    assert title in page
    for text in re.findall("<(?:h1|p)[^>]*>([^<]+)<", page.partition("<main")[2]):
        assert re.search(SCRIPTS[language], text)
        assert not english_words(text)


@pytest.mark.parametrize("language", SCRIPTS)
@pytest.mark.parametrize("password", ["short", "password1234", "priya@nova.test"])
def test_a_weak_password_is_refused_in_the_language(language: str, password: str) -> None:
    user = create_user(PartnerFactory.create(), email="priya@nova.test", password="a long one")
    with override(language), pytest.raises(ValidationError) as refused:
        validate_password(password, user)
    for text in refused.value.messages:
        assert re.search(SCRIPTS[language], text)
        assert not english_words(text)


@pytest.mark.parametrize("language", SCRIPTS)
def test_every_error_of_a_field_is_in_the_language(language: str) -> None:
    with override(language):
        texts = [(where, str(text)) for where, text in _error_messages()]
    assert len(texts) > 100
    assert not [each for each in texts if not re.search(SCRIPTS[language], each[1])]
    assert not [each for each in texts if english_words(each[1])]


def _error_messages() -> Iterator[tuple[str, Any]]:
    """Yield the texts of every field of partners' forms, with the name of form and field."""
    for form in _forms():
        for name, field in form.base_fields.items():
            where = f"{form.__name__}.{name}"
            yield from ((where, text) for text in field.error_messages.values())
            yield from ((where, text) for each in field.validators
                        if (text := getattr(each, "message", "")))  # fmt: skip


def _forms() -> Iterator[type[forms.Form]]:
    for package in (accounts.forms, billing.forms):
        for module in pkgutil.iter_modules(package.__path__):
            if module.name not in _STAFF:
                found = vars(importlib.import_module(f"{package.__name__}.{module.name}"))
                for each in found.values():
                    if isinstance(each, type) and issubclass(each, forms.Form):
                        yield each
