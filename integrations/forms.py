"""What the pages of webhooks ask for."""

from __future__ import annotations

from django import forms
from django.core.validators import RegexValidator

from config.pages.filters import DateRangeForm
from integrations.models import WebhookDelivery, WebhookDeliveryQuerySet

#: The events that a deployment tells of (API docs, "Event Types").
EVENTS = ("website.building", "website.created", "deployment.success", "deployment.failed")
#: More than the largest event that is sent.
MAX_BODY = 20_000
_is_id = RegexValidator(r"\A[0-9a-f]{24}\Z", "An id has 24 characters, 0-9 and a-f.")

State = WebhookDelivery.State


class DeliveryFilterForm(DateRangeForm):
    """The list of deliveries."""

    state = forms.ChoiceField(
        required=False,
        choices=[
            ("", "Any state"),
            (State.PENDING.value, "Waiting or retrying"),
            *(choice for choice in State.choices if choice[0] != State.PENDING),
        ],
    )
    event = forms.ChoiceField(
        required=False, choices=[("", "Any event"), *((name, name) for name in EVENTS)]
    )
    receiver = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs={"placeholder": "Host or whole URL"}),
    )
    delivery = forms.CharField(
        label="Delivery id",
        required=False,
        validators=[_is_id],
        widget=forms.TextInput(attrs={"placeholder": "webhook-id"}),
    )

    field_order = ("state", "event", "receiver", "delivery", "since", "until")

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
    """What the signature debugger compares. The secret is read once and not shown again."""

    body = forms.CharField(
        max_length=MAX_BODY,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 7, "spellcheck": "false", "autocomplete": "off"}),
        help_text="What your code hashes. Best the raw body of the request.",
    )
    header = forms.CharField(
        label="x-shopiq-signature",
        required=False,
        max_length=500,
        strip=False,
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
        help_text="The header that came with it.",
    )
    secret = forms.CharField(
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="The webhookSecret as your code has it. It is used once and not kept.",
    )
    delivery = forms.CharField(
        label="webhook-id",
        required=False,
        validators=[_is_id],
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
        help_text="If you have it: then the body is compared with the one that was sent.",
    )

    def clean_body(self) -> str:
        # A browser sends each line break of a text area as two characters.
        return str(self.cleaned_data["body"]).replace("\r\n", "\n")
