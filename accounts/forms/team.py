"""Forms for teams and invitations."""

from __future__ import annotations

from typing import Any

from allauth.account.fields import SetPasswordField
from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from accounts.forms.allauth import LENGTH_RULE
from accounts.forms.sign_in import company_field, name_field
from accounts.models import Invitation, Member, User

ROLE_HELP = {
    Member.Role.OWNER: gettext_lazy("Full access, including the team."),
    Member.Role.ADMIN: gettext_lazy(
        "All keys, purchases and the audit trail, plus all developer permissions."
    ),
    Member.Role.DEVELOPER: gettext_lazy("Test keys, logs, accounts, deployments and webhooks."),
    Member.Role.VIEWER: gettext_lazy("Points balance, usage and the list of keys."),
}


def _role_field() -> forms.ChoiceField:
    choices = [
        (role.value, format_lazy("{role}: {help}", role=role.label, help=ROLE_HELP[role]))
        for role in Member.Role
    ]
    return forms.ChoiceField(label=gettext_lazy("Role"), choices=choices, widget=forms.RadioSelect)


class InviteForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("Email"), max_length=Invitation._meta.get_field("email").max_length
    )
    role = _role_field()


class RoleForm(forms.Form):
    role = _role_field()


class CompanyForm(forms.Form):
    company = company_field()


class JoinForm(forms.Form):
    """Name and password of a new user; the email address comes from the invitation."""

    name = name_field()
    password = SetPasswordField(label=gettext_lazy("Password"), help_text=LENGTH_RULE)

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        password = self.fields["password"]
        assert isinstance(password, SetPasswordField)
        # Lets the validators reject a password that resembles the address.
        password.user = User(email=email)
        password.widget.attrs.pop("placeholder", None)
