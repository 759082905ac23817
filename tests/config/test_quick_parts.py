"""What is drawn or looked up in a quicker way than Django's gives the same."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.test.html import parse_html
from django.utils.translation import gettext_lazy

from billing.models import Charge, LedgerEntry, OperationPrice

CHOICES: Any = [
    ("", "Any"),
    (1, gettext_lazy("Status")),
    ("a&b", "<b>"),
    ("Group", [("x", "X"), ("y", "Y")]),
]


@pytest.mark.parametrize("value", ["", "1", "a&b", "y", ["x", "y"]])
def test_a_select_is_that_of_django(value: Any) -> None:
    kind = forms.SelectMultiple if isinstance(value, list) else forms.Select
    widget = kind(attrs={"id": "field"}, choices=CHOICES)

    ours = widget.render("field", value)
    assert parse_html(ours) == parse_html(widget.render("field", value, renderer=DjangoTemplates()))


def test_labels_are_those_of_the_choices() -> None:
    kinds = LedgerEntry.Kind
    assert [LedgerEntry(kind=kind).get_kind_display() for kind in kinds] == list(
        map(str, kinds.labels)
    )
    for action, mode in zip(OperationPrice.Action, OperationPrice.Mode, strict=False):
        charge = Charge(action=action, mode=mode)
        assert charge.get_action_display() == str(action.label)
        assert charge.get_mode_display() == str(mode.label)
