"""Sign-in and sign-up forms for allauth's views."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from allauth.account.adapter import get_adapter
from allauth.account.fields import PasswordField
from allauth.account.forms import LoginForm, SignupForm
from django import forms
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy

from accounts.emails import normalize_email
from accounts.forms.allauth import LENGTH_RULE, LabelledForm
from accounts.models import Partner, User
from accounts.names import validate_name
from accounts.services.partners import sign_up_partner


def company_field() -> forms.CharField:
    length = Partner._meta.get_field("name").max_length
    label = gettext_lazy("Company")
    return forms.CharField(label=label, max_length=length, validators=[validate_name])


def name_field() -> forms.CharField:
    length = User._meta.get_field("name").max_length
    label = gettext_lazy("Your name")
    field = forms.CharField(label=label, max_length=length, validators=[validate_name])
    field.widget.attrs["autocomplete"] = "name"
    return field


class SignInForm(LabelledForm, LoginForm):
    """The error does not reveal whether the address is known."""

    labels: ClassVar = {
        "login": gettext_lazy("Email"),
        "password": gettext_lazy("Password"),
        "remember": gettext_lazy("Remember Me"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs |= {"autocomplete": "username", "autofocus": True}

    def clean_login(self) -> str:
        return normalize_email(self.cleaned_data["login"])


class ConfirmationForm(forms.Form):
    """The password of a login whose emailed link is opened in another browser."""

    password = PasswordField(label=gettext_lazy("Password"), autocomplete="current-password")

    def __init__(self, *args: Any, user: User, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user, self._request = user, request
        password = self.fields["password"]
        password.widget.attrs.pop("placeholder", None)
        password.help_text = gettext("The one chosen when signing up.")

    def clean_password(self) -> None:
        password, adapter = self.cleaned_data["password"], get_adapter()
        user = adapter.authenticate(self._request, email=self._user.email, password=password)
        if user != self._user:
            raise adapter.validation_error("incorrect_password")


class SignUpForm(LabelledForm, SignupForm):
    """Create a user and a company together."""

    labels: ClassVar = {
        "email": gettext_lazy("Work email"),
        "password1": (gettext_lazy("Password"), LENGTH_RULE),
    }
    account_already_exists: bool
    company = company_field()
    name = name_field()
    field_order = ("company", "name", "email", "password1")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["company"].widget.attrs |= {"autocomplete": "organization", "autofocus": True}

    def try_save(self, request: HttpRequest) -> Any:
        if self.account_already_exists:
            # Takes as long as a real sign-up, so that timing does not reveal a known address.
            make_password(self.cleaned_data["password1"])
        try:
            return super().try_save(request)
        except IntegrityError:  # a concurrent sign-up took the address
            self.account_already_exists = True
            return super().try_save(request)

    def save(self, request: HttpRequest) -> User:
        with transaction.atomic():
            user = cast(User, super().save(request))
            sign_up_partner(name=self.cleaned_data["company"], owner=user, actor=user.email)
        return user
