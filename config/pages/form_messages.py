"""Our wordings in place of Django's stock form errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth import password_validation
from django.core import validators
from django.utils.translation import gettext, gettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_REQUIRED = gettext_lazy("Enter a value.")
_CHOOSE = gettext_lazy("Choose an option.")
_NOT_LISTED = gettext_lazy("Choose one of the listed options.")
_DATE = gettext_lazy("Enter a date, such as 2026-03-31.")
_TIME = gettext_lazy("Enter a time, such as 14:30.")
_ONE_OR_MORE = gettext_lazy("Choose at least one option.")
_FILE = gettext_lazy("Choose a file.")
_URL = gettext_lazy("Enter a full URL, such as https://example.com.")
_INVISIBLE = gettext_lazy("Remove the null characters.")

#: By class of field; a class has those of its base classes as well.
_FIELDS: dict[type[forms.Field], dict[str, StrOrPromise]] = {
    forms.Field: {"required": _REQUIRED},
    forms.BooleanField: {"required": gettext_lazy("Tick this box to continue.")},
    forms.ChoiceField: {"required": _CHOOSE, "invalid_choice": _NOT_LISTED},
    forms.MultipleChoiceField: {
        "required": _ONE_OR_MORE,
        "invalid_choice": _NOT_LISTED,
        "invalid_list": _NOT_LISTED,
    },
    forms.ModelChoiceField: {"required": _CHOOSE, "invalid_choice": _NOT_LISTED},
    forms.ModelMultipleChoiceField: {
        "required": _ONE_OR_MORE,
        "invalid_choice": _NOT_LISTED,
        "invalid_list": _NOT_LISTED,
        "invalid_pk_value": _NOT_LISTED,
    },
    forms.DateField: {"invalid": _DATE},
    forms.TimeField: {"invalid": _TIME},
    forms.DateTimeField: {
        "invalid": gettext_lazy("Enter a date and a time, such as 2026-03-31 14:30.")
    },
    forms.SplitDateTimeField: {
        "invalid_date": _DATE,
        "invalid_time": _TIME,
    },
    forms.MultiValueField: {
        "invalid": _REQUIRED,
        "incomplete": gettext_lazy("Fill in every part."),
    },
    forms.URLField: {"invalid": _URL},
    forms.JSONField: {"invalid": gettext_lazy("Enter valid JSON.")},
    forms.FileField: {
        "required": _FILE,
        "invalid": _FILE,
        "missing": _FILE,
        "empty": gettext_lazy("This file is empty."),
    },
}


def reword_form_errors() -> None:
    """Replace the messages where Django keeps them, for the dashboard and the administration.

    Fields copy theirs when they are created, so this runs before any form is imported. Django
    REST framework has messages of its own.
    """
    for field, messages in _FIELDS.items():
        field.default_error_messages = {
            **vars(field).get("default_error_messages", {}),
            **messages,
        }
    _reword_validators()
    _reword_password_rules()


def _reword_validators() -> None:
    validators.MaxLengthValidator.message = gettext_lazy("Use %(limit_value)d characters or fewer.")
    validators.MinLengthValidator.message = gettext_lazy("Use %(limit_value)d characters or more.")
    validators.MaxValueValidator.message = gettext_lazy("Enter %(limit_value)s or less.")
    validators.MinValueValidator.message = gettext_lazy("Enter %(limit_value)s or more.")
    validators.EmailValidator.message = gettext_lazy(
        "Enter an email address, such as name@example.com."
    )
    # Made when Django is imported, so it has a copy of the former message.
    validators.validate_email.message = validators.EmailValidator.message
    validators.URLValidator.message = _URL
    validators.ProhibitNullCharactersValidator.message = _INVISIBLE
    numbers: dict[str, Any] = {
        "invalid": gettext_lazy("Enter a number."),
        "max_digits": gettext_lazy("Use %(max)s digits or fewer."),
        "max_decimal_places": gettext_lazy("Use %(max)s decimal places or fewer."),
        "max_whole_digits": gettext_lazy("Use %(max)s digits or fewer before the decimal point."),
    }
    validators.DecimalValidator.messages = numbers


def _reword_password_rules() -> None:
    def too_short(self: Any) -> str:
        text = gettext("Use %(limit_value)d characters or more.")
        return text % {"limit_value": self.min_length}

    def too_common(_: Any) -> str:
        return gettext("Many people use this password. Choose another one.")

    def too_similar(_: Any) -> str:
        # Of what Django compares with a password, a user has an email only.
        return gettext("This password is too similar to your email.")

    for rule, message in (
        (password_validation.MinimumLengthValidator, too_short),
        (password_validation.CommonPasswordValidator, too_common),
        (password_validation.UserAttributeSimilarityValidator, too_similar),
    ):
        setattr(rule, "get_error_message", message)  # noqa: B010 - mypy knows no such method
