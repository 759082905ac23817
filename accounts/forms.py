"""Forms of the pages about people."""

from __future__ import annotations

from django import forms
from django.contrib.auth.forms import AuthenticationForm, UsernameField


class SignInForm(AuthenticationForm):
    """Email and password; the refusal is the same whether or not the address is known."""

    username = UsernameField(
        label="Email",
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    error_messages = {
        "invalid_login": "This email and password do not match. Passwords are case-sensitive.",
        "inactive": "This account is inactive.",
    }
