"""Forms for webhooks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext, gettext_lazy

from config.egress.urls import MAX_URL_LENGTH
from config.pages.filters import DayPeriodForm
from integrations.event_types import event_type_names, sample_names
from integrations.models import (
    WebhookDelivery,
    WebhookDeliveryQuerySet,
)
from integrations.webhook_urls import may_receive

#: Larger than any event that is sent.
MAX_BODY = 20_000
_is_id = RegexValidator(r"\A[0-9a-f]{24}\Z", gettext_lazy("Enter 24 characters, 0-9 and a-f."))

State = WebhookDelivery.State


def _named(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return choices that are shown as they are."""
    return [(name, name) for name in names]


class DeliveryFilterForm(DayPeriodForm):
    state = forms.ChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        choices=[
            ("", gettext_lazy("Any status")),
            (State.PENDING.value, gettext_lazy("Pending or retrying")),
            *(choice for choice in State.choices if choice[0] != State.PENDING),
        ],
    )
    event = forms.ChoiceField(
        label=gettext_lazy("Event"),
        required=False,
        choices=lambda: [("", gettext("Any event")), *_named(sample_names())],
    )
    receiver = forms.CharField(
        label=gettext_lazy("Endpoint"),
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Host or full URL")}),
    )
    delivery = forms.CharField(
        label=gettext_lazy("Delivery ID"),
        required=False,
        validators=[_is_id],
        widget=forms.TextInput(attrs={"placeholder": "webhook-id"}),
    )

    field_order = ("period", "state", "receiver", "event", "delivery", "since", "until")

    def apply(self, queryset: WebhookDeliveryQuerySet) -> WebhookDeliveryQuerySet:
        given = self.cleaned_data
        if given["receiver"]:
            queryset = queryset.to_receiver(given["receiver"])
        conditions = {
            "state": given["state"],
            "event": given["event"],
            "pk": given["delivery"],
            **self.lookups("created_at"),
        }
        return queryset.filter(**{name: value for name, value in conditions.items() if value})


class SignatureForm(forms.Form):
    """Input of the signature debugger. The secret is neither stored nor shown again."""

    body = forms.CharField(
        label=gettext_lazy("Body"),
        max_length=MAX_BODY,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 7, "spellcheck": "false", "autocomplete": "off"}),
        help_text=gettext_lazy("The text that your code hashes, ideally the raw request body."),
    )
    header = forms.CharField(
        label="x-shopiq-signature",
        required=False,
        max_length=500,
        strip=False,
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
        help_text=gettext_lazy("The header of the same request."),
    )
    secret = forms.CharField(
        label=gettext_lazy("Secret"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("The webhookSecret in your code. It is not stored."),
    )
    delivery = forms.CharField(
        label="webhook-id",
        required=False,
        validators=[_is_id],
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
        help_text=gettext_lazy("If given, the body is compared with the one we sent."),
    )

    def clean_body(self) -> str:
        # Browsers submit the line breaks of a text area as CRLF.
        return str(self.cleaned_data["body"]).replace("\r\n", "\n")


class UrlForm(forms.Form):
    """The URL of an endpoint."""

    url = forms.CharField(
        label="URL",
        max_length=MAX_URL_LENGTH,
        widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"}),
    )

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if not may_receive(url):
            raise forms.ValidationError(gettext("Use a public https URL."))
        return url


class DefaultEndpointForm(UrlForm):
    """The endpoint that gets copies of the events of all shops."""

    events = forms.MultipleChoiceField(
        label=gettext_lazy("Events"),
        choices=lambda: _named(event_type_names()),
        widget=forms.CheckboxSelectMultiple,
    )


class SecretForm(forms.Form):
    """A new secret, and how long the previous one signs as well."""

    secret = forms.CharField(
        label=gettext_lazy("New secret"),
        required=False,
        min_length=16,
        max_length=256,
        strip=False,
        help_text=gettext_lazy("Leave empty to have one generated."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    overlap = forms.TypedChoiceField(
        label=gettext_lazy("Sign with the previous secret as well for"),
        choices=[
            (3600, gettext_lazy("1 hour")),
            (86_400, gettext_lazy("24 hours")),
            (604_800, gettext_lazy("7 days")),
            (0, gettext_lazy("Not at all: it stops signing now")),
        ],
        initial=86_400,
        coerce=lambda seconds: timedelta(seconds=int(seconds)),
        widget=forms.RadioSelect,
    )


class TestEventForm(forms.Form):
    event = forms.ChoiceField(label=gettext_lazy("Event"), choices=lambda: _named(sample_names()))
