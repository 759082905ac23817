"""The form that asks for live access."""

from __future__ import annotations

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy

from accounts.models import LiveAccessRequest

_MAX_PURPOSE = LiveAccessRequest._meta.get_field("purpose").max_length
_MAX_WEBSITE = LiveAccessRequest._meta.get_field("website").max_length


class LiveAccessForm(forms.Form):
    website = forms.URLField(
        label=gettext_lazy("Website"),
        max_length=_MAX_WEBSITE,
        assume_scheme="https",
        validators=[URLValidator(schemes=("http", "https"))],
        # A field of type "url" would not be sent without a scheme, which nobody types.
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url"}),
        help_text=gettext_lazy("Of your company or product."),
    )
    purpose = forms.CharField(
        label=gettext_lazy("What you build"),
        max_length=_MAX_PURPOSE,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy(
            "What the images or shops are for, and how many a month you expect."
        ),
    )
