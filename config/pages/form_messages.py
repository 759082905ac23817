"""Shorter wordings of Django's stock form errors."""

from __future__ import annotations

from django import forms
from django.core import validators

_NOT_LISTED = "Choose one of the listed options."


def reword_form_errors() -> None:
    """Replace the messages where Django keeps them, for the dashboard and the administration.

    Fields copy theirs when they are created, so this runs before any form is imported. Django
    REST framework has messages of its own.
    """
    validators.MaxLengthValidator.message = "Use %(limit_value)d characters or fewer."
    validators.MinLengthValidator.message = "Use %(limit_value)d characters or more."
    validators.MaxValueValidator.message = "Enter %(limit_value)s or less."
    validators.MinValueValidator.message = "Enter %(limit_value)s or more."
    for field in (forms.ChoiceField, forms.MultipleChoiceField, forms.ModelChoiceField):
        field.default_error_messages = {
            **field.default_error_messages,
            "invalid_choice": _NOT_LISTED,
        }
