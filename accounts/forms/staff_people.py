"""Forms of the page of staff."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from accounts.staff import groups_to_give


class GroupsForm(forms.Form):
    """Offers the groups that a person may give."""

    groups = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, actor: User, **options: Any) -> None:
        super().__init__(*args, **options)
        names = groups_to_give(actor).order_by("pk").values_list("name", flat=True)
        field: Any = self.fields["groups"]
        field.choices = [(name, name.capitalize()) for name in names]


class InviteStaffForm(GroupsForm):
    email = forms.EmailField(max_length=254)

    field_order: Any = ("email", "groups")
