"""No form shows a sentence of Django's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import DecimalValidator
from django.urls import get_resolver
from django.utils.translation import trans_real

from accounts.models import User

#: Plain enough to keep.
KEPT = {"Enter a number.", "Enter a whole number."}


def _all_forms(parent: type[Any]) -> Iterator[type[Any]]:
    for child in parent.__subclasses__():
        yield child
        yield from _all_forms(child)


def _is_djangos(text: str) -> bool:
    """Django's sentences are those that it translates."""
    return text not in KEPT and trans_real.translation("de").gettext(text) != text


def test_no_field_of_any_form_has_one() -> None:
    get_resolver().url_patterns  # noqa: B018 - imports every form
    found = {
        f"{form.__name__}.{name}: {message}"
        for form in set(_all_forms(forms.BaseForm))
        if form.__module__.split(".")[0] not in {"django", "allauth", "django_q"}
        for name, field in getattr(form, "base_fields", {}).items()
        for message in map(str, field.error_messages.values())
        if _is_djangos(message)
    }
    assert not found, "\n".join(sorted(found))


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("short", "Use 12 characters or more."),
        ("password1234", "Many people use this password. Choose another one."),
        ("ashamehta@nova", "This password is too similar to your email."),
    ],
)
def test_passwords_are_refused_in_our_words(password: str, message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(password, User(email="ashamehta@nova.test"))
    assert message in refused.value.messages


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        (forms.EmailField(), "asha", "Enter an email address, such as name@example.com."),
        (
            forms.URLField(assume_scheme="https"),
            "x y",
            "Enter a full URL, such as https://example.com.",
        ),
        (forms.CharField(max_length=2), "abc", "Use 2 characters or fewer."),
        (forms.CharField(), "a\0", "Remove the null characters."),
        (forms.DateField(), "2027-02-30", "Enter a date, such as 2026-03-31."),
        (forms.DecimalField(decimal_places=2), "1.234", "Use 2 decimal places or fewer."),
        (forms.DecimalField(max_digits=3), "1234", "Use 3 digits or fewer."),
        (forms.BooleanField(), False, "Tick this box to continue."),
        (forms.ChoiceField(), "", "Choose an option."),
        (forms.ChoiceField(), "x", "Choose one of the listed options."),
        (forms.MultipleChoiceField(), ["x"], "Choose one of the listed options."),
        (forms.MultipleChoiceField(), [], "Choose at least one option."),
    ],
)
def test_fields_refuse_in_our_words(field: forms.Field, value: object, message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        field.clean(value)
    assert refused.value.messages == [message]


def test_decimals_have_no_other_message() -> None:
    assert set(DecimalValidator.messages) == {
        "invalid",
        "max_digits",
        "max_decimal_places",
        "max_whole_digits",
    }
