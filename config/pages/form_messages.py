"""Our wordings in place of Django's stock form errors."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core import validators

_REQUIRED = "Enter a value."
_CHOOSE = "Choose an option."
_NOT_LISTED = "Choose one of the listed options."
_DATE = "Enter a date, such as 2026-03-31."
_INVISIBLE = "Remove the null characters."

#: By class of field; a class has those of its base classes as well.
_FIELDS: dict[type[forms.Field], dict[str, str]] = {
    forms.Field: {"required": _REQUIRED},
    forms.BooleanField: {"required": "Tick this box to continue."},
    forms.ChoiceField: {"required": _CHOOSE, "invalid_choice": _NOT_LISTED},
    forms.MultipleChoiceField: {
        "required": "Choose at least one option.",
        "invalid_choice": _NOT_LISTED,
        "invalid_list": _NOT_LISTED,
    },
    forms.ModelChoiceField: {"required": _CHOOSE, "invalid_choice": _NOT_LISTED},
    forms.ModelMultipleChoiceField: {
        "required": "Choose at least one option.",
        "invalid_choice": _NOT_LISTED,
        "invalid_list": _NOT_LISTED,
        "invalid_pk_value": _NOT_LISTED,
    },
    forms.DateField: {"invalid": _DATE},
    forms.TimeField: {"invalid": "Enter a time, such as 14:30."},
    forms.DateTimeField: {"invalid": "Enter a date and a time, such as 2026-03-31 14:30."},
    forms.SplitDateTimeField: {
        "invalid_date": _DATE,
        "invalid_time": "Enter a time, such as 14:30.",
    },
    forms.MultiValueField: {"invalid": _REQUIRED, "incomplete": "Fill in every part."},
    forms.URLField: {"invalid": "Enter a full URL, such as https://example.com."},
    forms.JSONField: {"invalid": "Enter valid JSON."},
    forms.FileField: {
        "required": "Choose a file.",
        "invalid": "Choose a file.",
        "missing": "Choose a file.",
        "empty": "This file is empty.",
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
    validators.MaxLengthValidator.message = "Use %(limit_value)d characters or fewer."
    validators.MinLengthValidator.message = "Use %(limit_value)d characters or more."
    validators.MaxValueValidator.message = "Enter %(limit_value)s or less."
    validators.MinValueValidator.message = "Enter %(limit_value)s or more."
    validators.EmailValidator.message = "Enter an email address, such as name@example.com."
    # Made when Django is imported, so it has a copy of the former message.
    validators.validate_email.message = validators.EmailValidator.message
    validators.URLValidator.message = _FIELDS[forms.URLField]["invalid"]
    validators.ProhibitNullCharactersValidator.message = _INVISIBLE
    validators.DecimalValidator.messages = {
        "invalid": "Enter a number.",
        "max_digits": "Use %(max)s digits or fewer.",
        "max_decimal_places": "Use %(max)s decimal places or fewer.",
        "max_whole_digits": "Use %(max)s digits or fewer before the decimal point.",
    }


def _reword_password_rules() -> None:
    def too_short(self: Any) -> str:
        return f"Use {self.min_length} characters or more."

    def too_common(_: Any) -> str:
        return "Many people use this password. Choose another one."

    def too_similar(_: Any) -> str:
        return "This password is too similar to your %(verbose_name)s."

    for rule, message in (
        (password_validation.MinimumLengthValidator, too_short),
        (password_validation.CommonPasswordValidator, too_common),
        (password_validation.UserAttributeSimilarityValidator, too_similar),
    ):
        setattr(rule, "get_error_message", message)  # noqa: B010 - mypy knows no such method
