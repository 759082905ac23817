"""Fields are drawn as Django's own templates draw them."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.test.html import parse_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from config.pages.form_renderer import FormRenderer

HOSTILE = "<b a=\"1\" b='2'>&amp;"
ATTRIBUTES = {
    "id": HOSTILE,
    "required": True,
    "disabled": False,
    "maxlength": 20,
    "data-x": None,
    "placeholder": gettext_lazy("Search"),
    "title": SafeString("&amp;"),
}
VALUES = [None, "", HOSTILE, SafeString("&amp;"), 0, 1234567]
INPUTS: list[type[forms.Widget]] = [
    forms.CheckboxInput,
    forms.DateInput,
    forms.DateTimeInput,
    forms.EmailInput,
    forms.HiddenInput,
    forms.NumberInput,
    forms.PasswordInput,
    forms.TextInput,
    forms.URLInput,
]
CHOICES: list[Any] = [
    ("", "Any"),
    (HOSTILE, HOSTILE),
    (7, gettext_lazy("Search")),
    (HOSTILE, [("a", SafeString("&amp;")), ("b", "B")]),
]


@pytest.mark.parametrize("kind", INPUTS)
@pytest.mark.parametrize("value", VALUES)
def test_an_input_is_as_django_draws_it(kind: type[forms.Widget], value: object) -> None:
    ours, theirs = _draw(kind(), value)

    assert ours == theirs


@pytest.mark.parametrize("value", [None, HOSTILE, 7, "b"])
@pytest.mark.parametrize("kind", [forms.Select, forms.SelectMultiple])
def test_a_choice_is_as_django_draws_it(kind: type[forms.Select], value: object) -> None:
    given = [value] if kind is forms.SelectMultiple else value
    ours, theirs = _draw(kind(choices=CHOICES), given)

    assert parse_html(ours) == parse_html(theirs)


def test_a_field_has_its_errors_and_nothing_without_one() -> None:
    class Form(forms.Form):
        name = forms.CharField()

    field = Form({"name": ""}, renderer=FormRenderer())["name"]
    assert str(field.errors).count("<li>Enter a value.</li>") == 1
    assert str(Form({"name": "x"}, renderer=FormRenderer())["name"].errors) == ""


def _draw(widget: forms.Widget, value: object) -> tuple[str, str]:
    renderers = (FormRenderer(), DjangoTemplates())
    ours, theirs = (widget.render(HOSTILE, value, ATTRIBUTES, each) for each in renderers)
    return str(ours), str(theirs)
